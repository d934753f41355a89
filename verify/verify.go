package verify

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"

	"github.com/lintel-gateway/lintel/internal/message"
	"github.com/lintel-gateway/lintel/internal/signature"
)

// MaxBody is the largest body in bytes that the gateway passes on, and so the
// most that a Verifier reads by itself: 12 MB.
const MaxBody = signature.MaxBody

// What Check answers. Errors wrap one of these; their texts are for logs and
// repeat nothing secret.
var (
	// ErrNotSigned: there is no signature, or it cannot be read.
	ErrNotSigned = errors.New("verify: the request is not signed by the gateway")
	// ErrExpired: the date is missing, malformed or more than 15 minutes away.
	ErrExpired = errors.New("verify: the signature is outside of its 15 minutes")
	// ErrUnknownKey: Keys does not know the signature key.
	ErrUnknownKey = errors.New("verify: the signature key is unknown")
	// ErrMismatch: the signature is not that of this request.
	ErrMismatch = errors.New("verify: the signature does not match the request")
	// ErrUnsignedBody: the body is not covered, and SignedBody is set.
	ErrUnsignedBody = errors.New("verify: the body is not signed")
	// ErrTooLarge: the body is longer than MaxBody of the Verifier.
	ErrTooLarge = errors.New("verify: the body is too large")
	// ErrBody: the body could not be read.
	ErrBody = errors.New("verify: the body cannot be read")
)

// Keys answers the secret of a signature key (sign_secret) by its public part
// (sign_key), and whether there is one. It is called for every request that
// claims a key and must be safe for concurrent use.
type Keys func(access string) (secret []byte, ok bool)

// Verifier checks requests. Set its fields before its first use; after that it is
// safe for concurrent use.
type Verifier struct {
	// MaxBody bounds the body in bytes, which is held in memory while it is
	// hashed; 0 means the constant MaxBody. A body that is sent unsigned is not
	// read.
	MaxBody int64
	// SignedBody refuses requests whose body the signature does not cover.
	SignedBody bool
	// Now is the clock, nil for the machine's.
	Now func() time.Time

	keys  Keys
	decoy func() []byte
}

// New makes a Verifier that knows these keys. It panics without any.
func New(keys Keys) *Verifier {
	if keys == nil {
		panic("verify: New needs keys")
	}
	return &Verifier{keys: keys, decoy: sync.OnceValue(func() []byte {
		secret := make([]byte, 32)
		rand.Read(secret)
		return secret
	})}
}

// Check answers nil for a request that the gateway has signed, else an error that
// wraps one of those above. It reads the body when the signature covers it, and
// gives the request a fresh one. It looks at the cheap things first: the body is
// not read for a request whose date or header is wrong.
func (v *Verifier) Check(r *http.Request) error {
	authorization, err := one(r, signature.HeaderAuthorization)
	if err != nil {
		return err
	}
	a, ok := signature.ParseAuthorization(authorization)
	if !ok {
		return fmt.Errorf("%w: the Authorization header is not of the form %s Access=…, SignedHeaders=…, Signature=…", ErrNotSigned, signature.Algorithm)
	}
	date, err := one(r, signature.HeaderDate)
	if err != nil {
		return err
	}
	if err := signature.CheckDate(date, v.now()); err != nil {
		return fmt.Errorf("%w: %w", ErrExpired, err)
	}
	// An unknown key costs as much time as a known one: otherwise the answer's
	// delay would tell which keys there are.
	secret, known := v.keys(a.Access)
	if known = known && len(secret) > 0; !known {
		secret = v.decoy()
	}
	err = v.match(r, a, signature.NewKey(secret), date)
	if !known && (err == nil || errors.Is(err, ErrMismatch)) {
		return fmt.Errorf("%w: %.64q", ErrUnknownKey, a.Access)
	}
	return err
}

// match verifies the signature over the whole request.
func (v *Verifier) match(r *http.Request, a signature.Authorization, key *signature.Key, date string) error {
	query, err := message.ParseQuery(nil, r.URL.RawQuery)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrMismatch, err)
	}
	m := signature.Message{Method: r.Method, Path: r.URL.EscapedPath(), Query: query, Headers: headers(r)}
	payload, err := v.payload(r, m.Headers)
	if err != nil {
		return err
	}
	if err := key.Verify(a, &m, date, payload); err != nil {
		return fmt.Errorf("%w: %w", ErrMismatch, err)
	}
	return nil
}

// payload is what the signature has to cover of the body.
func (v *Verifier) payload(r *http.Request, fields message.Fields) (string, error) {
	if len(r.Header[signature.HeaderPayload]) > 1 {
		return "", fmt.Errorf("%w: header %s appears twice", ErrNotSigned, signature.HeaderPayload)
	}
	if !signature.NeedsBody(fields) {
		if v.SignedBody {
			return "", ErrUnsignedBody
		}
		return signature.UnsignedPayload, nil
	}
	body, err := v.read(r)
	if err != nil {
		return "", err
	}
	payload, err := signature.PayloadHash(fields, body)
	if err != nil {
		return "", fmt.Errorf("%w: %w", ErrMismatch, err)
	}
	return payload, nil
}

// read takes the body and gives the request a fresh one.
func (v *Verifier) read(r *http.Request) ([]byte, error) {
	if r.Body == nil || r.Body == http.NoBody {
		return nil, nil
	}
	limit := v.MaxBody
	if limit <= 0 {
		limit = MaxBody
	}
	if r.ContentLength > limit {
		return nil, fmt.Errorf("%w: %d bytes are announced, %d allowed", ErrTooLarge, r.ContentLength, limit)
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, limit+1))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrBody, err)
	}
	if int64(len(body)) > limit {
		return nil, fmt.Errorf("%w: %d bytes are allowed", ErrTooLarge, limit)
	}
	r.Body = &buffered{bytes.NewReader(body), r.Body}
	return body, nil
}

// buffered is a body that was read and can be read again.
type buffered struct {
	io.Reader
	io.Closer
}

// headers lists the fields of a request; net/http keeps Host apart.
func headers(r *http.Request) message.Fields {
	fields := make(message.Fields, 0, len(r.Header)+1)
	fields = append(fields, message.Field{Name: "Host", Value: r.Host})
	for name, values := range r.Header {
		for _, value := range values {
			fields = append(fields, message.Field{Name: name, Value: value})
		}
	}
	return fields
}

// one answers the value of a field that decides and therefore comes once: of two
// readers one would take the first value and one the last.
func one(r *http.Request, name string) (string, error) {
	switch values := r.Header.Values(name); len(values) {
	case 0:
		return "", fmt.Errorf("%w: header %s is missing", ErrNotSigned, name)
	case 1:
		return values[0], nil
	}
	return "", fmt.Errorf("%w: header %s appears twice", ErrNotSigned, name)
}

func (v *Verifier) now() time.Time {
	if v.Now != nil {
		return v.Now()
	}
	return time.Now()
}

// Middleware passes on what Check accepts. Everything else is answered with 401,
// a body over the bound with 413 and one that cannot be read with 400, in plain
// text that does not say what was wrong: whoever is there is not the gateway.
func (v *Verifier) Middleware(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		err := v.Check(r)
		switch {
		case err == nil:
			next.ServeHTTP(w, r)
		case errors.Is(err, ErrTooLarge):
			http.Error(w, "the body is too large", http.StatusRequestEntityTooLarge)
		case errors.Is(err, ErrBody):
			http.Error(w, "the body cannot be read", http.StatusBadRequest)
		default:
			http.Error(w, "the request is not signed by the gateway", http.StatusUnauthorized)
		}
	})
}
