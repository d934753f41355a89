package credentials

import (
	"context"
	"errors"
	"slices"

	"github.com/lintel-gateway/lintel/internal/identity/accesskeys"
	"github.com/lintel-gateway/lintel/internal/identity/accounts"
	"github.com/lintel-gateway/lintel/internal/identity/appcredentials"
	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/wire"
	"github.com/lintel-gateway/lintel/internal/wire/keystone"
)

var (
	full    = keystone.Denied("Unable to create additional credentials, maximum of %d already exceeded for user.", MaxPerUser)
	taken   = keystone.Conflict("credential", "Duplicate entry found with this access key")
	endless = keystone.Denied("An application credential that ends makes no EC2 key: that one would not end.")
)

type creation struct {
	Credential *struct {
		UserID    string  `json:"user_id" doc:"Owner: the caller when left out. Others are for administrators to name."`
		ProjectID *string `json:"project_id" doc:"Project: when left out, the one in scope for an EC2 key, else none. Others are for administrators to name."`
		Type      string  `json:"type" doc:"ec2, or what the owner likes to call it."`
		Blob      *string `json:"blob" doc:"Up to 64 KiB of text; of an EC2 key {\"access\":…,\"secret\":…} as a text."`
	} `json:"credential"`
}

type change struct {
	Credential *struct {
		Blob      *string `json:"blob" doc:"The new content; of an EC2 key with the same access key. Unchanged when left out."`
		UserID    *string `json:"user_id" doc:"Must be what it is."`
		ProjectID *string `json:"project_id" doc:"Must be what it is."`
		Type      *string `json:"type" doc:"Must be what it is."`
	} `json:"credential"`
}

func reachOf(actor *wire.Actor) reach { return reach{viewer: actor.UserID, all: actor.Admin()} }

func missingCredential() error { return invalid("credential", "it must be an object") }

func (a *Area) list(r *wire.Request) (list, error) {
	q := r.Query()
	found, err := reachOf(&r.Actor).find(r.Context(), a.DB, query{userID: q.Get("user_id"), kind: q.Get("type")})
	if err != nil {
		return list{}, err
	}
	e, err := lookingAt(r, a.DB)
	if err != nil {
		return list{}, err
	}
	views := make([]view, len(found))
	for i := range found {
		if views[i], err = a.show(r, &e, &found[i]); err != nil {
			return list{}, err
		}
	}
	return list{Credentials: views, Links: a.Site.List(r)}, nil
}

func (a *Area) get(r *wire.Request) (answer, error) {
	c, err := reachOf(&r.Actor).one(r.Context(), a.DB, query{id: r.Path("id")})
	if errors.Is(err, store.ErrNotFound) {
		return answer{}, keystone.NotFound("credential", r.Path("id"))
	}
	if err != nil {
		return answer{}, err
	}
	return a.answer(r, a.DB, &c)
}

func (a *Area) answer(r *wire.Request, q store.Querier, c *Credential) (answer, error) {
	e, err := lookingAt(r, q)
	if err != nil {
		return answer{}, err
	}
	v, err := a.show(r, &e, c)
	return answer{v}, err
}

func (a *Area) create(r *wire.Request, in *creation) (answer, error) {
	if in.Credential == nil {
		return answer{}, missingCredential()
	}
	n := in.Credential
	c := Credential{ID: a.IDs.New(), UserID: n.UserID, Type: n.Type}
	if c.UserID == "" {
		c.UserID = r.Actor.UserID
	}
	switch {
	case n.ProjectID != nil:
		c.ProjectID = *n.ProjectID
	case n.Type == TypeEC2:
		c.ProjectID = r.Actor.ProjectID
	}
	switch err := checkType(n.Type); {
	case err != nil:
		return answer{}, err
	case n.Blob == nil || *n.Blob == "" || len(*n.Blob) > MaxBlob:
		return answer{}, invalid("blob", "it must be a text of 1 to %d bytes", MaxBlob)
	}
	access := ""
	if c.Type == TypeEC2 {
		p, err := parsePair(*n.Blob)
		if err != nil {
			return answer{}, err
		}
		access, c.ID = p.Access, idOf(p.Access)
	}
	if err := a.add(r, &c, access, *n.Blob); err != nil {
		return answer{}, err
	}
	return a.answer(r, a.DB, &c)
}

// add puts a new credential into SQL; access is that of an EC2 key.
func (a *Area) add(r *wire.Request, c *Credential, access, blob string) error {
	if err := allowed(r, c); err != nil {
		return err
	}
	c.Created = store.Time(store.Micros(a.Clock()))
	if err := a.seal(c, blob); err != nil {
		return err
	}
	ctx := r.Context()
	err := a.Revoked.Announcing(ctx, func(tx *store.Tx) error {
		if _, err := accounts.LoadUser(ctx, tx, c.UserID); errors.Is(err, store.ErrNotFound) {
			return keystone.NotFound("user", c.UserID)
		} else if err != nil {
			return err
		}
		var n int
		if err := tx.QueryRow(ctx, countOf, c.UserID).Scan(&n); err != nil {
			return err
		}
		if n >= MaxPerUser {
			return full
		}
		if err := a.enter(ctx, tx, &r.Actor, c, access); err != nil {
			return err
		}
		err := insert(ctx, tx, c)
		if errors.Is(err, store.ErrDuplicate) {
			err = taken
		}
		return err
	})
	if err == nil {
		r.Touched(c.ID)
	}
	return err
}

// allowed refuses who may not make this credential.
func allowed(r *wire.Request, c *Credential) error {
	actor := &r.Actor
	if err := appcredentials.Bound(actor); err != nil {
		return err
	}
	own := c.UserID == actor.UserID && (c.ProjectID == actor.ProjectID || c.ProjectID == "" && c.Type != TypeEC2)
	if actor.ReadOnly() || !own && !actor.Admin() {
		return keystone.Forbidden(r.Route.Action)
	}
	return nil
}

// enter finds the roles of an EC2 key: what its user holds in the project, and
// no more than the token of a caller who makes one for itself there.
func (a *Area) enter(ctx context.Context, tx *store.Tx, actor *wire.Actor, c *Credential, access string) error {
	if access == "" && c.ProjectID == "" {
		return nil
	}
	_, held, err := accounts.EnterProject(ctx, tx, c.UserID, c.ProjectID)
	if errors.Is(err, accounts.ErrNotAllowed) {
		return invalid("project_id", "the user holds no role in such a project")
	}
	if err != nil || access == "" {
		return err
	}
	if actor.CredentialID != "" {
		maker, err := appcredentials.Load(ctx, tx, actor.CredentialID)
		if errors.Is(err, store.ErrNotFound) || err == nil && !maker.Expires.IsZero() {
			return endless
		}
		if err != nil {
			return err
		}
	}
	switch _, err := accesskeys.Load(ctx, tx, access); {
	case err == nil:
		return taken
	case !errors.Is(err, store.ErrNotFound):
		return err
	}
	if c.UserID == actor.UserID && c.ProjectID == actor.ProjectID {
		held = slices.DeleteFunc(held, func(role accounts.Role) bool { return !actor.Has(role.Name) })
	}
	for _, role := range held {
		c.RoleIDs = append(c.RoleIDs, role.ID)
	}
	if len(c.RoleIDs) == 0 {
		return invalid("project_id", "the user holds no role in such a project")
	}
	return nil
}

// update replaces the blob of one of the caller's own.
func (a *Area) update(r *wire.Request, in *change) (answer, error) {
	if in.Credential == nil {
		return answer{}, missingCredential()
	}
	if err := appcredentials.Bound(&r.Actor); err != nil {
		return answer{}, err
	}
	var c Credential
	ctx, id := r.Context(), r.Path("id")
	err := a.Revoked.Announcing(ctx, func(tx *store.Tx) (err error) {
		// All that an administrator sees it still may not put words into.
		c, err = reach{viewer: r.Actor.UserID}.one(ctx, tx, query{id: id})
		if errors.Is(err, store.ErrNotFound) {
			return keystone.NotFound("credential", id)
		}
		if err != nil {
			return err
		}
		if err := a.renew(r, tx, &c, in); err != nil {
			return err
		}
		_, err = tx.Exec(ctx, updateBlob, c.sealed, c.ID, c.UserID)
		return err
	})
	if err != nil {
		return answer{}, err
	}
	r.Touched(c.ID)
	return a.answer(r, a.DB, &c)
}

func (a *Area) renew(r *wire.Request, q store.Querier, c *Credential, in *change) error {
	n := in.Credential
	for _, fixed := range [...]struct {
		field string
		asked *string
		is    string
	}{{"user_id", n.UserID, c.UserID}, {"project_id", n.ProjectID, c.ProjectID}, {"type", n.Type, c.Type}} {
		if fixed.asked != nil && *fixed.asked != fixed.is {
			return invalid(fixed.field, "it cannot be changed; make another credential")
		}
	}
	if n.Blob == nil {
		return nil
	}
	if *n.Blob == "" || len(*n.Blob) > MaxBlob {
		return invalid("blob", "it must be a text of 1 to %d bytes", MaxBlob)
	}
	// Who must not see the content must not replace it by one it knows.
	e, err := lookingAt(r, q)
	if err != nil {
		return err
	}
	if !e.see(c) {
		return keystone.Forbidden(r.Route.Action)
	}
	if c.Type == TypeEC2 {
		p, err := parsePair(*n.Blob)
		if err != nil {
			return err
		}
		if idOf(p.Access) != c.ID {
			return invalid("blob", "the access key cannot be changed; make another credential")
		}
	}
	return a.seal(c, *n.Blob)
}

func (a *Area) remove(r *wire.Request) error {
	return a.drop(r, query{id: r.Path("id")}, keystone.NotFound("credential", r.Path("id")))
}

// drop deletes what the caller may see, or answers missing.
func (a *Area) drop(r *wire.Request, w query, missing error) error {
	if err := appcredentials.Bound(&r.Actor); err != nil {
		return err
	}
	ctx := r.Context()
	var c Credential
	err := a.Revoked.Announcing(ctx, func(tx *store.Tx) (err error) {
		c, err = reachOf(&r.Actor).one(ctx, tx, w)
		if errors.Is(err, store.ErrNotFound) {
			return missing
		}
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, deleteCredential, c.ID, c.UserID)
		return err
	})
	if err == nil {
		r.Touched(c.ID)
	}
	return err
}
