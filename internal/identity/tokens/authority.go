package tokens

import (
	"context"
	"time"

	"github.com/lintel-gateway/lintel/internal/clock"
	"github.com/lintel-gateway/lintel/internal/ids"
)

// Authority issues and checks tokens. It is safe for concurrent use.
type Authority struct {
	codec   *codec
	revoked *Revocations
	clock   clock.Clock
	ids     *ids.Source
}

// New returns the authority that signs with key (32 bytes, from
// secret.Sealer.Derive) and refuses what revoked holds.
func New(key []byte, revoked *Revocations, now clock.Clock, source *ids.Source) *Authority {
	return &Authority{codec: newCodec(key), revoked: revoked, clock: now, ids: source}
}

// Issue fills in the times and the audit id of t and answers it with its wire
// form. The token ends after Life, or at notAfter when that is sooner and not
// zero: a token made from another must not outlive it (CVE-2026-44394).
func (a *Authority) Issue(t Token, notAfter time.Time) (string, Token, error) {
	t.IssuedAt = a.clock().Truncate(time.Microsecond)
	t.Expires = t.IssuedAt.Add(Life)
	if !notAfter.IsZero() && notAfter.Before(t.Expires) {
		t.Expires = notAfter
	}
	t.AuditID = a.ids.New()
	raw, err := a.codec.encode(&t)
	return raw, t, err
}

// Verify answers the content of a token, or ErrInvalid, ErrExpired or
// ErrRevoked. It takes no I/O.
func (a *Authority) Verify(raw string) (Token, error) {
	t, err := a.codec.decode(raw)
	if err != nil {
		return Token{}, err
	}
	if !a.clock().Before(t.Expires) {
		return Token{}, ErrExpired
	}
	if a.revoked.covers(&t) {
		return Token{}, ErrRevoked
	}
	return t, nil
}

// Revoke takes one token back. Tokens that were made from it keep their own
// life, as in Keystone; a change of the password ends them all.
func (a *Authority) Revoke(ctx context.Context, t Token) error {
	return a.revoked.revoke(ctx, a.clock(), t)
}
