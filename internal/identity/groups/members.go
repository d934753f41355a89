package groups

import (
	"github.com/lintel-gateway/lintel/internal/identity/accounts"
	"github.com/lintel-gateway/lintel/internal/identity/users"
	"github.com/lintel-gateway/lintel/internal/wire"
	"github.com/lintel-gateway/lintel/internal/wire/keystone"
)

func (a *Area) members(r *wire.Request) (users.UserList, error) {
	id, by := r.Path("id"), accounts.Seen(&r.Actor)
	enabled, err := keystone.Boolean(r, "enabled")
	if err != nil {
		return users.UserList{}, err
	}
	if err := a.Accounts.Sees(r.Context(), by, accounts.Holder{GroupID: id}); err != nil {
		return users.UserList{}, err
	}
	query := r.Query()
	list, _, err := a.Accounts.Users(r.Context(), accounts.UserQuery{
		By: by, GroupID: id, Name: query.Get("name"), DomainID: query.Get("domain_id"), Enabled: enabled,
	})
	if err != nil {
		return users.UserList{}, err
	}
	return users.ListViews(a.Site, r, list), nil
}

func (a *Area) add(r *wire.Request) error {
	id := r.Path("id")
	r.Touched(id)
	return a.Accounts.AddMember(r.Context(), accounts.Managed(&r.Actor), id, r.Path("user_id"))
}

func (a *Area) check(r *wire.Request) error {
	id, userID := r.Path("id"), r.Path("user_id")
	in, err := a.Accounts.IsMember(r.Context(), accounts.Seen(&r.Actor), id, userID)
	if err == nil && !in {
		err = accounts.NotInGroup(id, userID)
	}
	return err
}

func (a *Area) leave(r *wire.Request) error {
	id := r.Path("id")
	r.Touched(id)
	return a.Accounts.RemoveMember(r.Context(), accounts.Managed(&r.Actor), id, r.Path("user_id"))
}
