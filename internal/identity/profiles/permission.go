package profiles

import (
	"github.com/lintel-gateway/lintel/internal/identity/accounts"
	"github.com/lintel-gateway/lintel/internal/wire"
)

type permissionList struct {
	Permissions []string `json:"permissions" doc:"In the order of the reference's list."`
}

// permission ties a name of the reference's list to the operation that needs it.
type permission struct{ name, action string }

// permissionNames are those of the published list whose operation exists here, in its
// order. Who has them is not said here but by the routes.
func permissionNames() []permission {
	return []permission{
		{"ListUser", "ghippo:users:list"},
		{"CreateUser", "ghippo:users:create"},
		{"UpdateUser", "ghippo:users:update"},
		{"DeleteUser", "ghippo:users:delete"},
		{"AuthorizeUser", "ghippo:users:authorize"},
		{"ListGroup", "ghippo:groups:list"},
		{"CreateGroup", "ghippo:groups:create"},
		{"UpdateGroup", "ghippo:groups:update"},
		{"DeleteGroup", "ghippo:groups:delete"},
		{"UpdateGroupUser", "ghippo:groups:join"},
		{"AuthorizeGroup", "ghippo:groups:authorize"},
		{"GetRole", "ghippo:users:roles"},
	}
}

func (a *Area) permissions(r *wire.Request) (permissionList, error) {
	open := map[string]bool{}
	for _, route := range a.Routes() {
		open[route.Action] = allowed(&route, &r.Actor)
	}
	list := permissionList{Permissions: []string{}}
	for _, p := range permissionNames() {
		if open[p.action] {
			list.Permissions = append(list.Permissions, p.name)
		}
	}
	return list, nil
}

// allowed reports whether a route does something for the actor beyond its own
// account: what everybody may ask of itself is no permission.
func allowed(route *wire.Route, actor *wire.Actor) bool {
	if route.Access == wire.Authenticated {
		seen := accounts.Seen(actor)
		return seen.All || seen.DomainID != ""
	}
	return route.Admits(actor)
}
