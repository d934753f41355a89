package app

import (
	"context"
	"errors"

	"github.com/lintel-gateway/lintel/internal/gateway/policy/iamauth"
	"github.com/lintel-gateway/lintel/internal/identity/tokens"
	"github.com/lintel-gateway/lintel/internal/identity/verify"
	"github.com/lintel-gateway/lintel/internal/store"
)

// users is the identity of this process as its gateway asks it. The gateway
// comes up first, so every question begins with whether there is one already.
func (p *Platform) users() *iamauth.Directory {
	return &iamauth.Directory{Token: p.tokenUser, Key: p.signer, Failed: p.signatureFailed, Verified: p.signatureVerified}
}

func (p *Platform) tokenUser(raw string) (iamauth.User, error) {
	c := p.control.Load()
	if c == nil {
		return iamauth.User{}, iamauth.ErrUnavailable
	}
	t, err := c.identity.Signatures().Bearer(raw)
	switch {
	case err == nil:
		return iamauth.User{ID: t.UserID, Name: t.UserName, DomainID: t.DomainID, DomainName: t.DomainName, ProjectID: t.ProjectID}, nil
	case errors.Is(err, tokens.ErrExpired):
		return iamauth.User{}, iamauth.ErrTokenExpired
	case errors.Is(err, tokens.ErrRevoked):
		return iamauth.User{}, iamauth.ErrTokenRevoked
	case errors.Is(err, tokens.ErrInvalid):
		return iamauth.User{}, iamauth.ErrBadToken
	case !errors.Is(err, store.ErrUnavailable):
		p.log.Error("a token cannot be checked for a call", "error", err)
	}
	return iamauth.User{}, iamauth.ErrUnavailable
}

func (p *Platform) signer(ctx context.Context, access string) (iamauth.Signer, error) {
	c := p.control.Load()
	if c == nil {
		return iamauth.Signer{}, iamauth.ErrUnavailable
	}
	s, err := c.identity.Signatures().Signer(ctx, access)
	switch {
	case err == nil:
		u := iamauth.User{ID: s.UserID, Name: s.UserName, DomainID: s.DomainID, DomainName: s.DomainName, ProjectID: s.ProjectID}
		return iamauth.Signer{User: u, Access: s.Access, Key: s.Key}, nil
	case errors.Is(err, verify.ErrUnknownKey):
		return iamauth.Signer{}, iamauth.ErrUnknownKey
	case errors.Is(err, verify.ErrLocked):
		return iamauth.Signer{}, iamauth.ErrLocked
	case !errors.Is(err, store.ErrUnavailable) && ctx.Err() == nil:
		// A secret that does not open, say: nobody else would tell.
		p.log.Error("an access key cannot be looked up for a call", "error", err)
	}
	return iamauth.Signer{}, iamauth.ErrUnavailable
}

func (p *Platform) signatureFailed(access string, known bool) {
	if c := p.control.Load(); c != nil {
		c.identity.Signatures().Failed(access, known)
	}
}

func (p *Platform) signatureVerified(access string) {
	if c := p.control.Load(); c != nil {
		c.identity.Signatures().Verified(access)
	}
}
