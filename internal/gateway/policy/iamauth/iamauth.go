package iamauth

import (
	"errors"

	"github.com/lintel-gateway/lintel/internal/clock"
	"github.com/lintel-gateway/lintel/internal/gateway/call"
	"github.com/lintel-gateway/lintel/internal/gateway/policy/signed"
	"github.com/lintel-gateway/lintel/internal/message"
	"github.com/lintel-gateway/lintel/internal/signature"
)

// The details are those of wire-facts §1.3 where it has one.
var (
	several       = call.BadIAMAuth.With("more than one credential")
	temporaryKey  = call.BadIAMAuth.With("temporary access keys (X-Security-Token) are not supported")
	malformed     = call.BadIAMAuth.With("the Authorization header is malformed")
	dateNotSigned = call.BadIAMAuth.With(signature.ErrDateNotSigned.Error())
	locked        = call.BadIAMAuth.With("AK access failed to reach the limit,forbidden.")
	badToken      = call.BadIAMAuth.With("decrypt token fail")
	revoked       = call.BadIAMAuth.With("the token was revoked")
)

// Policy authenticates the calls of an API whose auth is IAM.
type Policy struct {
	users *Directory
	clock clock.Clock
}

// New makes the policy. users is nil where no identity is reachable.
func New(users *Directory, now clock.Clock) *Policy { return &Policy{users, now} }

// Apply implements plan.Policy. It fills c.Caller.
func (p *Policy) Apply(c *call.Call) *call.Fault {
	found := signed.Find(&c.Request)
	switch {
	case temporary(&c.Request):
		return temporaryKey
	case found.Count == 0:
		return p.bearer(c)
	case found.Count > 1:
		return several
	case found.HasCode: // which is no credential of a user
		return call.BadIAMAuth
	case p.users == nil:
		return call.IAMUnavailable
	case found.HasToken:
		return p.token(c, found.Token)
	}
	return p.verify(c, &found)
}

// bearer authenticates by a token in Authorization, which counts when nothing else
// does: beside another credential the field is the backend's.
func (p *Policy) bearer(c *call.Call) *call.Fault {
	const scheme = "Bearer "
	v, ok := c.Request.Field(call.HeaderAuthorization)
	switch {
	case !ok || len(v) < len(scheme) || !message.EqualFold(v[:len(scheme)], scheme):
		return call.NoIAMAuth
	case p.users == nil:
		return call.IAMUnavailable
	}
	fault := p.token(c, v[len(scheme):])
	if fault == nil {
		signed.Spend(c)
	}
	return fault
}

// temporary reports whether the call says that its access key is a temporary
// one. The field has no call.Header of its own: it decides nothing but this.
func temporary(r *call.Request) bool {
	for i := range r.Headers {
		if r.Kind(i) == call.HeaderHeld && message.EqualFold(r.Headers[i].Name, "X-Security-Token") {
			return true
		}
	}
	return false
}

func (p *Policy) token(c *call.Call, raw string) *call.Fault {
	u, err := p.users.Token(raw)
	switch {
	case err == nil:
		identify(c, &u, "token")
		return nil
	case errors.Is(err, ErrTokenExpired):
		return call.TokenExpired
	case errors.Is(err, ErrTokenRevoked):
		return revoked
	case errors.Is(err, ErrBadToken):
		return badToken
	}
	return call.IAMUnavailable
}

// verify checks the cheap things first: neither a database is asked nor a body
// read for a header that is malformed or too old.
func (p *Policy) verify(c *call.Call, found *signed.Credentials) *call.Fault {
	a, ok := signature.ParseAuthorization(found.Authorization)
	if !ok {
		return malformed
	}
	if err := signature.CheckDate(found.Date, p.clock()); err != nil {
		return call.BadIAMAuth.With(err.Error())
	}
	s, err := p.users.Key(c.Context(), a.Access)
	known := err == nil
	switch {
	case known:
	case errors.Is(err, ErrUnknownKey):
		s.Key = signed.Decoy()
	case errors.Is(err, ErrLocked):
		return locked
	case c.Context().Err() != nil:
		return call.CallerGone
	default:
		return call.IAMUnavailable
	}
	fault, err := found.Verify(c, s.Key, a)
	if fault != nil {
		return fault
	}
	if err == nil && !known { // The decoy agreed: impossible, and still nobody.
		return call.BadIAMAuth
	}
	if err != nil {
		return p.mismatch(a.Access, known, err)
	}
	p.users.Verified(s.Access)
	identify(c, &s.User, "signature")
	signed.Spend(c)
	return nil
}

// mismatch refuses a signature, and counts it when it is one that another key
// made.
func (p *Policy) mismatch(access string, known bool, err error) *call.Fault {
	var other *signature.MismatchError
	switch {
	case errors.As(err, &other):
		p.users.Failed(access, known)
		return call.BadIAMAuth.With("verify aksk signature fail, canonicalRequest:" + other.Canonical)
	case errors.Is(err, signature.ErrDateNotSigned):
		return dateNotSigned
	}
	return call.BadIAMAuth.With(err.Error())
}

func identify(c *call.Call, u *User, by string) {
	c.Caller.UserID, c.Caller.UserName = u.ID, u.Name
	c.Caller.DomainID, c.Caller.DomainName = u.DomainID, u.DomainName
	c.Caller.ProjectID = u.ProjectID
	if c.Trace != nil {
		c.Trace.Say("policy IAM authentication: by %s", by) // package gateway says who
	}
}
