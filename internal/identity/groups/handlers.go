package groups

import (
	"github.com/lintel-gateway/lintel/internal/identity/accounts"
	"github.com/lintel-gateway/lintel/internal/wire"
	"github.com/lintel-gateway/lintel/internal/wire/keystone"
)

func (a *Area) list(r *wire.Request) (list, error) {
	return a.listed(r, accounts.GroupQuery{})
}

// listed adds what every list of groups shares: the reach, and the filters of
// the URL.
func (a *Area) listed(r *wire.Request, q accounts.GroupQuery) (list, error) {
	query := r.Query()
	q.By, q.Name, q.DomainID = accounts.Seen(&r.Actor), query.Get("name"), query.Get("domain_id")
	groups, _, err := a.Accounts.Groups(r.Context(), q)
	if err != nil {
		return list{}, err
	}
	views := make([]view, len(groups))
	for i, g := range groups {
		views[i] = a.view(r, g)
	}
	return list{Groups: views, Links: a.Site.List(r)}, nil
}

func (a *Area) ofUser(r *wire.Request) (list, error) {
	id := r.Path("id")
	if err := a.Accounts.Sees(r.Context(), accounts.Seen(&r.Actor), accounts.Holder{UserID: id}); err != nil {
		return list{}, err
	}
	return a.listed(r, accounts.GroupQuery{UserID: id})
}

func (a *Area) create(r *wire.Request, in *creation) (answer, error) {
	if in.Group == nil {
		return answer{}, missing()
	}
	n := accounts.NewGroup{Name: in.Group.Name, DomainID: r.Actor.ScopeDomainID, Description: in.Group.Description.Text}
	if n.DomainID == "" {
		n.DomainID = r.Actor.DomainID
	}
	if id := in.Group.DomainID; id != nil {
		n.DomainID = *id
	}
	g, err := a.Accounts.CreateGroup(r.Context(), accounts.Managed(&r.Actor), n)
	if err != nil {
		return answer{}, err
	}
	r.Touched(g.ID)
	return answer{a.view(r, g)}, nil
}

func (a *Area) show(r *wire.Request) (answer, error) {
	id := r.Path("id")
	groups, _, err := a.Accounts.Groups(r.Context(), accounts.GroupQuery{By: accounts.Seen(&r.Actor), ID: id})
	if err != nil {
		return answer{}, err
	}
	if len(groups) == 0 {
		return answer{}, keystone.NotFound("group", id)
	}
	return answer{a.view(r, groups[0])}, nil
}

func (a *Area) update(r *wire.Request, in *change) (answer, error) {
	if in.Group == nil {
		return answer{}, missing()
	}
	id := r.Path("id")
	g, err := a.Accounts.UpdateGroup(r.Context(), accounts.Managed(&r.Actor), id, accounts.GroupChange{
		ID: in.Group.ID, DomainID: in.Group.DomainID, Name: in.Group.Name, Description: in.Group.Description.Change(),
	})
	if err != nil {
		return answer{}, err
	}
	return answer{a.view(r, g)}, nil
}

func (a *Area) remove(r *wire.Request) error {
	return a.Accounts.DeleteGroup(r.Context(), accounts.Managed(&r.Actor), r.Path("id"))
}
