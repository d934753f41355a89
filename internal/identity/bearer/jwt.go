package bearer

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/lintel-gateway/lintel/internal/identity/tokens"
)

const (
	// Issuer is the iss of every token (wire-facts §18.1).
	Issuer = "ghippo.io"
	// MaxToken bounds a token in bytes: two of names and MaxGroups groups fit.
	MaxToken = 16 << 10
	// MaxGroups bounds the groups that a token names.
	MaxGroups = 64
	// leeway is how far the clock of the node that signed may be ahead.
	leeway = time.Minute
	// kidLength is that of a thumbprint in base64.
	kidLength = 43
)

// Kind is a kind of credential that tokens are made with. Kinds stand in
// tokens: they are never renamed.
type Kind string

const (
	// AccessKey: a key pair; its id is Digest of the access key.
	AccessKey Kind = "accesskey"
	// AccessToken: a named access token; its id is also the token's own.
	AccessToken Kind = "accesstoken"
)

// Credential is what a token was made with and ends with.
type Credential struct {
	Kind Kind
	ID   string
}

// Digest names an access key in a token.
func Digest(access string) string {
	sum := sha256.Sum256([]byte(access))
	return hex.EncodeToString(sum[:16])
}

// Claims is the content of a token.
type Claims struct {
	ID                string // jti
	UserID, UserName  string
	Groups            []string // names
	Credential        Credential
	IssuedAt, Expires time.Time // whole seconds; Expires zero: never
	Kid               string    // of the key that signed, filled in by Sign and Check
}

// payload is Claims as they travel: the names and the order of the reference's
// sample, then our own.
type payload struct {
	Expires    int64    `json:"exp,omitempty"`
	IssuedAt   int64    `json:"iat"`
	Issuer     string   `json:"iss"`
	Subject    string   `json:"sub"`
	Name       string   `json:"preferred_username"`
	Groups     []string `json:"groups"`
	ID         string   `json:"jti"`
	Credential string   `json:"lintel_credential"` // kind:id
}

// Sign answers the token with the claims and the id of the key that signed it.
func (r *Ring) Sign(ctx context.Context, c Claims) (raw, kid string, err error) {
	k, err := r.signing(ctx)
	if err != nil {
		return "", "", err
	}
	p := payload{
		IssuedAt: c.IssuedAt.Unix(), Issuer: Issuer, Subject: c.UserID, Name: c.UserName, Groups: c.Groups,
		ID: c.ID, Credential: string(c.Credential.Kind) + ":" + c.Credential.ID,
	}
	if p.Groups == nil {
		p.Groups = []string{}
	}
	if !c.Expires.IsZero() {
		p.Expires = c.Expires.Unix()
	}
	content, err := json.Marshal(p)
	if err != nil {
		return "", "", fmt.Errorf("bearer: encode a token: %w", err)
	}
	signed, err := k.signer.Sign(content)
	if err != nil {
		return "", "", fmt.Errorf("bearer: sign with key %s: %w", k.id, err)
	}
	raw, err = signed.CompactSerialize()
	if err == nil && len(raw) > MaxToken {
		err = fmt.Errorf("bearer: a token of %d bytes is longer than %d", len(raw), MaxToken)
	}
	return raw, k.id, err
}

// Check answers the claims of a token that one of our keys signed and whose
// time has come and is not over: tokens.ErrInvalid or tokens.ErrExpired
// otherwise. Whether its user and its credential still count is for the caller
// to see. It takes I/O only when the keys must be read.
func (r *Ring) Check(ctx context.Context, raw string) (*Claims, error) {
	kid, err := header(raw)
	if err != nil {
		return nil, err
	}
	// The list is what makes a token with another algorithm no token at all.
	signed, err := jose.ParseSignedCompact(raw, []jose.SignatureAlgorithm{jose.RS256})
	if err != nil {
		return nil, invalid("%w", err)
	}
	k, err := r.find(ctx, kid)
	if err != nil {
		return nil, err
	}
	if k == nil {
		return nil, invalid("its key is not one of ours")
	}
	content, err := signed.Verify(k.public)
	if err != nil {
		return nil, invalid("%w", err)
	}
	c, err := claims(content)
	if err != nil {
		return nil, err
	}
	c.Kid = k.id
	return c, c.Timely(r.Clock())
}

// Timely answers nil while the token is in its time.
func (c *Claims) Timely(now time.Time) error {
	switch {
	case c.IssuedAt.After(now.Add(leeway)):
		return errFuture
	case !c.Expires.IsZero() && !now.Before(c.Expires):
		return tokens.ErrExpired
	}
	return nil
}

var errFuture = fmt.Errorf("%w: it is of a time to come", tokens.ErrInvalid)

func invalid(format string, args ...any) error {
	return fmt.Errorf("%w: %w", tokens.ErrInvalid, fmt.Errorf(format, args...))
}

// head is all that a header may say. A jwk, jku or x5u of the token's own is not
// looked at by anybody, and a crit that we do not know would have to be refused.
type head struct {
	Algorithm string `json:"alg"`
	Kid       string `json:"kid"`
	Type      string `json:"typ"`
}

// header answers the kid of what has the form of a token of ours.
func header(raw string) (kid string, err error) {
	if len(raw) > MaxToken {
		return "", invalid("it has %d bytes, more than %d", len(raw), MaxToken)
	}
	first, rest, _ := strings.Cut(raw, ".")
	second, third, found := strings.Cut(rest, ".")
	if !found || strings.Contains(third, ".") {
		return "", invalid("it does not have three parts")
	}
	decoded, err := strict(first)
	if err != nil {
		return "", err
	}
	for _, part := range [...]string{second, third} {
		if _, err := strict(part); err != nil {
			return "", err
		}
	}
	var h head
	if err := exact(decoded, &h); err != nil {
		return "", invalid("header: %w", err)
	}
	if h.Algorithm != string(jose.RS256) || h.Type != "JWT" || len(h.Kid) != kidLength {
		return "", invalid("its header is not that of a token of ours")
	}
	return h.Kid, nil
}

// strict decodes base64 without spare bits, padding or line breaks: there is
// one spelling of a token, so that "the same token" is a comparison of strings.
func strict(part string) ([]byte, error) {
	if part == "" || strings.ContainsAny(part, "\r\n") {
		return nil, invalid("a part is empty or has a line break")
	}
	b, err := base64.RawURLEncoding.Strict().DecodeString(part)
	if err != nil {
		return nil, invalid("a part is not base64 in its one spelling")
	}
	return b, nil
}

// exact decodes one JSON object without fields that into lacks.
func exact(raw []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("something follows the object")
	}
	return nil
}

// claims reads what a key of ours has signed: anything but our own form would
// mean that the key signed something else than tokens.
func claims(content []byte) (*Claims, error) {
	var p payload
	if err := exact(content, &p); err != nil {
		return nil, invalid("claims: %w", err)
	}
	kind, id, _ := strings.Cut(p.Credential, ":")
	switch {
	case p.Issuer != Issuer:
		return nil, invalid("its issuer is another")
	case p.Subject == "" || p.ID == "" || id == "" || p.IssuedAt <= 0 || p.Expires < 0:
		return nil, invalid("a claim is missing")
	case Kind(kind) != AccessKey && Kind(kind) != AccessToken:
		return nil, invalid("its credential is of an unknown kind")
	}
	c := &Claims{
		ID: p.ID, UserID: p.Subject, UserName: p.Name, Groups: p.Groups,
		Credential: Credential{Kind(kind), id}, IssuedAt: time.Unix(p.IssuedAt, 0).UTC(),
	}
	if p.Expires != 0 {
		c.Expires = time.Unix(p.Expires, 0).UTC()
	}
	return c, nil
}
