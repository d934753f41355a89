package accounts

import (
	"github.com/lintel-gateway/lintel/internal/wire"
	"github.com/lintel-gateway/lintel/internal/wire/keystone"
)

// UserView is a user as the wire shows it.
type UserView struct {
	ID                string        `json:"id" doc:"Id of the user."`
	Name              string        `json:"name" doc:"Unique within the domain."`
	DomainID          string        `json:"domain_id" doc:"Domain that the user belongs to."`
	Email             string        `json:"email" doc:"Address; empty when not known."`
	Description       string        `json:"description" doc:"Text for people."`
	Enabled           bool          `json:"enabled" doc:"Whether the user may log in."`
	DefaultProjectID  string        `json:"default_project_id,omitempty" doc:"Scope of a token that asks for none."`
	PasswordExpiresAt *string       `json:"password_expires_at" doc:"Always null: passwords do not expire."`
	Links             keystone.Link `json:"links" doc:"URL of the user."`
}

type userList struct {
	Users []UserView     `json:"users" doc:"In the order of their names."`
	Links keystone.Links `json:"links" doc:"URL of the list."`
}

type userAnswer struct {
	User UserView `json:"user"`
}

func (a *Area) viewUser(r *wire.Request, u User) UserView {
	return UserView{
		ID: u.ID, Name: u.Name, DomainID: u.DomainID, Email: u.Email, Description: u.Description,
		Enabled: u.Enabled, DefaultProjectID: u.DefaultProjectID, Links: a.Site.Entity(r, "users", u.ID),
	}
}

func (a *Area) listUsers(r *wire.Request) (userList, error) {
	f, err := userFilter(r)
	if err != nil {
		return userList{}, err
	}
	list, err := f.users(r.Context(), a.DB)
	if err != nil {
		return userList{}, err
	}
	views := make([]UserView, len(list))
	for i, u := range list {
		views[i] = a.viewUser(r, u)
	}
	return userList{Users: views, Links: a.Site.List(r)}, nil
}

func (a *Area) showUser(r *wire.Request) (userAnswer, error) {
	id := r.Path("id")
	list, err := filter{viewer: viewer(r), id: id}.users(r.Context(), a.DB)
	if err != nil {
		return userAnswer{}, err
	}
	if len(list) == 0 {
		return userAnswer{}, keystone.NotFound("user", id)
	}
	return userAnswer{a.viewUser(r, list[0])}, nil
}
