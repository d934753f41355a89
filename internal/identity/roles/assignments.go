package roles

import (
	"github.com/lintel-gateway/lintel/internal/identity/accounts"
	"github.com/lintel-gateway/lintel/internal/wire"
	"github.com/lintel-gateway/lintel/internal/wire/keystone"
)

// domainRef and named are ids, with names where those are asked for.
type domainRef struct {
	ID   string `json:"id"`
	Name string `json:"name,omitempty" doc:"With include_names."`
}

type named struct {
	ID     string     `json:"id"`
	Name   string     `json:"name,omitempty" doc:"With include_names."`
	Domain *domainRef `json:"domain,omitempty" doc:"With include_names."`
}

type scope struct {
	Project *named     `json:"project,omitempty" doc:"Where the role is held, or"`
	Domain  *domainRef `json:"domain,omitempty" doc:"where the role is held."`
}

type assignmentLinks struct {
	Assignment string `json:"assignment" doc:"URL under which the role is given and taken."`
	Membership string `json:"membership,omitempty" doc:"URL of the membership through which it is held; with effective."`
}

type assignment struct {
	Role  domainRef       `json:"role" doc:"What is held."`
	User  *named          `json:"user,omitempty" doc:"Who holds it, or"`
	Group *named          `json:"group,omitempty" doc:"which group holds it."`
	Scope scope           `json:"scope" doc:"Where it is held."`
	Links assignmentLinks `json:"links"`
}

type assignmentList struct {
	RoleAssignments []assignment   `json:"role_assignments" doc:"Up to 10,000."`
	Links           keystone.Links `json:"links" doc:"URL of the list."`
}

// wish is what a list of assignments is asked for.
type wish struct {
	accounts.HoldingQuery
	names   bool
	nothing bool // the filters cannot match
}

func (a *Area) assignments(r *wire.Request) (assignmentList, error) {
	w, err := readWish(r)
	if err != nil {
		return assignmentList{}, err
	}
	answer := assignmentList{RoleAssignments: []assignment{}, Links: a.Site.List(r)}
	if w.nothing {
		return answer, nil
	}
	holdings, err := a.Accounts.Holdings(r.Context(), w.HoldingQuery)
	if err != nil {
		return assignmentList{}, err
	}
	for i := range holdings {
		answer.RoleAssignments = append(answer.RoleAssignments, a.viewHolding(r, &holdings[i], w.names))
	}
	return answer, nil
}

// readWish refuses, in Keystone's words, filters that exclude each other.
func readWish(r *wire.Request) (w wish, err error) {
	q := r.Query()
	w.HoldingQuery = accounts.HoldingQuery{
		By: accounts.Seen(&r.Actor), UserID: q.Get("user.id"), GroupID: q.Get("group.id"), RoleID: q.Get("role.id"),
		ProjectID: q.Get("scope.project.id"), DomainID: q.Get("scope.domain.id"),
	}
	subtree := false
	for _, s := range []struct {
		name string
		into *bool
	}{{"effective", &w.Effective}, {"include_names", &w.names}, {"include_subtree", &subtree}} {
		if *s.into, err = flag(r, s.name); err != nil {
			return w, err
		}
	}
	system := q.Has("scope.system")
	w.nothing = system || q.Has("scope.OS-INHERIT:inherited_to")
	switch {
	case w.UserID != "" && w.GroupID != "":
		err = keystone.BadRequest("Specify a user or group, not both.")
	case w.ProjectID != "" && w.DomainID != "":
		err = keystone.BadRequest("Specify a domain or project, not both.")
	case system && w.ProjectID+w.DomainID != "":
		err = keystone.BadRequest("Specify system, domain or project, not two of them.")
	case w.Effective && w.GroupID != "":
		err = keystone.BadRequest("Combining effective and group filter will always result in an empty list.")
	case subtree && w.ProjectID == "":
		err = keystone.BadRequest("scope.project.id must be specified if include_subtree is also specified.")
	}
	return w, err
}

// flag reads a switch of the query: false without the key, true with the key
// alone, and else strictly.
func flag(r *wire.Request, name string) (bool, error) {
	if r.Query().Has(name) && r.Query().Get(name) == "" {
		return true, nil
	}
	v, err := keystone.Boolean(r, name)
	return v != nil && *v, err
}

func (a *Area) viewHolding(r *wire.Request, h *accounts.Holding, names bool) assignment {
	v := assignment{Role: domainRef{ID: h.Role.ID}}
	if names {
		v.Role.Name = h.Role.Name
	}
	places := "projects"
	if h.Scope == accounts.OnProject {
		v.Scope.Project = view(h.Place, names)
	} else {
		places = "domains"
		v.Scope.Domain = &domainRef{ID: h.Place.ID}
		if names {
			v.Scope.Domain.Name = h.Place.Name
		}
	}
	// Who holds the assignment is the group, where there is one; a member is
	// shown in its place.
	holders, holder := "users", h.User.ID
	if h.Group.ID != "" {
		holders, holder = "groups", h.Group.ID
	}
	v.Links.Assignment = a.Site.Entity(r, places, h.Place.ID, holders, holder, "roles", h.Role.ID).Self
	if h.User.ID == "" {
		v.Group = view(h.Group, names)
		return v
	}
	v.User = view(h.User, names)
	if h.Group.ID != "" {
		v.Links.Membership = a.Site.Entity(r, "groups", h.Group.ID, "users", h.User.ID).Self
	}
	return v
}

func view(n accounts.Named, names bool) *named {
	v := &named{ID: n.ID}
	if names {
		v.Name, v.Domain = n.Name, &domainRef{n.DomainID, n.DomainName}
	}
	return v
}
