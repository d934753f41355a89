package signature

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/lintel-gateway/lintel/internal/message"
)

// Sign signs m at the moment now and returns the values for the headers
// Authorization and X-Sdk-Date, which the caller sets. It covers every header
// of m except Content-Type, which proxies rewrite, names with '_', which they
// drop, and the two it returns. A digest or UNSIGNED-PAYLOAD that m declares in
// X-Sdk-Content-Sha256 is signed instead of body's.
func Sign(m *Message, access string, secret []byte, now time.Time, body []byte) (authorization, date string) {
	date = now.UTC().Format(dateLayout)
	covered := Message{Method: m.Method, Path: m.Path, Query: m.Query}
	var names []string
	for _, h := range m.Headers {
		name := strings.ToLower(h.Name)
		switch name {
		case "authorization", "x-sdk-date", "content-type":
			continue
		}
		if strings.Contains(name, "_") {
			continue
		}
		covered.Headers = append(covered.Headers, h)
		names = append(names, name)
	}
	covered.Headers = append(covered.Headers, message.Field{Name: HeaderDate, Value: date})
	names = append(names, "x-sdk-date")
	slices.Sort(names)
	signed := strings.Join(slices.Compact(names), ";")

	payload, declared := m.Headers.Get(HeaderPayload)
	if !declared {
		payload = HashPayload(body)
	}
	w := idle.Get().(*Workspace)
	defer release(w)
	if err := w.canonical(&covered, signed, payload, false); err != nil {
		panic("signature: own list of signed headers refused: " + err.Error())
	}
	w.out = padded(w.out)
	NewKey(secret).sign(w, date)
	return Algorithm + " Access=" + access + ", SignedHeaders=" + signed + ", Signature=" + string(w.mac[:]), date
}

// SignRequest signs an outgoing request: it reads the body to hash it, puts it
// back, and sets X-Sdk-Date and Authorization. A body of more than MaxBody is
// refused unless r declares X-Sdk-Content-Sha256: UNSIGNED-PAYLOAD, in which
// case it is not read.
func SignRequest(r *http.Request, access string, secret []byte, now time.Time) error {
	query, err := message.ParseQuery(nil, r.URL.RawQuery)
	if err != nil {
		return fmt.Errorf("signature: sign %s: %w", r.URL.Redacted(), err)
	}
	host := r.Host
	if host == "" {
		host = r.URL.Host
	}
	method := r.Method
	if method == "" {
		method = http.MethodGet
	}
	m := Message{Method: method, Path: r.URL.EscapedPath(), Query: query, Headers: message.Fields{{Name: "Host", Value: host}}}
	for name, values := range r.Header {
		if name == "Host" {
			continue // net/http sends r.Host
		}
		for _, v := range values {
			m.Headers = append(m.Headers, message.Field{Name: name, Value: v})
		}
	}
	var body []byte
	if NeedsBody(m.Headers) {
		if body, err = takeBody(r); err != nil {
			return err
		}
	}
	authorization, date := Sign(&m, access, secret, now, body)
	r.Header.Set(HeaderDate, date)
	r.Header.Set(HeaderAuthorization, authorization)
	return nil
}

// takeBody reads the body and gives the request a fresh one.
func takeBody(r *http.Request) ([]byte, error) {
	if r.Body == nil || r.Body == http.NoBody {
		return nil, nil
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, MaxBody+1))
	if cerr := r.Body.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return nil, fmt.Errorf("signature: read the request body: %w", err)
	}
	if len(body) > MaxBody {
		return nil, fmt.Errorf("signature: the request body is over %d bytes; declare %s: %s to send it unsigned", MaxBody, HeaderPayload, UnsignedPayload)
	}
	r.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(body)), nil }
	r.Body = io.NopCloser(bytes.NewReader(body))
	r.ContentLength = int64(len(body))
	return body, nil
}
