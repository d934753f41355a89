package verify

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/lintel-gateway/lintel/internal/identity/accesskeys"
	"github.com/lintel-gateway/lintel/internal/identity/accesstokens"
	"github.com/lintel-gateway/lintel/internal/identity/accounts"
	"github.com/lintel-gateway/lintel/internal/identity/bearer"
	"github.com/lintel-gateway/lintel/internal/identity/tokens"
	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/wire"
)

// badToken is the one answer to every token that does not count, whatever is
// wrong with it.
const badToken = "the token is not valid"

// bearerToken is what follows the scheme Bearer (RFC 6750), of any case.
func bearerToken(authorization string) (raw string, ok bool) {
	const scheme = "Bearer "
	if len(authorization) < len(scheme) || !strings.EqualFold(authorization[:len(scheme)], scheme) {
		return "", false
	}
	return authorization[len(scheme):], true
}

// isJWT tells the two kinds of tokens apart: ours are one word of base64.
func isJWT(raw string) bool { return strings.Count(raw, ".") == 2 }

// bearer checks a token in Authorization: one of ours, which has its scope, or
// one of the third dialect, whose scope is chosen as that of a signature is.
func (a *Authenticator) bearer(r *http.Request, raw string) (wire.Actor, error) {
	if !isJWT(raw) {
		return a.token(raw)
	}
	c, h, err := a.bearerHolder(r.Context(), raw)
	if err != nil {
		return wire.Actor{}, refused(err)
	}
	w := wish{userID: h.user.ID, projectID: r.Header.Get(headerProject), domainID: r.Header.Get(headerDomain)}
	if w.projectID != "" {
		w.domainID = "" // as for signatures
	}
	s, err := a.scope(r.Context(), &h.user, w)
	if err != nil {
		return wire.Actor{}, err
	}
	if !s.allowed {
		return wire.Actor{}, refuse(wire.Invalid, "the user holds no role in the project or domain of X-Project-Id or X-Domain-Id", accounts.ErrNotAllowed)
	}
	actor := wire.Actor{
		UserID: h.user.ID, UserName: h.user.Name, DomainID: h.user.DomainID, DomainName: h.user.DomainName,
		ProjectID: s.projectID, ProjectName: s.projectName, ScopeDomainID: s.domainID,
		Roles: s.roles, Credential: "bearer", AccessKey: h.access,
		IssuedAt: c.IssuedAt, ExpiresAt: c.Expires, AuditID: c.ID,
	}
	if c.Credential.Kind == bearer.AccessToken {
		// What is given to a program makes no credentials that outlive it.
		actor.CredentialID, actor.Restricted = c.Credential.ID, true
	}
	return actor, nil
}

// refused is the refusal for an error of a token's check; what is no fault of
// the token's stays one of ours.
func refused(err error) error {
	switch {
	case errors.Is(err, tokens.ErrExpired):
		return refuse(wire.Expired, "the token has expired", err)
	case errors.Is(err, tokens.ErrInvalid), errors.Is(err, tokens.ErrRevoked):
		return refuse(wire.Invalid, badToken, err)
	default:
		return err
	}
}

// Bearer answers whose token this is, of either kind, in the scope that it has
// or that its user has by default. It is for a gateway, whose requests are no
// http.Requests: it asks SQL, when it must, within lookUpTime. Its errors are
// tokens.ErrInvalid, ErrExpired and ErrRevoked, or that SQL could not be asked.
func (a *Authenticator) Bearer(raw string) (tokens.Token, error) {
	if !isJWT(raw) {
		return a.Tokens.Verify(raw)
	}
	ctx := context.Background() // questions to SQL have their own ends
	c, h, err := a.bearerHolder(ctx, raw)
	if err != nil {
		return tokens.Token{}, err
	}
	s, err := a.scope(ctx, &h.user, wish{userID: h.user.ID})
	if err != nil {
		return tokens.Token{}, err
	}
	return tokens.Token{
		IssuedAt: c.IssuedAt, Expires: c.Expires, AuditID: c.ID,
		UserID: h.user.ID, UserName: h.user.Name, DomainID: h.user.DomainID, DomainName: h.user.DomainName,
		ProjectID: s.projectID, ProjectName: s.projectName, Roles: s.roles,
	}, nil
}

// scope is enter, cached.
func (a *Authenticator) scope(ctx context.Context, user *accounts.User, w wish) (scope, error) {
	now, generation := a.Clock(), a.Revoked.Generation()
	s, ok := a.scopes.get(w, now, generation)
	if ok {
		return s, nil
	}
	ctx, cancel := context.WithTimeout(ctx, lookUpTime)
	defer cancel()
	w.projectID, w.domainID = strings.Clone(w.projectID), strings.Clone(w.domainID) // they came as parts of headers
	s, err := a.enter(ctx, user, w)
	if err == nil {
		a.scopes.put(w, s, now, generation)
	}
	return s, err
}

// bearerHolder answers what a token says and who holds it, if both still count.
func (a *Authenticator) bearerHolder(ctx context.Context, raw string) (*bearer.Claims, *bearerState, error) {
	c, err := a.claims(ctx, raw)
	if err != nil {
		return nil, nil, err
	}
	of := made{c.UserID, c.Credential}
	now, generation := a.Clock(), a.Revoked.Generation()
	h, ok := a.bearers.get(of, now, generation)
	if !ok {
		if h, err = a.loadBearer(ctx, of); err != nil {
			return nil, nil, err
		}
		a.bearers.put(of, h, now, generation)
	}
	if h == nil {
		return nil, nil, tokens.ErrRevoked
	}
	return c, h, nil
}

// made is a credential of a user that tokens are made with.
type made struct {
	userID     string
	credential bearer.Credential
}

// bearerState is the user of a token whose credential is there.
type bearerState struct {
	user   accounts.User
	access string // of the key pair, when it was made with one
}

// claims is Ring.Check, cached by the whole token: checking a signature takes
// some 25 µs. Kept claims count while they are in their time and their key is
// one of ours.
func (a *Authenticator) claims(ctx context.Context, raw string) (*bearer.Claims, error) {
	sum := digest(raw)
	c := a.checked.get(sum)
	if c == nil {
		c, err := a.Ring.Check(ctx, raw)
		if err != nil {
			return nil, err
		}
		a.checked.put(sum, c)
		return c, nil
	}
	there, err := a.Ring.Holds(ctx, c.Kid)
	if err != nil {
		return nil, err
	}
	if !there {
		return nil, tokens.ErrRevoked
	}
	return c, c.Timely(a.Clock())
}

// loadBearer answers the state of a token, nil when its user or its credential
// is gone, disabled or switched off.
func (a *Authenticator) loadBearer(ctx context.Context, of made) (*bearerState, error) {
	ctx, cancel := context.WithTimeout(ctx, lookUpTime)
	defer cancel()
	user, err := accounts.LoadUser(ctx, a.DB, of.userID)
	if errors.Is(err, store.ErrNotFound) || err == nil && !user.Enabled {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	switch of.credential.Kind {
	case bearer.AccessKey:
		return a.loadPair(ctx, of, user)
	case bearer.AccessToken:
		t, err := accesstokens.Load(ctx, a.DB, of.userID, of.credential.ID)
		if errors.Is(err, store.ErrNotFound) || err == nil && t.Over(a.Clock()) {
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
		return &bearerState{user: user}, nil
	default:
		return nil, nil
	}
}

// loadPair finds the key pair among those of the user: a token names it by a
// digest.
func (a *Authenticator) loadPair(ctx context.Context, of made, user accounts.User) (*bearerState, error) {
	keys, err := accesskeys.Of(ctx, a.DB, of.userID)
	if err != nil {
		return nil, err
	}
	for i := range keys {
		if keys[i].Active && bearer.Digest(keys[i].Access) == of.credential.ID {
			return &bearerState{user: user, access: keys[i].Access}, nil
		}
	}
	return nil, nil
}

// maxChecked and maxBearers bound the tokens, and the credentials that they were
// made with, that are remembered. A checked token takes about 0.5 KiB and what
// its groups are called.
const (
	maxChecked = 10000
	maxBearers = 10000
)
