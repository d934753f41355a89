package profiles

import (
	"errors"
	"slices"
	"strings"

	"github.com/lintel-gateway/lintel/internal/identity/accounts"
	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/wire"
	"github.com/lintel-gateway/lintel/internal/wire/ghippo"
)

// maxNames bounds the roles of one change.
const maxNames = 100

// The kinds of roles, in the reference's words.
const (
	system = "system"
	custom = "custom"
)

// RoleInfo is a role as the wire shows it to somebody who looks at a holder.
type RoleInfo struct {
	Name        string `json:"name" doc:"Name of the role."`
	Type        string `json:"type" enum:"system,custom" doc:"system for the built-in ones."`
	Description string `json:"description" doc:"Text for people."`
	CreatedAt   string `json:"createdAt" doc:"Always 0: not kept."`
	UpdatedAt   string `json:"updatedAt" doc:"Always 0: not kept."`
	Authorized  bool   `json:"authorized" doc:"Whether the user or group itself holds the role on its department."`
}

type userRoles struct {
	Pagination      pagination `json:"pagination"`
	AuthorizedCount int        `json:"authorizedCount" doc:"How many of all roles are held."`
	Roles           []RoleInfo `json:"roles" doc:"In the order of their names."`
}

// groupRoles has another name for the list; the reference does, too.
type groupRoles struct {
	Pagination      pagination `json:"pagination"`
	AuthorizedCount int        `json:"authorizedCount" doc:"How many of all roles are held."`
	Items           []RoleInfo `json:"items" doc:"In the order of their names."`
}

type roleChange struct {
	AddRoles    []string `json:"addRoles" doc:"Names of roles to give."`
	RemoveRoles []string `json:"removeRoles" doc:"Names of roles to take away."`
}

// roleFilter says which roles a list shows.
type roleFilter struct {
	page
	kind       string // "" for all
	authorized *bool
}

func readRoleFilter(r *wire.Request) (f roleFilter, err error) {
	if f.page, err = readPage(r); err != nil {
		return f, err
	}
	if f.kind, err = word(r, "type"); err != nil {
		return f, err
	}
	if f.kind != "" && f.kind != system && f.kind != custom {
		return f, ghippo.BadRequest("query parameter %q must be %s or %s", "type", system, custom)
	}
	f.authorized, err = truth(r, "authorized")
	return f, err
}

func (f *roleFilter) fits(i *RoleInfo) bool {
	return (f.kind == "" || f.kind == i.Type) && (f.authorized == nil || *f.authorized == i.Authorized) &&
		strings.Contains(strings.ToLower(i.Name), strings.ToLower(f.search))
}

// roles is one page of all roles, as a holder that the caller can see holds them
// on its department. There are few roles, so they are sorted out here.
func (a *Area) roles(r *wire.Request, who accounts.Holder, domainID string) (userRoles, error) {
	f, err := readRoleFilter(r)
	if err != nil {
		return userRoles{}, err
	}
	all, err := a.Accounts.Roles(r.Context(), "")
	if err != nil {
		return userRoles{}, err
	}
	// The holder is within the caller's reach; its department need not be.
	held, err := a.Accounts.HeldOn(r.Context(), accounts.Everywhere, who, accounts.Place{Scope: accounts.OnDomain, ID: domainID})
	if err != nil {
		return userRoles{}, err
	}
	fitting := []RoleInfo{}
	for _, role := range all {
		i := RoleInfo{Name: role.Name, Type: custom, Description: role.Description, CreatedAt: never, UpdatedAt: never}
		if slices.Contains(builtIn(), role.Name) {
			i.Type = system
		}
		i.Authorized = slices.ContainsFunc(held, func(h accounts.Role) bool { return h.ID == role.ID })
		if f.fits(&i) {
			fitting = append(fitting, i)
		}
	}
	from := min(f.offset(), len(fitting))
	return userRoles{f.of(len(fitting)), len(held), fitting[from:min(from+f.size, len(fitting))]}, nil
}

// builtIn are the roles that mean something to the platform.
func builtIn() []string {
	return []string{accounts.RoleAdmin, accounts.RoleManager, accounts.RoleMember, accounts.RoleReader}
}

func (a *Area) listUserRoles(r *wire.Request) (userRoles, error) {
	u, err := a.user(r, r.Path("id"))
	if err != nil {
		return userRoles{}, err
	}
	return a.roles(r, accounts.Holder{UserID: u.ID}, u.DomainID)
}

func (a *Area) listGroupRoles(r *wire.Request) (groupRoles, error) {
	g, err := a.group(r, r.Path("id"))
	if err != nil {
		return groupRoles{}, err
	}
	list, err := a.roles(r, accounts.Holder{GroupID: g.ID}, g.DomainID)
	return groupRoles{list.Pagination, list.AuthorizedCount, list.Roles}, err
}

func (a *Area) changeUserRoles(r *wire.Request, in *roleChange) (empty, error) {
	u, err := a.user(r, r.Path("id"))
	if err != nil {
		return empty{}, err
	}
	return a.changeRoles(r, in, accounts.Holder{UserID: u.ID}, u.DomainID)
}

func (a *Area) changeGroupRoles(r *wire.Request, in *roleChange) (empty, error) {
	g, err := a.group(r, r.Path("id"))
	if err != nil {
		return empty{}, err
	}
	return a.changeRoles(r, in, accounts.Holder{GroupID: g.ID}, g.DomainID)
}

func (a *Area) changeRoles(r *wire.Request, in *roleChange, who accounts.Holder, domainID string) (empty, error) {
	if len(in.AddRoles)+len(in.RemoveRoles) > maxNames {
		return empty{}, ghippo.BadRequest("fields %q and %q may name %d roles together", "addRoles", "removeRoles", maxNames)
	}
	give, err := a.roleIDs(r, "addRoles", in.AddRoles)
	if err != nil {
		return empty{}, err
	}
	take, err := a.roleIDs(r, "removeRoles", in.RemoveRoles)
	if err != nil {
		return empty{}, err
	}
	for _, id := range give {
		if slices.Contains(take, id) {
			return empty{}, ghippo.BadRequest("fields %q and %q name the same role", "addRoles", "removeRoles")
		}
	}
	r.Touched(r.Path("id"))
	return empty{}, a.Accounts.Regrant(r.Context(), accounts.Managed(&r.Actor), who,
		accounts.Place{Scope: accounts.OnDomain, ID: domainID}, give, take)
}

// roleIDs are the ids of roles by their names, each once.
func (a *Area) roleIDs(r *wire.Request, field string, names []string) ([]string, error) {
	var ids []string
	for _, name := range names {
		role, err := a.Accounts.RoleByName(r.Context(), name)
		if errors.Is(err, store.ErrNotFound) {
			return nil, ghippo.BadRequest("field %q names no role: %.128q", field, name)
		}
		if err != nil {
			return nil, err
		}
		if !slices.Contains(ids, role.ID) {
			ids = append(ids, role.ID)
		}
	}
	return ids, nil
}
