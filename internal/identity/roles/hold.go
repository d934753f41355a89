package roles

import (
	"github.com/lintel-gateway/lintel/internal/identity/accounts"
	"github.com/lintel-gateway/lintel/internal/wire"
)

// ends are who and where, of the path.
func (h hold) ends(r *wire.Request) (accounts.Holder, accounts.Place) {
	where := accounts.Place{Scope: h.scope, ID: r.Path("id")}
	if h.group {
		return accounts.Holder{GroupID: r.Path("holder_id")}, where
	}
	return accounts.Holder{UserID: r.Path("holder_id")}, where
}

func (a *Area) held(r *wire.Request, h hold) (roleList, error) {
	who, where := h.ends(r)
	roles, err := a.Accounts.HeldOn(r.Context(), accounts.Seen(&r.Actor), who, where)
	if err != nil {
		return roleList{}, err
	}
	return a.views(r, roles), nil
}

func (a *Area) check(r *wire.Request, h hold) error {
	who, where := h.ends(r)
	return a.Accounts.Holds(r.Context(), accounts.Seen(&r.Actor), who, where, r.Path("role_id"))
}

func (a *Area) grant(r *wire.Request, h hold) error {
	who, where := h.ends(r)
	return a.Accounts.Grant(r.Context(), accounts.Managed(&r.Actor), who, where, r.Path("role_id"))
}

func (a *Area) revoke(r *wire.Request, h hold) error {
	who, where := h.ends(r)
	return a.Accounts.Revoke(r.Context(), accounts.Managed(&r.Actor), who, where, r.Path("role_id"))
}
