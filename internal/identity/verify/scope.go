package verify

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/lintel-gateway/lintel/internal/identity/accesskeys"
	"github.com/lintel-gateway/lintel/internal/identity/accounts"
	"github.com/lintel-gateway/lintel/internal/signature"
	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/wire"
)

// holder is a usable access key with its owner.
type holder struct {
	access string
	key    *signature.Key
	user   accounts.User
	// fixed is the scope of an EC2 key, which works in no other; nil for a
	// permanent access key.
	fixed *scope
}

// wish is the scope that a signed request asks for.
type wish struct{ userID, projectID, domainID string }

// scope is what it gets. allowed is false when it gets nothing.
type scope struct {
	allowed                bool
	projectID, projectName string
	domainID               string
	roles                  []string
}

// holder answers who signs with an access key, or nil when nobody may.
func (a *Authenticator) holder(ctx context.Context, access string) (*holder, error) {
	if h, ok := a.cached(access); ok {
		return h, nil
	}
	now, generation := a.Clock(), a.Revoked.Generation()
	access = strings.Clone(access) // it is kept, and came as a part of a header
	h, err := a.load(ctx, access)
	if err != nil {
		return nil, err
	}
	if h == nil {
		a.unknown.put(access, struct{}{}, now, generation)
		return nil, nil
	}
	a.keys.put(access, h, now, generation)
	return h, nil
}

// cached is what holder answers without asking SQL, if it can.
func (a *Authenticator) cached(access string) (*holder, bool) {
	now, generation := a.Clock(), a.Revoked.Generation()
	if h, ok := a.keys.get(access, now, generation); ok {
		return h, true
	}
	_, ok := a.unknown.get(access, now, generation)
	return nil, ok
}

// load reads an access key, or an EC2 key if there is none, from SQL.
func (a *Authenticator) load(ctx context.Context, access string) (*holder, error) {
	k, err := accesskeys.Load(ctx, a.DB, access)
	if errors.Is(err, store.ErrNotFound) {
		return a.loadEC2(ctx, access)
	}
	if err != nil || !k.Active {
		return nil, err
	}
	user, err := a.enabled(ctx, k.UserID)
	if err != nil || user == nil {
		return nil, err
	}
	plain, err := a.Keys.Secret(k)
	if err != nil {
		return nil, err
	}
	return &holder{access: access, key: signature.NewKey(plain), user: *user}, nil
}

func (a *Authenticator) loadEC2(ctx context.Context, access string) (*holder, error) {
	k, err := a.Credentials.Key(ctx, access)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	user, err := a.enabled(ctx, k.UserID)
	if err != nil || user == nil {
		return nil, err
	}
	return &holder{access: access, key: signature.NewKey(k.Secret), user: *user, fixed: &scope{
		allowed: true, projectID: k.Project.ID, projectName: k.Project.Name, roles: accounts.RoleNames(k.Roles),
	}}, nil
}

// enabled answers a user that may log in, or nil.
func (a *Authenticator) enabled(ctx context.Context, id string) (*accounts.User, error) {
	user, err := accounts.LoadUser(ctx, a.DB, id)
	if errors.Is(err, store.ErrNotFound) || err == nil && !user.Enabled {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return &user, nil
}

// actor is the owner of a verified signature in the scope it asks for.
func (a *Authenticator) actor(r *http.Request, h *holder) (wire.Actor, error) {
	w := wish{userID: h.user.ID, projectID: r.Header.Get(headerProject), domainID: r.Header.Get(headerDomain)}
	if w.projectID != "" {
		w.domainID = "" // clients that know both send both and mean the project
	}
	s, err := a.scopeOf(r.Context(), h, w)
	if err != nil {
		return wire.Actor{}, err
	}
	if !s.allowed {
		return wire.Actor{}, refuse(wire.Invalid, "the user holds no role in the project or domain of X-Project-Id or X-Domain-Id", accounts.ErrNotAllowed)
	}
	return wire.Actor{
		UserID: h.user.ID, UserName: h.user.Name, DomainID: h.user.DomainID, DomainName: h.user.DomainName,
		ProjectID: s.projectID, ProjectName: s.projectName, ScopeDomainID: s.domainID,
		Roles: s.roles, Credential: "aksk", AccessKey: h.access,
		// A permanent key made with an EC2 key would do more than that one.
		Restricted: h.fixed != nil,
	}, nil
}

// scopeOf is the scope of a signature. An EC2 key has one of its own, and what
// asks for another gets nothing (CVE-2026-43001).
func (a *Authenticator) scopeOf(ctx context.Context, h *holder, w wish) (scope, error) {
	if h.fixed != nil {
		if w.domainID != "" || w.projectID != "" && w.projectID != h.fixed.projectID {
			return scope{}, nil
		}
		return *h.fixed, nil
	}
	return a.scope(ctx, &h.user, w)
}

// enter finds the scope for a wish.
func (a *Authenticator) enter(ctx context.Context, user *accounts.User, w wish) (scope, error) {
	switch {
	case w.projectID != "":
		return a.project(ctx, user, w.projectID)
	case w.domainID != "":
		d, roles, err := accounts.EnterDomain(ctx, a.DB, user, w.domainID)
		if errors.Is(err, accounts.ErrNotAllowed) {
			return scope{}, nil
		}
		return scope{allowed: err == nil, domainID: d.ID, roles: accounts.RoleNames(roles)}, err
	}
	if user.DefaultProjectID != "" {
		if s, err := a.project(ctx, user, user.DefaultProjectID); err != nil || s.allowed {
			return s, err
		}
	}
	p, err := accounts.FindProject(ctx, a.DB, user.DomainID, a.Region)
	if errors.Is(err, store.ErrNotFound) {
		return scope{allowed: true}, nil
	}
	if err != nil {
		return scope{}, err
	}
	if s, err := a.project(ctx, user, p.ID); err != nil || s.allowed {
		return s, err
	}
	return scope{allowed: true}, nil
}

func (a *Authenticator) project(ctx context.Context, user *accounts.User, id string) (scope, error) {
	p, roles, err := accounts.EnterProject(ctx, a.DB, user.ID, id)
	if errors.Is(err, accounts.ErrNotAllowed) {
		return scope{}, nil
	}
	if err != nil {
		return scope{}, err
	}
	return scope{allowed: true, projectID: p.ID, projectName: p.Name, roles: accounts.RoleNames(roles)}, nil
}
