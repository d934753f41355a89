package identitytest

import (
	"github.com/lintel-gateway/lintel/internal/identity/accounts"
)

// Department is the domain Elsewhere at work. Tests that need it make it, so
// that the others count on what a World says.
//
//	chief     manager of the domain, nothing else
//	clerk     reader of the domain
//	stranger  in the group crew, which is member on the project Annex
//	auditor   a custom role that nobody holds
type Department struct {
	Domain       accounts.Domain
	Annex        accounts.Project
	Chief, Clerk accounts.User
	Crew         accounts.Group
	Auditor      accounts.Role
}

// Department makes the department. It is called once in a World.
func (w *World) Department() *Department {
	w.t.Helper()
	ctx := w.t.Context()
	must := func(err error) {
		w.t.Helper()
		if err != nil {
			w.t.Fatal(err)
		}
	}
	d := &Department{}
	var err error
	d.Domain, err = accounts.FindDomain(ctx, w.DB, w.Stranger.DomainID, "")
	must(err)
	d.Annex, err = w.Accounts.CreateProject(ctx, accounts.NewProject{DomainID: d.Domain.ID, Name: "Annex"})
	must(err)
	d.Chief = w.officer(d, "chief", accounts.RoleManager)
	d.Clerk = w.officer(d, "clerk", accounts.RoleReader)
	d.Auditor, err = w.Accounts.CreateRole(ctx, "auditor", "")
	must(err)
	d.Crew, err = w.Accounts.CreateGroup(ctx, accounts.Everywhere, accounts.NewGroup{DomainID: d.Domain.ID, Name: "crew"})
	must(err)
	must(w.Accounts.AddMember(ctx, accounts.Everywhere, d.Crew.ID, w.Stranger.ID))
	must(w.Accounts.Grant(ctx, accounts.Everywhere, accounts.Holder{GroupID: d.Crew.ID},
		accounts.Place{Scope: accounts.OnProject, ID: d.Annex.ID}, w.RoleID(accounts.RoleMember)))
	return d
}

func (w *World) officer(d *Department, name, role string) accounts.User {
	w.t.Helper()
	u, err := w.Accounts.CreateUser(w.t.Context(), accounts.NewUser{DomainID: d.Domain.ID, Name: name, Password: Password(name)})
	if err != nil {
		w.t.Fatal(err)
	}
	if err := w.Accounts.Assign(w.t.Context(), u.ID, role, accounts.OnDomain, d.Domain.ID); err != nil {
		w.t.Fatal(err)
	}
	return u
}

// RoleID is the id of the role with the name.
func (w *World) RoleID(name string) string {
	w.t.Helper()
	role, err := w.Accounts.RoleByName(w.t.Context(), name)
	if err != nil {
		w.t.Fatalf("role %s: %v", name, err)
	}
	return role.ID
}

// Domain is the scope of a domain by its id.
func Domain(id string) Object { return Object{"domain": Object{"id": id}} }

// Enter answers a token for a user of any domain.
func (w *World) Enter(u accounts.User, scope any) string {
	w.t.Helper()
	auth := Object{"identity": Object{
		"methods":  []string{"password"},
		"password": Object{"user": Object{"id": u.ID, "password": Password(u.Name)}},
	}}
	if scope != nil {
		auth["scope"] = scope
	}
	return w.Do("POST", "/v3/auth/tokens", Object{"auth": auth}).Want(201).Header.Get("X-Subject-Token")
}
