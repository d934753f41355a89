package users

import (
	"time"

	"github.com/lintel-gateway/lintel/internal/identity/accounts"
	"github.com/lintel-gateway/lintel/internal/wire"
	"github.com/lintel-gateway/lintel/internal/wire/keystone"
)

// userType is the only type of users.
const userType = "individual"

// UserView is a user as the wire shows it (EOS reference 1.4).
type UserView struct {
	ID                string               `json:"id" doc:"Id of the user."`
	Name              string               `json:"name" doc:"Unique within the domain."`
	DomainID          string               `json:"domain_id" doc:"Domain that the user belongs to."`
	Email             *string              `json:"email" doc:"Address; null when not known."`
	Description       string               `json:"description" doc:"Text for people."`
	Enabled           bool                 `json:"enabled" doc:"Whether the user may log in, if its domain may."`
	DefaultProjectID  string               `json:"default_project_id,omitempty" doc:"Scope of a token that asks for none; left out when there is none."`
	PasswordExpiresAt *string              `json:"password_expires_at" doc:"When the password expires, in UTC and without a zone; null when it does not."`
	Options           accounts.UserOptions `json:"options" doc:"The options that are set."`
	UserType          string               `json:"user_type" doc:"Always individual."`
	UserRole          accounts.Standing    `json:"user_role" doc:"cloud_admin, domain_admin or domain_member: the most that the user may anywhere."`
	Extra             Extra                `json:"extra" doc:"email, user_type and user_role once more."`
	Federated         []string             `json:"federated" doc:"Always empty."`
	Links             keystone.Link        `json:"links" doc:"URL of the user."`
}

// Extra is what clients of EOS read instead of the fields above. gophercloud
// takes it for all that is not a field of Keystone's, so an address stands here
// too when there is one.
type Extra struct {
	Email    string            `json:"email,omitempty" doc:"Address; left out when not known."`
	UserType string            `json:"user_type" doc:"Always individual."`
	UserRole accounts.Standing `json:"user_role" doc:"cloud_admin, domain_admin or domain_member."`
}

// UserList is the answer to a list of users.
type UserList struct {
	Users []UserView     `json:"users" doc:"In the order of their names."`
	Links keystone.Links `json:"links" doc:"URL of the list."`
}

type answer struct {
	User UserView `json:"user"`
}

// View is the wire form of a user that an accounts.Area answered.
func View(site keystone.Site, r *wire.Request, u accounts.User) UserView {
	v := UserView{
		ID: u.ID, Name: u.Name, DomainID: u.DomainID, Description: u.Description, Enabled: u.Active,
		DefaultProjectID: u.DefaultProjectID, PasswordExpiresAt: Expiry(u.Expires), Options: u.Options,
		UserType: userType, UserRole: u.Standing, Extra: Extra{u.Email, userType, u.Standing},
		Federated: []string{}, Links: site.Entity(r, "users", u.ID),
	}
	if u.Email != "" {
		v.Email = &u.Email
	}
	return v
}

// ListViews is the wire form of a list of users.
func ListViews(site keystone.Site, r *wire.Request, list []accounts.User) UserList {
	views := make([]UserView, len(list))
	for i, u := range list {
		views[i] = View(site, r, u)
	}
	return UserList{Users: views, Links: site.List(r)}
}

// Expiry is when a password expires as the wire shows it: six digits and no
// zone, which is what clients parse (wire-facts §16.2), or null.
func Expiry(t time.Time) *string {
	if t.IsZero() {
		return nil
	}
	s := t.UTC().Format("2006-01-02T15:04:05.000000")
	return &s
}
