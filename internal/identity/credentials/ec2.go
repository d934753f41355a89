package credentials

import (
	"context"
	"encoding/hex"
	"errors"
	"slices"

	"github.com/lintel-gateway/lintel/internal/identity/accounts"
	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/wire"
	"github.com/lintel-gateway/lintel/internal/wire/keystone"
)

// ec2Creation is the body that makes an EC2 key.
type ec2Creation struct {
	TenantID string `json:"tenant_id" doc:"Project of the key: the one in scope. Others are for administrators to name."`
}

// owner is the user of the path, if the caller may see its keys. Who is out of
// reach is as unknown as who is not there.
func (a *Area) owner(r *wire.Request) (string, error) {
	id := r.Path("user_id")
	if id == r.Actor.UserID {
		return id, nil
	}
	if !r.Actor.Admin() {
		return "", keystone.NotFound("user", id)
	}
	_, err := accounts.LoadUser(r.Context(), a.DB, id)
	if errors.Is(err, store.ErrNotFound) {
		err = keystone.NotFound("user", id)
	}
	return id, err
}

// createEC2 makes an EC2 key of 32 hex characters each (wire-facts §16.4).
func (a *Area) createEC2(r *wire.Request, in *ec2Creation) (ec2Answer, error) {
	userID, err := a.owner(r)
	switch {
	case err != nil:
		return ec2Answer{}, err
	case in.TenantID == "":
		return ec2Answer{}, invalid("tenant_id", "it must be the id of the project that the key is for")
	}
	p := pair{Access: hex.EncodeToString(a.IDs.Bytes(16)), Secret: hex.EncodeToString(a.IDs.Bytes(16))}
	c := Credential{ID: idOf(p.Access), UserID: userID, ProjectID: in.TenantID, Type: TypeEC2}
	if err := a.add(r, &c, p.Access, p.text()); err != nil {
		return ec2Answer{}, err
	}
	// Who makes a key for somebody else has to hand it over.
	return ec2Answer{ec2View{
		UserID: userID, TenantID: c.ProjectID, Access: p.Access, Secret: p.Secret,
		Links: a.Site.Entity(r, "users", userID, "credentials", "OS-EC2", p.Access),
	}}, nil
}

func (a *Area) listEC2(r *wire.Request) (ec2List, error) {
	userID, err := a.owner(r)
	if err != nil {
		return ec2List{}, err
	}
	found, err := reachOf(&r.Actor).find(r.Context(), a.DB, query{userID: userID, kind: TypeEC2})
	if err != nil {
		return ec2List{}, err
	}
	e, err := lookingAt(r, a.DB)
	if err != nil {
		return ec2List{}, err
	}
	views := make([]ec2View, len(found))
	for i := range found {
		if views[i], err = a.showEC2(r, &e, &found[i], ""); err != nil {
			return ec2List{}, err
		}
	}
	return ec2List{Credentials: views, Links: a.Site.List(r)}, nil
}

func (a *Area) getEC2(r *wire.Request) (ec2Answer, error) {
	userID, err := a.owner(r)
	if err != nil {
		return ec2Answer{}, err
	}
	access := r.Path("access")
	c, err := reachOf(&r.Actor).one(r.Context(), a.DB, query{id: idOf(access), userID: userID, kind: TypeEC2})
	if errors.Is(err, store.ErrNotFound) {
		return ec2Answer{}, keystone.NotFound("credential", access)
	}
	if err != nil {
		return ec2Answer{}, err
	}
	e, err := lookingAt(r, a.DB)
	if err != nil {
		return ec2Answer{}, err
	}
	v, err := a.showEC2(r, &e, &c, access)
	return ec2Answer{v}, err
}

func (a *Area) removeEC2(r *wire.Request) error {
	userID, err := a.owner(r)
	if err != nil {
		return err
	}
	access := r.Path("access")
	return a.drop(r, query{id: idOf(access), userID: userID, kind: TypeEC2}, keystone.NotFound("credential", access))
}

// pair opens an EC2 key.
func (a *Area) pair(c *Credential) (pair, error) {
	blob, err := a.open(c)
	if err != nil {
		return pair{}, err
	}
	return parsePair(blob)
}

// Key is an EC2 key ready for use: what signs with Secret acts for UserID, in
// Project and with Roles, and nowhere else.
type Key struct {
	Secret  []byte
	UserID  string
	Project accounts.Project
	Roles   []accounts.Role // not empty
}

// Key answers the EC2 key with the access key, or store.ErrNotFound when there is
// none or when its user holds none of its roles any more. Whether the user may
// log in is the caller's to see.
func (a *Area) Key(ctx context.Context, access string) (Key, error) {
	if len(access) > maxPart {
		return Key{}, store.ErrNotFound
	}
	c, err := scan(a.DB.QueryRow(ctx, selectKey, idOf(access)))
	if err != nil {
		return Key{}, err
	}
	project, held, err := accounts.EnterProject(ctx, a.DB, c.UserID, c.ProjectID)
	held = slices.DeleteFunc(held, func(role accounts.Role) bool { return !slices.Contains(c.RoleIDs, role.ID) })
	if errors.Is(err, accounts.ErrNotAllowed) || err == nil && len(held) == 0 {
		return Key{}, store.ErrNotFound
	}
	if err != nil {
		return Key{}, err
	}
	p, err := a.pair(&c)
	if err != nil {
		return Key{}, err
	}
	return Key{Secret: []byte(p.Secret), UserID: c.UserID, Project: project, Roles: held}, nil
}
