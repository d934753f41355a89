package appcredentials

import (
	"github.com/lintel-gateway/lintel/internal/secret"
	"github.com/lintel-gateway/lintel/internal/wire"
	"github.com/lintel-gateway/lintel/internal/wire/keystone"
)

// view is a credential as the wire shows it.
type view struct {
	ID           string        `json:"id" doc:"Id of the credential."`
	Name         string        `json:"name" doc:"Unique among the user's."`
	Description  string        `json:"description" doc:"Text for people."`
	ProjectID    string        `json:"project_id" doc:"Project that its tokens are for."`
	Roles        []roleView    `json:"roles" doc:"Roles that its tokens have, as far as the user still holds them."`
	ExpiresAt    *string       `json:"expires_at" doc:"When it ends, in UTC; null: never."`
	Unrestricted bool          `json:"unrestricted" doc:"Whether its tokens may make and delete other credentials."`
	Secret       string        `json:"secret,omitempty" doc:"The secret; only in the answer that makes the credential."`
	AccessRules  []rule        `json:"access_rules" doc:"Always empty."`
	Links        keystone.Link `json:"links" doc:"URL of the credential."`
}

type roleView struct {
	ID       string  `json:"id"`
	Name     string  `json:"name"`
	DomainID *string `json:"domain_id" doc:"Always null: roles belong to the platform."`
}

// rule is an access rule of Keystone, of which there are none here.
type rule struct {
	ID      string `json:"id"`
	Path    string `json:"path"`
	Method  string `json:"method"`
	Service string `json:"service"`
}

type answer struct {
	Credential view `json:"application_credential"`
}

type list struct {
	Credentials []view         `json:"application_credentials" doc:"In the order of their names."`
	Links       keystone.Links `json:"links" doc:"URL of the list."`
}

// creation is the body that makes a credential.
type creation struct {
	Credential *wanted `json:"application_credential"`
}

type wanted struct {
	Name         string      `json:"name" doc:"1 to 255 characters, unique among the user's."`
	Description  string      `json:"description" doc:"Up to 255 characters."`
	Secret       secret.Text `json:"secret" doc:"8 to 255 characters; made when left out, which is better."`
	Roles        *[]roleRef  `json:"roles" doc:"Some of the roles of the token, by id or name; all of them when left out."`
	ExpiresAt    *string     `json:"expires_at" doc:"RFC 3339, or without a zone for UTC; never when left out or null."`
	Unrestricted bool        `json:"unrestricted" doc:"Whether its tokens may make and delete other credentials; false when left out."`
	AccessRules  []rule      `json:"access_rules" doc:"Must be empty: there are no access rules here."`
	// ProjectID and UserID are read to be refused when they are not those of the
	// token (CVE-2020-12691).
	ProjectID *string `json:"project_id" doc:"The project in scope, if given at all."`
	UserID    *string `json:"user_id" doc:"The caller, if given at all."`
}

type roleRef struct {
	ID   string `json:"id" doc:"Id of the role."`
	Name string `json:"name" doc:"Its name, in place of the id."`
}

// show is the wire form of c; names are those of roleNames.
func (a *Area) show(r *wire.Request, c *Credential, names map[string]string) view {
	v := view{
		ID: c.ID, Name: c.Name, Description: c.Description, ProjectID: c.ProjectID, Unrestricted: c.Unrestricted,
		Roles: make([]roleView, 0, len(c.RoleIDs)), AccessRules: []rule{},
		Links: a.Site.Entity(r, "users", c.UserID, "application_credentials", c.ID),
	}
	for _, id := range c.RoleIDs {
		if name, there := names[id]; there { // a role that was deleted gives nothing any more
			v.Roles = append(v.Roles, roleView{ID: id, Name: name})
		}
	}
	if !c.Expires.IsZero() {
		text := c.Expires.Format(timeLayout)
		v.ExpiresAt = &text
	}
	return v
}
