package clients_test

import (
	"encoding/json"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/gophercloud/gophercloud/v2"
	"github.com/gophercloud/gophercloud/v2/openstack/identity/v3/applicationcredentials"
	"github.com/gophercloud/gophercloud/v2/openstack/identity/v3/catalog"
	"github.com/gophercloud/gophercloud/v2/openstack/identity/v3/credentials"
	"github.com/gophercloud/gophercloud/v2/openstack/identity/v3/domains"
	"github.com/gophercloud/gophercloud/v2/openstack/identity/v3/ec2credentials"
	"github.com/gophercloud/gophercloud/v2/openstack/identity/v3/endpoints"
	"github.com/gophercloud/gophercloud/v2/openstack/identity/v3/groups"
	"github.com/gophercloud/gophercloud/v2/openstack/identity/v3/projects"
	"github.com/gophercloud/gophercloud/v2/openstack/identity/v3/regions"
	"github.com/gophercloud/gophercloud/v2/openstack/identity/v3/roles"
	"github.com/gophercloud/gophercloud/v2/openstack/identity/v3/services"
	"github.com/gophercloud/gophercloud/v2/openstack/identity/v3/tokens"
	"github.com/gophercloud/gophercloud/v2/openstack/identity/v3/users"
	"github.com/gophercloud/gophercloud/v2/pagination"
)

// person is somebody of a department, logged in with gophercloud.
func (d *department) person(name, password string, scope *gophercloud.AuthScope) *gophercloud.ServiceClient {
	d.t.Helper()
	provider, err := authenticate(d.t, gophercloud.AuthOptions{
		IdentityEndpoint: d.l.management + "/v3", Username: name, Password: password, DomainID: d.domain.ID, Scope: scope,
	})
	if err != nil {
		d.t.Fatalf("log-in of %s: %v", name, err)
	}
	return identity(d.t, provider)
}

// department is a domain with a manager, a project and a member, made by
// gophercloud alone.
type department struct {
	t       *testing.T
	l       *lintel
	root    *gophercloud.ServiceClient
	chief   *gophercloud.ServiceClient
	domain  *domains.Domain
	project *projects.Project
	amy     *users.User
	group   *groups.Group
	roles   map[string]string // ids by name
}

const (
	chiefPassword = "Chief-Passw0rd-1"
	amyPassword   = "Amy-Passw0rd-1"
)

// newDepartment makes a department in the order in which an operator does.
func newDepartment(t *testing.T) *department {
	t.Helper()
	d := &department{t: t, l: serve(t), roles: map[string]string{}}
	provider, err := authenticate(t, options(d.l.management+"/v3"))
	d.must(err)
	d.root = identity(t, provider)
	found, err := roles.ExtractRoles(all(t, roles.List(d.root, nil)))
	d.must(err)
	for _, r := range found {
		d.roles[r.Name] = r.ID
	}
	d.domain, err = domains.Create(t.Context(), d.root, domains.CreateOpts{Name: "Sales", Description: "Sells"}).Extract()
	d.must(err)
	chief, err := users.Create(t.Context(), d.root, users.CreateOpts{Name: "chief", DomainID: d.domain.ID, Password: chiefPassword}).Extract()
	d.must(err)
	d.must(roles.Assign(t.Context(), d.root, d.roles["manager"], roles.AssignOpts{UserID: chief.ID, DomainID: d.domain.ID}).ExtractErr())
	d.chief = d.person("chief", chiefPassword, &gophercloud.AuthScope{DomainID: d.domain.ID})
	// From here on the manager of the department is on its own.
	d.project, err = projects.Create(t.Context(), d.chief, projects.CreateOpts{Name: "shop", DomainID: d.domain.ID, Description: "Counter"}).Extract()
	d.must(err)
	d.amy, err = users.Create(t.Context(), d.chief, users.CreateOpts{
		Name: "amy", DomainID: d.domain.ID, Password: amyPassword, DefaultProjectID: d.project.ID, Extra: map[string]any{"email": "amy@sales.example"},
	}).Extract()
	d.must(err)
	d.group, err = groups.Create(t.Context(), d.chief, groups.CreateOpts{Name: "sellers", DomainID: d.domain.ID}).Extract()
	d.must(err)
	d.must(roles.Assign(t.Context(), d.chief, d.roles["member"], roles.AssignOpts{GroupID: d.group.ID, ProjectID: d.project.ID}).ExtractErr())
	d.must(users.AddToGroup(t.Context(), d.chief, d.group.ID, d.amy.ID).ExtractErr())
	return d
}

func (d *department) must(err error) {
	d.t.Helper()
	if err != nil {
		d.t.Fatal(err)
	}
}

func (d *department) refused(what string, err error, status int) {
	d.t.Helper()
	if !gophercloud.ResponseCodeIs(err, status) {
		d.t.Errorf("%s: %v, want %d", what, err, status)
	}
}

func all(t *testing.T, p pagination.Pager) pagination.Page {
	t.Helper()
	pages, err := p.AllPages(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return pages
}

func ptr[T any](v T) *T { return &v }

// TestGophercloudDomainsAndProjects: what a department and its projects go
// through, and what its manager may not do.
func TestGophercloudDomainsAndProjects(t *testing.T) {
	t.Parallel()
	d := newDepartment(t)
	ctx := t.Context()
	got, err := domains.Get(ctx, d.root, d.domain.ID).Extract()
	if err != nil || got.Name != "Sales" || got.Description != "Sells" || !got.Enabled || got.Links["self"] == "" {
		t.Errorf("domain %+v (%v)", got, err)
	}
	if found, err := domains.ExtractDomains(all(t, domains.List(d.root, domains.ListOpts{Name: "Sales"}))); err != nil || len(found) != 1 {
		t.Errorf("domains by name %+v (%v)", found, err)
	}
	if found, err := domains.ExtractDomains(all(t, domains.ListAvailable(d.chief))); err != nil || len(found) != 1 || found[0].ID != d.domain.ID {
		t.Errorf("the manager's domains %+v (%v)", found, err)
	}
	if u, err := domains.Update(ctx, d.root, d.domain.ID, domains.UpdateOpts{Description: ptr("Sells more")}).Extract(); err != nil || u.Description != "Sells more" {
		t.Errorf("updated %+v (%v)", u, err)
	}
	_, err = domains.Create(ctx, d.root, domains.CreateOpts{Name: "Sales"}).Extract()
	d.refused("a second Sales", err, http.StatusConflict)
	_, err = domains.Create(ctx, d.chief, domains.CreateOpts{Name: "Mine"}).Extract()
	d.refused("a manager's domain", err, http.StatusForbidden)

	if p, err := projects.Update(ctx, d.chief, d.project.ID, projects.UpdateOpts{Description: ptr(""), Tags: &[]string{"pos", "cash"}}).Extract(); err != nil || p.Description != "" || !slices.Equal(p.Tags, []string{"pos", "cash"}) && !slices.Equal(p.Tags, []string{"cash", "pos"}) {
		t.Errorf("project %+v (%v)", p, err)
	}
	if found, err := projects.ExtractProjects(all(t, projects.List(d.chief, projects.ListOpts{DomainID: d.domain.ID}))); err != nil || len(found) != 1 || found[0].ID != d.project.ID {
		t.Errorf("projects of the department %+v (%v)", found, err)
	}
	if found, err := projects.ExtractProjects(all(t, users.ListProjects(d.chief, d.amy.ID))); err != nil || len(found) != 1 || found[0].Name != "shop" {
		t.Errorf("amy's projects %+v (%v)", found, err)
	}
	_, err = projects.Create(ctx, d.chief, projects.CreateOpts{Name: "shop", DomainID: d.domain.ID}).Extract()
	d.refused("a second shop", err, http.StatusConflict)
	_, err = projects.Create(ctx, d.chief, projects.CreateOpts{Name: "spy", DomainID: "default"}).Extract()
	if err == nil {
		t.Error("a project in a foreign department")
	}
	home, err := projects.ExtractProjects(all(t, projects.List(d.root, projects.ListOpts{Name: "RegionOne"})))
	d.must(err)
	_, err = projects.Get(ctx, d.chief, home[0].ID).Extract()
	d.refused("a foreign project", err, http.StatusNotFound)

	amy := d.person("amy", amyPassword, nil)
	_, err = projects.Update(ctx, d.chief, d.project.ID, projects.UpdateOpts{Enabled: ptr(false)}).Extract()
	d.must(err)
	_, err = users.Get(ctx, amy, d.amy.ID).Extract()
	d.refused("a token of a disabled project", err, http.StatusUnauthorized)
	_, err = projects.Update(ctx, d.chief, d.project.ID, projects.UpdateOpts{Enabled: ptr(true)}).Extract()
	d.must(err)
	d.must(projects.Delete(ctx, d.chief, d.project.ID).ExtractErr())
	_, err = projects.Get(ctx, d.chief, d.project.ID).Extract()
	d.refused("a deleted project", err, http.StatusNotFound)

	d.refused("an enabled domain", domains.Delete(ctx, d.root, d.domain.ID).ExtractErr(), http.StatusForbidden)
	_, err = domains.Update(ctx, d.root, d.domain.ID, domains.UpdateOpts{Enabled: ptr(false)}).Extract()
	d.must(err)
	_, err = projects.List(d.chief, nil).AllPages(ctx)
	d.refused("a token of a disabled department", err, http.StatusUnauthorized)
	d.must(domains.Delete(ctx, d.root, d.domain.ID).ExtractErr())
	_, err = users.Get(ctx, d.root, d.amy.ID).Extract()
	d.refused("a user of a deleted department", err, http.StatusNotFound)
}

// TestGophercloudUsers: users, their passwords and their groups.
func TestGophercloudUsers(t *testing.T) {
	t.Parallel()
	d := newDepartment(t)
	ctx := t.Context()
	u, err := users.Get(ctx, d.chief, d.amy.ID).Extract()
	if err != nil || u.Name != "amy" || u.DomainID != d.domain.ID || !u.Enabled || u.DefaultProjectID != d.project.ID || u.Extra["email"] != "amy@sales.example" || u.Links["self"] == "" {
		t.Errorf("user %+v (%v)", u, err)
	}
	if found, err := users.ExtractUsers(all(t, users.List(d.chief, users.ListOpts{Name: "amy"}))); err != nil || len(found) != 1 {
		t.Errorf("users by name %+v (%v)", found, err)
	}
	if found, err := users.ExtractUsers(all(t, users.ListInGroup(d.chief, d.group.ID, nil))); err != nil || len(found) != 1 || found[0].ID != d.amy.ID {
		t.Errorf("members %+v (%v)", found, err)
	}
	if found, err := groups.ExtractGroups(all(t, users.ListGroups(d.chief, d.amy.ID))); err != nil || len(found) != 1 || found[0].ID != d.group.ID {
		t.Errorf("amy's groups %+v (%v)", found, err)
	}
	if is, err := users.IsMemberOfGroup(ctx, d.chief, d.group.ID, d.amy.ID).Extract(); err != nil || !is {
		t.Errorf("a member is none (%v)", err)
	}
	_, err = users.Create(ctx, d.chief, users.CreateOpts{Name: "amy", DomainID: d.domain.ID, Password: amyPassword}).Extract()
	d.refused("a second amy", err, http.StatusConflict)

	amy := d.person("amy", amyPassword, nil)
	_, err = users.Create(ctx, amy, users.CreateOpts{Name: "friend", DomainID: d.domain.ID, Password: amyPassword}).Extract()
	d.refused("a member's friend", err, http.StatusForbidden)
	change := func(from, to string) error {
		return users.ChangePassword(ctx, amy, d.amy.ID, users.ChangePasswordOpts{OriginalPassword: from, Password: to}).ExtractErr()
	}
	d.refused("a wrong original password", change("wrong", "Amy-Passw0rd-2"), http.StatusUnauthorized)
	d.refused("a weak password", change(amyPassword, "abc"), http.StatusBadRequest)
	d.must(change(amyPassword, "Amy-Passw0rd-2"))
	_, err = users.Get(ctx, amy, d.amy.ID).Extract()
	d.refused("a token from before the change", err, http.StatusUnauthorized)
	amy = d.person("amy", "Amy-Passw0rd-2", nil)
	_, err = users.Update(ctx, d.chief, d.amy.ID, users.UpdateOpts{Password: "reset"}).Extract() // no rule holds for it
	d.must(err)
	d.person("amy", "reset", nil)

	d.must(users.RemoveFromGroup(ctx, d.chief, d.group.ID, d.amy.ID).ExtractErr())
	if is, err := users.IsMemberOfGroup(ctx, d.chief, d.group.ID, d.amy.ID).Extract(); err != nil || is {
		t.Errorf("still a member (%v)", err)
	}
	if g, err := groups.Update(ctx, d.chief, d.group.ID, groups.UpdateOpts{Name: "buyers"}).Extract(); err != nil || g.Name != "buyers" {
		t.Errorf("group %+v (%v)", g, err)
	}
	d.must(groups.Delete(ctx, d.chief, d.group.ID).ExtractErr())
	_, err = users.Update(ctx, d.chief, d.amy.ID, users.UpdateOpts{Enabled: ptr(false)}).Extract()
	d.must(err)
	d.must(users.Delete(ctx, d.chief, d.amy.ID).ExtractErr())
	_, err = users.Get(ctx, d.chief, d.amy.ID).Extract()
	d.refused("a deleted user", err, http.StatusNotFound)
}

// TestGophercloudRoles: roles and who holds them.
func TestGophercloudRoles(t *testing.T) {
	t.Parallel()
	d := newDepartment(t)
	ctx := t.Context()
	auditor, err := roles.Create(ctx, d.root, roles.CreateOpts{Name: "auditor"}).Extract()
	d.must(err)
	_, err = roles.Create(ctx, d.root, roles.CreateOpts{Name: "auditor"}).Extract()
	d.refused("a second auditor", err, http.StatusConflict)
	_, err = roles.Create(ctx, d.chief, roles.CreateOpts{Name: "boss"}).Extract()
	d.refused("a manager's role", err, http.StatusForbidden)
	if r, err := roles.Update(ctx, d.root, auditor.ID, roles.UpdateOpts{Name: "controller"}).Extract(); err != nil || r.Name != "controller" {
		t.Errorf("role %+v (%v)", r, err)
	}
	onShop := roles.AssignOpts{UserID: d.amy.ID, ProjectID: d.project.ID}
	d.must(roles.Assign(ctx, d.chief, auditor.ID, onShop).ExtractErr())
	d.must(roles.Validate(ctx, d.chief, auditor.ID, roles.ValidateOpts{UserID: d.amy.ID, ProjectID: d.project.ID}).ExtractErr())
	held, err := roles.ExtractRoles(all(t, roles.ListAssignmentsOnResource(d.chief, roles.ListAssignmentsOnResourceOpts{UserID: d.amy.ID, ProjectID: d.project.ID})))
	if err != nil || len(held) != 1 || held[0].Name != "controller" {
		t.Errorf("what amy holds by herself %+v (%v)", held, err)
	}
	direct, err := roles.ExtractRoleAssignments(all(t, roles.ListAssignments(d.chief, roles.ListAssignmentsOpts{ScopeProjectID: d.project.ID, IncludeNames: ptr(true)})))
	if err != nil || len(direct) != 2 {
		t.Fatalf("holdings on the project %+v (%v)", direct, err)
	}
	effective, err := roles.ExtractRoleAssignments(all(t, roles.ListAssignments(d.chief, roles.ListAssignmentsOpts{ScopeProjectID: d.project.ID, Effective: ptr(true), IncludeNames: ptr(true)})))
	if err != nil || len(effective) != 2 {
		t.Fatalf("effective holdings %+v (%v)", effective, err)
	}
	for _, a := range effective {
		if a.User.Name != "amy" || a.User.Domain.Name != "Sales" || a.Group.ID != "" || a.Scope.Project.Name != "shop" || a.Role.Name == "" {
			t.Errorf("effective holding %+v", a)
		}
	}
	d.refused("admin from a manager", roles.Assign(ctx, d.chief, d.roles["admin"], onShop).ExtractErr(), http.StatusForbidden)
	d.must(roles.Unassign(ctx, d.chief, auditor.ID, roles.UnassignOpts(onShop)).ExtractErr())
	d.refused("a role that is not held", roles.Validate(ctx, d.chief, auditor.ID, roles.ValidateOpts{UserID: d.amy.ID, ProjectID: d.project.ID}).ExtractErr(), http.StatusNotFound)
	d.must(roles.Delete(ctx, d.root, auditor.ID).ExtractErr())
	d.refused("a role of the platform", roles.Delete(ctx, d.root, d.roles["member"]).ExtractErr(), http.StatusForbidden)
}

// TestGophercloudApplicationCredentials: a program's own credential, and that it
// is never more than its maker.
func TestGophercloudApplicationCredentials(t *testing.T) {
	t.Parallel()
	d := newDepartment(t)
	ctx := t.Context()
	amy := d.person("amy", amyPassword, &gophercloud.AuthScope{ProjectID: d.project.ID})
	ends := time.Now().Add(time.Hour)
	made, err := applicationcredentials.Create(ctx, amy, d.amy.ID, applicationcredentials.CreateOpts{
		Name: "ci", Roles: []applicationcredentials.Role{{Name: "member"}}, ExpiresAt: &ends,
	}).Extract()
	d.must(err)
	if made.Secret == "" || made.ProjectID != d.project.ID || len(made.Roles) != 1 || made.Unrestricted || made.ExpiresAt.Sub(ends).Abs() > time.Second {
		t.Errorf("application credential %+v", made)
	}
	_, err = applicationcredentials.Create(ctx, amy, d.amy.ID, applicationcredentials.CreateOpts{Name: "more", Roles: []applicationcredentials.Role{{Name: "admin"}}}).Extract()
	if err == nil {
		t.Error("a credential with a role that its maker lacks")
	}
	shown, err := applicationcredentials.Get(ctx, amy, d.amy.ID, made.ID).Extract()
	if err != nil || shown.Secret != "" || shown.Name != "ci" {
		t.Errorf("shown %+v (%v)", shown, err)
	}
	log := func(o gophercloud.AuthOptions) (*gophercloud.ProviderClient, error) {
		o.IdentityEndpoint = d.l.management + "/v3"
		return authenticate(t, o)
	}
	provider, err := log(gophercloud.AuthOptions{ApplicationCredentialID: made.ID, ApplicationCredentialSecret: made.Secret})
	d.must(err)
	result := provider.GetAuthResult().(tokens.CreateResult)
	token, err := result.ExtractToken()
	if project, perr := result.ExtractProject(); perr != nil || project.ID != d.project.ID || err != nil || token.ExpiresAt.After(ends.Add(time.Second)) {
		t.Errorf("token of %+v until %v (%v, %v)", project, token.ExpiresAt, perr, err)
	}
	program := identity(t, provider)
	_, err = applicationcredentials.Create(ctx, program, d.amy.ID, applicationcredentials.CreateOpts{Name: "child"}).Extract()
	d.refused("a restricted credential's child", err, http.StatusForbidden)
	if _, err := log(gophercloud.AuthOptions{ApplicationCredentialName: "ci", Username: "amy", DomainID: d.domain.ID, ApplicationCredentialSecret: made.Secret}); err != nil {
		t.Errorf("by name: %v", err)
	}
	_, err = log(gophercloud.AuthOptions{ApplicationCredentialID: made.ID, ApplicationCredentialSecret: "wrong"})
	d.refused("a wrong secret", err, http.StatusUnauthorized)
	if found, err := applicationcredentials.ExtractApplicationCredentials(all(t, applicationcredentials.List(amy, d.amy.ID, nil))); err != nil || len(found) != 1 {
		t.Errorf("list %+v (%v)", found, err)
	}
	d.must(applicationcredentials.Delete(ctx, amy, d.amy.ID, made.ID).ExtractErr())
	_, err = users.Get(ctx, program, d.amy.ID).Extract()
	d.refused("a token of a deleted credential", err, http.StatusUnauthorized)
}

// TestGophercloudCredentials: EC2 keys by both ways to them.
func TestGophercloudCredentials(t *testing.T) {
	t.Parallel()
	d := newDepartment(t)
	ctx := t.Context()
	amy := d.person("amy", amyPassword, &gophercloud.AuthScope{ProjectID: d.project.ID})
	made, err := ec2credentials.Create(ctx, amy, d.amy.ID, ec2credentials.CreateOpts{TenantID: d.project.ID}).Extract()
	if err != nil || len(made.Access) != 32 || len(made.Secret) != 32 || made.TenantID != d.project.ID || made.UserID != d.amy.ID || made.Links["self"] == "" {
		t.Fatalf("EC2 key %+v (%v)", made, err)
	}
	if got, err := ec2credentials.Get(ctx, amy, d.amy.ID, made.Access).Extract(); err != nil || got.Secret != made.Secret {
		t.Errorf("shown %+v (%v)", got, err)
	}
	if found, err := ec2credentials.ExtractCredentials(all(t, ec2credentials.List(amy, d.amy.ID))); err != nil || len(found) != 1 {
		t.Errorf("list %+v (%v)", found, err)
	}
	home, err := projects.ExtractProjects(all(t, projects.List(d.root, projects.ListOpts{Name: "RegionOne"})))
	d.must(err)
	if _, err := ec2credentials.Create(ctx, amy, d.amy.ID, ec2credentials.CreateOpts{TenantID: home[0].ID}).Extract(); err == nil {
		t.Error("an EC2 key for a foreign project")
	}
	d.must(ec2credentials.Delete(ctx, amy, d.amy.ID, made.Access).ExtractErr())
	_, err = ec2credentials.Get(ctx, amy, d.amy.ID, made.Access).Extract()
	d.refused("a deleted EC2 key", err, http.StatusNotFound)

	blob, _ := json.Marshal(map[string]string{"access": "a-program-of-another-cloud", "secret": "brought along from there"})
	c, err := credentials.Create(ctx, amy, credentials.CreateOpts{Blob: string(blob), Type: "ec2", ProjectID: d.project.ID, UserID: d.amy.ID}).Extract()
	d.must(err)
	if c.ID == "" || c.Blob != string(blob) || c.UserID != d.amy.ID {
		t.Errorf("credential %+v", c)
	}
	if found, err := credentials.ExtractCredentials(all(t, credentials.List(amy, credentials.ListOpts{UserID: d.amy.ID, Type: "ec2"}))); err != nil || len(found) != 1 {
		t.Errorf("list %+v (%v)", found, err)
	}
	_, err = credentials.Get(ctx, d.chief, c.ID).Extract()
	d.refused("another user's credential", err, http.StatusNotFound)
	d.must(credentials.Delete(ctx, amy, c.ID).ExtractErr())
}

// TestGophercloudCatalog: services of others beside our own.
func TestGophercloudCatalog(t *testing.T) {
	t.Parallel()
	l := serve(t)
	provider, err := authenticate(t, options(l.management+"/v3"))
	if err != nil {
		t.Fatal(err)
	}
	d, ctx := &department{t: t, l: l}, t.Context()
	c := identity(t, provider)
	region, err := regions.Create(ctx, c, regions.CreateOpts{ID: "RegionTwo", Description: "Second"}).Extract()
	d.must(err)
	service, err := services.Create(ctx, c, services.CreateOpts{Type: "compute", Name: "nova"}).Extract()
	d.must(err)
	endpoint, err := endpoints.Create(ctx, c, endpoints.CreateOpts{
		Availability: gophercloud.AvailabilityPublic, Region: region.ID, URL: "https://compute.example/v2.1/%(tenant_id)s", ServiceID: service.ID, Name: "compute",
	}).Extract()
	d.must(err)
	if found, err := endpoints.ExtractEndpoints(all(t, endpoints.List(c, endpoints.ListOpts{ServiceID: service.ID}))); err != nil || len(found) != 1 {
		t.Errorf("endpoints %+v (%v)", found, err)
	}
	entries, err := catalog.ExtractServiceCatalog(all(t, catalog.List(c)))
	i := slices.IndexFunc(entries, func(e tokens.CatalogEntry) bool { return e.Type == "compute" })
	if err != nil || i < 0 || len(entries[i].Endpoints) != 1 || entries[i].Endpoints[0].RegionID != "RegionTwo" {
		t.Fatalf("catalog %+v (%v)", entries, err)
	}
	if url := entries[i].Endpoints[0].URL; len(url) != len("https://compute.example/v2.1/")+32 {
		t.Errorf("the project is not in %s", url)
	}
	d.must(endpoints.Delete(ctx, c, endpoint.ID).ExtractErr())
	d.must(services.Delete(ctx, c, service.ID).ExtractErr())
	d.must(regions.Delete(ctx, c, region.ID).ExtractErr())
}
