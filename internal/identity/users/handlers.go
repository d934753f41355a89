package users

import (
	"strings"

	"github.com/lintel-gateway/lintel/internal/identity/accounts"
	"github.com/lintel-gateway/lintel/internal/identity/passwords"
	"github.com/lintel-gateway/lintel/internal/wire"
	"github.com/lintel-gateway/lintel/internal/wire/keystone"
)

func (a *Area) list(r *wire.Request) (UserList, error) {
	q := r.Query()
	for name := range q {
		// A filter that is not applied would list more than was asked for.
		if unfiltered(name) {
			return UserList{}, keystone.BadRequest("Invalid input for query parameter '%.64s': users cannot be filtered by it.", name)
		}
	}
	enabled, err := keystone.Boolean(r, "enabled")
	if err != nil {
		return UserList{}, err
	}
	list, _, err := a.Accounts.Users(r.Context(), accounts.UserQuery{
		By: accounts.Seen(&r.Actor), Name: q.Get("name"), NamePart: q.Get("name__contains"), DomainID: q.Get("domain_id"), Enabled: enabled,
	})
	if err != nil {
		return UserList{}, err
	}
	return ListViews(a.Site, r, list), nil
}

// unfiltered reports whether a parameter is a filter of Keystone that there is not.
func unfiltered(name string) bool {
	switch name {
	case "name__contains":
		return false
	case "password_expires_at", "idp_id", "protocol_id", "unique_id":
		return true
	}
	return strings.Contains(name, "__") // name__startswith and the like
}

func (a *Area) show(r *wire.Request) (answer, error) {
	u, err := a.Accounts.ShowUser(r.Context(), accounts.Seen(&r.Actor), r.Path("id"))
	if err != nil {
		return answer{}, err
	}
	return answer{View(a.Site, r, u)}, nil
}

func (a *Area) create(r *wire.Request, q *request) (answer, error) {
	f, err := q.check()
	if err != nil {
		return answer{}, err
	}
	if f.Name == nil {
		return answer{}, keystone.BadRequest("Invalid input for field 'name': a user must have one.")
	}
	n := accounts.NewUser{
		DomainID: r.Actor.ScopeDomainID, Name: *f.Name, Email: f.Email.text, Description: f.Description.text,
		DefaultProjectID: f.DefaultProjectID.text, Disabled: f.Enabled != nil && !*f.Enabled,
	}
	if f.DomainID != nil {
		n.DomainID = *f.DomainID
	}
	if f.Password != nil {
		n.Password = f.Password.Reveal()
	}
	f.Options.apply(&n.Options)
	u, err := a.Accounts.AddUser(r.Context(), accounts.Managed(&r.Actor), n)
	if err != nil {
		return answer{}, err
	}
	r.Touched(u.ID)
	return answer{View(a.Site, r, u)}, nil
}

func (a *Area) update(r *wire.Request, q *request) (answer, error) {
	f, err := q.check()
	if err != nil {
		return answer{}, err
	}
	if f.Password != nil && r.Actor.Restricted {
		return answer{}, keystone.Forbidden(r.Route.Action)
	}
	id, by := r.Path("id"), accounts.Managed(&r.Actor)
	if f.DomainID != nil {
		now, err := a.Accounts.ShowUser(r.Context(), by, id)
		if err != nil {
			return answer{}, err
		}
		if *f.DomainID != now.DomainID {
			return answer{}, keystone.BadRequest("Invalid input for field 'domain_id': a user stays in its domain.")
		}
	}
	u, err := a.Accounts.UpdateUser(r.Context(), by, id, accounts.UserChange{
		Name: f.Name, Email: f.Email.change(), Description: f.Description.change(), DefaultProjectID: f.DefaultProjectID.change(),
		Enabled: f.Enabled, Password: f.Password, Options: f.Options.apply,
	})
	if err != nil {
		return answer{}, err
	}
	r.Touched(u.ID)
	return answer{View(a.Site, r, u)}, nil
}

func (a *Area) remove(r *wire.Request) error {
	id := r.Path("id")
	if err := a.Accounts.DeleteUser(r.Context(), accounts.Managed(&r.Actor), id); err != nil {
		return err
	}
	r.Touched(id)
	return nil
}

func (a *Area) projects(r *wire.Request) (accounts.ProjectList, error) {
	enabled, err := keystone.Boolean(r, "enabled")
	if err != nil {
		return accounts.ProjectList{}, err
	}
	list, err := a.Accounts.UserProjects(r.Context(), accounts.Seen(&r.Actor), r.Path("id"), enabled)
	if err != nil {
		return accounts.ProjectList{}, err
	}
	return accounts.ListProjectViews(a.Site, r, list), nil
}

// changePassword asks for no token: the present password is the proof.
func (a *Area) changePassword(r *wire.Request, q *passwordRequest) error {
	if err := q.check(); err != nil {
		return err
	}
	id := r.Path("id")
	asker := passwords.Asker{Peer: passwords.Peer(r.HTTP.RemoteAddr), Name: id}
	if err := a.Accounts.ChangePasswordFor(r.Context(), asker, id, q.User.Original, q.User.Password); err != nil {
		return err
	}
	r.Touched(id)
	return nil
}
