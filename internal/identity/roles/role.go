package roles

import (
	"github.com/lintel-gateway/lintel/internal/identity/accounts"
	"github.com/lintel-gateway/lintel/internal/wire"
	"github.com/lintel-gateway/lintel/internal/wire/keystone"
)

// roleView is a role as the wire shows it.
type roleView struct {
	ID          string        `json:"id" doc:"Id of the role."`
	Name        string        `json:"name" doc:"Unique."`
	DomainID    *string       `json:"domain_id" doc:"Always null: roles belong to the whole platform."`
	Description string        `json:"description" doc:"Text for people."`
	Options     struct{}      `json:"options" doc:"Always empty."`
	Links       keystone.Link `json:"links" doc:"URL of the role."`
}

type roleAnswer struct {
	Role roleView `json:"role"`
}

type roleList struct {
	Roles []roleView     `json:"roles" doc:"In the order of their names."`
	Links keystone.Links `json:"links" doc:"URL of the list."`
}

type roleBody struct {
	Role *struct {
		ID          *string           `json:"id" doc:"The id that it has; not for a new role."`
		Name        *string           `json:"name" doc:"1 to 64 characters, unique."`
		DomainID    *string           `json:"domain_id" doc:"Null: roles of one domain only are not supported."`
		Description keystone.Nullable `json:"description" doc:"Up to 255 characters; empty when null."`
		Options     map[string]any    `json:"options" doc:"Empty, or immutable: false."`
	} `json:"role"`
}

// refuse refuses a body for what there is not here: nothing is accepted that
// would neither be stored nor enforced.
func (b *roleBody) refuse() error {
	if b.Role == nil {
		return keystone.BadRequest("Invalid input for field 'role': it must be an object.")
	}
	if b.Role.DomainID != nil {
		return keystone.BadRequest("Invalid input for field 'domain_id': it must be null; roles of one domain only are not supported.")
	}
	for key, value := range b.Role.Options {
		if key != "immutable" || value != nil && value != false {
			return keystone.BadRequest("Invalid input for field 'options': it must be empty or hold immutable: false; options of roles are not supported.")
		}
	}
	return nil
}

func (a *Area) view(r *wire.Request, role accounts.Role) roleView {
	return roleView{ID: role.ID, Name: role.Name, Description: role.Description, Links: a.Site.Entity(r, "roles", role.ID)}
}

func (a *Area) views(r *wire.Request, roles []accounts.Role) roleList {
	views := make([]roleView, len(roles))
	for i, role := range roles {
		views[i] = a.view(r, role)
	}
	return roleList{Roles: views, Links: a.Site.List(r)}
}

func (a *Area) list(r *wire.Request) (roleList, error) {
	if id := r.Query().Get("domain_id"); id != "" && id != "null" {
		return a.views(r, nil), nil
	}
	roles, err := a.Accounts.Roles(r.Context(), r.Query().Get("name"))
	if err != nil {
		return roleList{}, err
	}
	return a.views(r, roles), nil
}

func (a *Area) create(r *wire.Request, in *roleBody) (roleAnswer, error) {
	if err := in.refuse(); err != nil {
		return roleAnswer{}, err
	}
	var name string
	if in.Role.Name != nil {
		name = *in.Role.Name
	}
	role, err := a.Accounts.CreateRole(r.Context(), name, in.Role.Description.Text)
	if err != nil {
		return roleAnswer{}, err
	}
	r.Touched(role.ID)
	return roleAnswer{a.view(r, role)}, nil
}

func (a *Area) show(r *wire.Request) (roleAnswer, error) {
	role, err := a.Accounts.Role(r.Context(), r.Path("id"))
	if err != nil {
		return roleAnswer{}, err
	}
	return roleAnswer{a.view(r, role)}, nil
}

func (a *Area) update(r *wire.Request, in *roleBody) (roleAnswer, error) {
	if err := in.refuse(); err != nil {
		return roleAnswer{}, err
	}
	id := r.Path("id")
	if in.Role.ID != nil && *in.Role.ID != id {
		return roleAnswer{}, keystone.BadRequest("Cannot change role ID.")
	}
	role, err := a.Accounts.UpdateRole(r.Context(), id, accounts.RoleChange{Name: in.Role.Name, Description: in.Role.Description.Change()})
	if err != nil {
		return roleAnswer{}, err
	}
	return roleAnswer{a.view(r, role)}, nil
}

func (a *Area) remove(r *wire.Request) error {
	return a.Accounts.DeleteRole(r.Context(), r.Path("id"))
}

// prior is a role among those that imply.
type prior struct {
	ID    string        `json:"id" doc:"Id of the role."`
	Name  string        `json:"name" doc:"Its name."`
	Links keystone.Link `json:"links" doc:"URL of the role."`
}

type inference struct {
	PriorRole prior   `json:"prior_role" doc:"The role that implies."`
	Implies   []prior `json:"implies" doc:"Always empty."`
}

type inferenceAnswer struct {
	RoleInference inference     `json:"role_inference"`
	Links         keystone.Link `json:"links" doc:"URL of the list."`
}

type inferenceList struct {
	RoleInferences []inference    `json:"role_inferences" doc:"Always empty."`
	Links          keystone.Links `json:"links" doc:"URL of the list."`
}

func (a *Area) implied(r *wire.Request) (inferenceAnswer, error) {
	role, err := a.Accounts.Role(r.Context(), r.Path("id"))
	if err != nil {
		return inferenceAnswer{}, err
	}
	return inferenceAnswer{
		RoleInference: inference{PriorRole: prior{role.ID, role.Name, a.Site.Entity(r, "roles", role.ID)}, Implies: []prior{}},
		Links:         a.Site.Entity(r, "roles", role.ID, "implies"),
	}, nil
}

func (a *Area) inferences(r *wire.Request) (inferenceList, error) {
	return inferenceList{RoleInferences: []inference{}, Links: a.Site.List(r)}, nil
}
