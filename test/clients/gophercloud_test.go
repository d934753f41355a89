package clients_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/gophercloud/gophercloud/v2"
	"github.com/gophercloud/gophercloud/v2/openstack"
	"github.com/gophercloud/gophercloud/v2/openstack/identity/v3/projects"
	"github.com/gophercloud/gophercloud/v2/openstack/identity/v3/tokens"
)

// options log the administrator in for the first project.
func options(endpoint string) gophercloud.AuthOptions {
	return gophercloud.AuthOptions{
		IdentityEndpoint: endpoint, Username: "admin", Password: password, DomainID: "default", TenantName: "RegionOne",
	}
}

// authenticate logs in. Its connections end with the test.
func authenticate(t *testing.T, o gophercloud.AuthOptions) (*gophercloud.ProviderClient, error) {
	t.Helper()
	provider, err := openstack.NewClient(o.IdentityEndpoint)
	if err != nil {
		t.Fatal(err)
	}
	provider.HTTPClient = *client
	return provider, openstack.Authenticate(t.Context(), provider, o)
}

func identity(t *testing.T, provider *gophercloud.ProviderClient) *gophercloud.ServiceClient {
	t.Helper()
	// Found in the catalog of the token, by region.
	c, err := openstack.NewIdentityV3(provider, gophercloud.EndpointOpts{Region: "RegionOne"})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestGophercloud logs in by password for a project, with the version in the
// URL and without it, lists projects, and validates and revokes the token.
func TestGophercloud(t *testing.T) {
	t.Parallel()
	l := serve(t)
	for name, suffix := range map[string]string{
		"with version": "/v3", "with version and slash": "/v3/", "found by discovery": "", "found by discovery, slash": "/",
	} {
		t.Run(name, func(t *testing.T) {
			provider, err := authenticate(t, options(l.management+suffix))
			if err != nil {
				t.Fatal(err)
			}
			scoped(t, provider)
			c := identity(t, provider)
			listed(t, c)
			revoked(t, l, c, provider.Token())
		})
	}
}

// scoped wants the token to be for the project, for about 24 hours, with the
// catalog in it.
func scoped(t *testing.T, provider *gophercloud.ProviderClient) {
	t.Helper()
	result, ok := provider.GetAuthResult().(tokens.CreateResult)
	if !ok {
		t.Fatalf("the log-in answered %T", provider.GetAuthResult())
	}
	project, err := result.ExtractProject()
	if err != nil || project == nil || project.Name != "RegionOne" || project.Domain.ID != "default" || len(project.ID) != 32 {
		t.Fatalf("project %+v (%v)", project, err)
	}
	roles, err := result.ExtractRoles()
	if err != nil || len(roles) != 1 || roles[0].Name != "admin" {
		t.Errorf("roles %+v (%v)", roles, err)
	}
	user, err := result.ExtractUser()
	if err != nil || user.Name != "admin" {
		t.Errorf("user %+v (%v)", user, err)
	}
	token, err := result.ExtractToken()
	if err != nil {
		t.Fatal(err)
	}
	if left := time.Until(token.ExpiresAt); left < 23*time.Hour || left > 24*time.Hour+time.Minute {
		t.Errorf("the token is valid for %v", left)
	}
	catalog, err := result.ExtractServiceCatalog()
	if err != nil || len(catalog.Entries) == 0 {
		t.Errorf("catalog %+v (%v)", catalog, err)
	}
}

func listed(t *testing.T, c *gophercloud.ServiceClient) {
	t.Helper()
	for _, tt := range []struct {
		name string
		opts projects.ListOptsBuilder
		want int
	}{
		{"all", nil, 1}, {"by name", projects.ListOpts{Name: "RegionOne"}, 1}, {"by another name", projects.ListOpts{Name: "Nowhere"}, 0},
	} {
		pages, err := projects.List(c, tt.opts).AllPages(t.Context())
		if err != nil {
			t.Fatalf("%s: %v", tt.name, err)
		}
		found, err := projects.ExtractProjects(pages)
		if err != nil || len(found) != tt.want {
			t.Fatalf("%s: %+v (%v), want %d", tt.name, found, err, tt.want)
		}
		if tt.want == 1 && (found[0].Name != "RegionOne" || found[0].DomainID != "default" || !found[0].Enabled) {
			t.Errorf("%s: %+v", tt.name, found[0])
		}
	}
	pages, err := projects.ListAvailable(c).AllPages(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if found, err := projects.ExtractProjects(pages); err != nil || len(found) != 1 || found[0].Name != "RegionOne" {
		t.Errorf("available: %+v (%v)", found, err)
	}
}

// revoked ends the token and wants it refused from then on, by management too.
func revoked(t *testing.T, l *lintel, c *gophercloud.ServiceClient, token string) {
	t.Helper()
	manage := func() int {
		r, err := http.NewRequest("GET", l.management+"/v1.0/apigw/api-groups", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("X-Auth-Token", token)
		return send(t, r).status
	}
	if ok, err := tokens.Validate(t.Context(), c, token); err != nil || !ok {
		t.Errorf("the token is not valid (%v)", err)
	}
	shown, err := tokens.Get(t.Context(), c, token).ExtractProject()
	if err != nil || shown.Name != "RegionOne" {
		t.Errorf("the token shows the project %+v (%v)", shown, err)
	}
	if status := manage(); status != 200 {
		t.Errorf("management answers %d to the token", status)
	}
	if err := tokens.Revoke(t.Context(), c, token).Err; err != nil {
		t.Fatal(err)
	}
	if status := manage(); status != 401 {
		t.Errorf("management answers %d to a revoked token, want 401", status)
	}
	if _, err := tokens.Validate(t.Context(), c, token); !gophercloud.ResponseCodeIs(err, http.StatusUnauthorized) {
		t.Errorf("validating a revoked token with itself: %v, want 401", err)
	}
	fresh, err := authenticate(t, options(l.management+"/v3"))
	if err != nil {
		t.Fatal(err)
	}
	if ok, err := tokens.Validate(t.Context(), identity(t, fresh), token); ok || err != nil {
		t.Errorf("an administrator is told that a revoked token is valid: %v (%v)", ok, err)
	}
}

// TestGophercloudRefusals: what a user gets wrong arrives as the error that
// gophercloud has for it.
func TestGophercloudRefusals(t *testing.T) {
	t.Parallel()
	l := serve(t)
	for name, change := range map[string]func(*gophercloud.AuthOptions){
		"wrong password":  func(o *gophercloud.AuthOptions) { o.Password = "wrong" },
		"unknown user":    func(o *gophercloud.AuthOptions) { o.Username = "nobody" },
		"unknown project": func(o *gophercloud.AuthOptions) { o.TenantName = "Nowhere" },
		"unknown domain":  func(o *gophercloud.AuthOptions) { o.DomainID = "nowhere" },
	} {
		t.Run(name, func(t *testing.T) {
			o := options(l.management + "/v3")
			change(&o)
			provider, err := authenticate(t, o)
			if !gophercloud.ResponseCodeIs(err, http.StatusUnauthorized) || provider.Token() != "" {
				t.Errorf("%v with token %q, want 401 and none", err, provider.Token())
			}
		})
	}
}

// TestGophercloudByToken uses a token for a log-in: as it is, and to get another
// one for the project.
func TestGophercloudByToken(t *testing.T) {
	t.Parallel()
	l := serve(t)
	first, err := authenticate(t, options(l.management+"/v3"))
	if err != nil {
		t.Fatal(err)
	}
	with := func(scope *gophercloud.AuthScope) *gophercloud.ProviderClient {
		provider, err := authenticate(t, gophercloud.AuthOptions{
			IdentityEndpoint: l.management + "/v3", TokenID: first.Token(), Scope: scope,
		})
		if err != nil {
			t.Fatal(err)
		}
		return provider
	}
	same := with(nil)
	if same.Token() != first.Token() {
		t.Error("the token was not taken as it is")
	}
	listed(t, identity(t, same))
	again := with(&gophercloud.AuthScope{ProjectName: "RegionOne", DomainID: "default"})
	if again.Token() == first.Token() {
		t.Error("no new token was given out")
	}
	result, ok := again.GetAuthResult().(tokens.CreateResult)
	if !ok {
		t.Fatalf("the log-in answered %T", again.GetAuthResult())
	}
	if project, err := result.ExtractProject(); err != nil || project.Name != "RegionOne" {
		t.Errorf("project %+v (%v)", project, err)
	}
	listed(t, identity(t, again))
}
