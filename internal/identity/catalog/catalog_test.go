package catalog_test

import (
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/lintel-gateway/lintel/internal/identity/catalog"
	"github.com/lintel-gateway/lintel/internal/identity/identitytest"
	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/wire/keystone"
	"github.com/lintel-gateway/lintel/internal/wire/wiretest"
)

type object = identitytest.Object

func TestDiscovery(t *testing.T) {
	client := wiretest.Serve(t, keystone.Dialect(catalog.New(catalog.Deps{Region: "RegionOne"}).Routes()))
	list := client.Do("GET", "/", nil).Want(300)
	one := client.Do("GET", "/v3", nil).Want(200)
	client.Do("GET", "/v3/", nil).Want(200)
	for at, answer := range map[string]*wiretest.Response{"versions.values.0": list, "version": one} {
		for field, want := range map[string]string{
			"id": "v3.14", "status": "stable", "links.0.rel": "self", "links.0.href": "http://example.com/v3/",
			"media-types.0.type": "application/vnd.openstack.identity-v3+json",
		} {
			if got := answer.Text(at + "." + field); got != want {
				t.Errorf("%s %s is %q, want %q", at, field, got, want)
			}
		}
	}
	client.Do("GET", "/?a=%zz", nil).Refused(400, "")
	client.Do("GET", "/v3?a=%zz", nil).Refused(400, "")
	client.Do("POST", "/v3", nil).Refused(405, "")
	client.Do("GET", "/v2.0", nil).Refused(404, "")
}

// Links carry the public address, not the one that a proxy used.
func TestPublicAddress(t *testing.T) {
	site := keystone.Site{URL: "https://iam.example.org/"}
	client := wiretest.Serve(t, site.Dialect(catalog.New(catalog.Deps{Site: site, Region: "RegionOne"}).Routes()))
	if got := client.Do("GET", "/v3", nil).Text("version.links.0.href"); got != "https://iam.example.org/v3/" {
		t.Errorf("href is %q", got)
	}
}

// world is a World with an administrator and shorthands.
type world struct {
	*identitytest.World
	t     *testing.T
	root  string
	alice string
}

func each(t *testing.T, f func(w *world)) {
	t.Helper()
	identitytest.Each(t, func(t *testing.T, w *identitytest.World) {
		f(&world{w, t, w.LogIn("admin", identitytest.Project(w.Region.ID)), w.LogIn("alice", nil)})
	})
}

func (w *world) do(method, path string, body any) *wiretest.Response {
	w.t.Helper()
	return w.For(w.t).Do(method, path, body, "X-Auth-Token", w.root)
}

func (w *world) service(kind string) string {
	w.t.Helper()
	return w.do("POST", "/v3/services", object{"service": object{"type": kind, "name": "the " + kind}}).Want(201).Text("service.id")
}

func (w *world) endpoint(service string, more object) string {
	w.t.Helper()
	e := object{"service_id": service, "interface": "public", "url": "https://s.example/v1"}
	for k, v := range more {
		e[k] = v
	}
	return w.do("POST", "/v3/endpoints", object{"endpoint": e}).Want(201).Text("endpoint.id")
}

// types are the types of services in the catalog of a new token, with the first
// URL of each.
func (w *world) catalog(token string) string {
	w.t.Helper()
	r := w.For(w.t).Do("GET", "/v3/auth/catalog", nil, "X-Auth-Token", token).Want(200)
	var all []string
	for _, s := range r.Get("catalog").([]any) {
		service := s.(map[string]any)
		line := service["type"].(string)
		for _, e := range service["endpoints"].([]any) {
			line += " " + e.(map[string]any)["url"].(string)
		}
		all = append(all, line)
	}
	return strings.Join(all, "\n")
}

const ownCatalog = "identity http://example.com/v3\napig http://example.com/v1.0/apigw"

// What an administrator enters is in the next catalog, and only what is enabled
// and fits the scope.
func TestCatalogOfTokens(t *testing.T) {
	each(t, func(w *world) {
		expect := func(token, want string) {
			w.t.Helper()
			if got := w.catalog(token); got != ownCatalog+want {
				w.t.Errorf("the catalog is\n%s\nwant\n%s", got, ownCatalog+want)
			}
		}
		project := w.LogIn("alice", identitytest.Project(w.Workshop.ID))
		domain := w.LogIn("admin", object{"domain": object{"id": "default"}})
		expect(project, "")
		id := w.service("compute")
		expect(project, "\ncompute")
		scoped := w.endpoint(id, object{"url": "https://s.example/$(project_id)s", "region": "RegionOne"})
		w.endpoint(id, object{"url": "https://s.example/%(user_id)s", "interface": "internal", "region_id": "RegionOne"})
		expect(project, "\ncompute https://s.example/"+w.Alice.ID+" https://s.example/"+w.Workshop.ID)
		expect(domain, "\ncompute https://s.example/"+w.Root.ID)
		// The same in the answer to a log-in.
		made := w.For(w.t).Do("POST", "/v3/auth/tokens", identitytest.ByToken(project, nil)).Want(201)
		if got := made.Text("token.catalog.2.endpoints.0.url"); got != "https://s.example/"+w.Alice.ID {
			w.t.Errorf("the token's catalog has %q", got)
		}
		if made := w.For(w.t).Do("POST", "/v3/auth/tokens?nocatalog", identitytest.ByToken(project, nil)).Want(201); made.Has("token.catalog") {
			w.t.Error("nocatalog has a catalog")
		}
		w.do("PATCH", "/v3/endpoints/"+scoped, object{"endpoint": object{"enabled": false}}).Want(200)
		expect(project, "\ncompute https://s.example/"+w.Alice.ID)
		w.do("PATCH", "/v3/services/"+id, object{"service": object{"enabled": false}}).Want(200)
		expect(project, "")
		w.do("PATCH", "/v3/services/"+id, object{"service": object{"enabled": true, "type": "compute2"}}).Want(200)
		expect(project, "\ncompute2 https://s.example/"+w.Alice.ID)
		w.do("DELETE", "/v3/services/"+id, nil).Want(204)
		expect(project, "")
		w.do("GET", "/v3/endpoints/"+scoped, nil).Refused(404, "", "Could not find endpoint: "+scoped)
	})
}

// Another node lists what this one entered, once it has read the changes.
func TestNodesShareTheCatalog(t *testing.T) {
	each(t, func(w *world) {
		there := w.Node()
		request := httptest.NewRequest("GET", "/", nil)
		count := func() int {
			services, err := there.Catalog.Services(request, catalog.Scope{})
			if err != nil {
				t.Fatal(err)
			}
			return len(services)
		}
		if n := count(); n != 2 {
			t.Fatalf("%d services at first", n)
		}
		w.service("compute")
		if n := count(); n != 2 {
			t.Errorf("%d services before the other node read the changes: what is held in memory is not used", n)
		}
		if err := there.Refresh(t.Context()); err != nil {
			t.Fatal(err)
		}
		if n := count(); n != 3 {
			t.Errorf("%d services after it read them", n)
		}
	})
}

// The services of this binary are shown like the others and are nobody's to
// change.
func TestBuiltIn(t *testing.T) {
	each(t, func(w *world) {
		for _, kind := range []string{"identity", "apig"} {
			list := w.do("GET", "/v3/services?type="+kind, nil).Want(200)
			id := list.Text("services.0.id")
			if list.Has("services.1") || list.Get("services.0.enabled") != true {
				t.Errorf("%s: %s", kind, list.Body)
			}
			w.do("GET", "/v3/services/"+id, nil).Want(200)
			w.do("PATCH", "/v3/services/"+id, object{"service": object{"name": "x"}}).Refused(403, "", "part of the installation")
			w.do("DELETE", "/v3/services/"+id, nil).Refused(403, "", "part of the installation")
			w.do("POST", "/v3/services", object{"service": object{"type": kind}}).Refused(409, "", "type "+kind)
			w.do("POST", "/v3/endpoints", object{"endpoint": object{"service_id": id, "interface": "admin", "url": "https://evil.example"}}).
				Refused(403, "", "part of the installation")
			at := w.do("GET", "/v3/endpoints?service_id="+id+"&interface=public&region_id="+identitytest.Region, nil).Want(200)
			endpoint := at.Text("endpoints.0.id")
			if at.Has("endpoints.1") || at.Text("endpoints.0.region") != identitytest.Region {
				t.Errorf("%s: %s", kind, at.Body)
			}
			w.do("GET", "/v3/endpoints/"+endpoint, nil).Want(200)
			w.do("PATCH", "/v3/endpoints/"+endpoint, object{"endpoint": object{"url": "https://evil.example"}}).Refused(403, "", "part of")
			w.do("DELETE", "/v3/endpoints/"+endpoint, nil).Refused(403, "", "part of")
		}
		w.do("GET", "/v3/regions/"+identitytest.Region, nil).Want(200)
		w.do("PATCH", "/v3/regions/"+identitytest.Region, object{"region": object{"description": "x"}}).Refused(403, "", "part of")
		w.do("DELETE", "/v3/regions/"+identitytest.Region, nil).Refused(403, "", "part of")
		w.do("POST", "/v3/regions", object{"region": object{"id": identitytest.Region}}).Refused(409, "", "Duplicate ID, "+identitytest.Region)
	})
}

func TestRegions(t *testing.T) {
	each(t, func(w *world) {
		make := func(body object) *wiretest.Response { return w.do("POST", "/v3/regions", object{"region": body}) }
		north := make(object{"id": "north", "description": "up"}).Want(201)
		if north.Get("region.parent_region_id") != nil || north.Text("region.links.self") != "http://example.com/v3/regions/north" {
			t.Errorf("made %s", north.Body)
		}
		make(object{"id": "north-1", "parent_region_id": "north"}).Want(201)
		make(object{"id": "north-1a", "parent_region_id": "north-1"}).Want(201)
		make(object{"parent_region_id": identitytest.Region}).Want(201)
		make(object{"id": "north"}).Refused(409, "", "Duplicate ID, north")
		make(object{"id": "south", "parent_region_id": "pole"}).Refused(404, "", "Could not find region: pole")
		make(object{"id": "me", "parent_region_id": "me"}).Refused(404, "", "Could not find region: me")
		for _, id := range []string{"a/b", `a\b`, "..", ".", "a\nb", strings.Repeat("x", 256)} {
			make(object{"id": id}).Refused(400, "", "'id'")
		}
		below := w.do("GET", "/v3/regions?parent_region_id=north", nil).Want(200)
		if below.Text("regions.0.id") != "north-1" || below.Has("regions.1") {
			t.Errorf("below north: %s", below.Body)
		}
		if all := w.do("GET", "/v3/regions", nil).Want(200); all.Text("regions.0.id") != identitytest.Region || !all.Has("regions.4") || all.Has("regions.5") {
			t.Errorf("all: %s", all.Body)
		}
		patch := func(id string, body object) *wiretest.Response {
			return w.do("PATCH", "/v3/regions/"+id, object{"region": body})
		}
		for _, parent := range []string{"north", "north-1", "north-1a"} {
			patch("north", object{"parent_region_id": parent}).Refused(400, "", "circular region hierarchy")
		}
		patch("north", object{"id": "south"}).Refused(400, "", "'id'")
		patch("nowhere", object{}).Refused(404, "", "Could not find region: nowhere")
		patch("north-1a", object{"parent_region_id": "", "description": "loose"}).Want(200)
		if r := w.do("GET", "/v3/regions/north-1a", nil).Want(200); r.Get("region.parent_region_id") != nil || r.Text("region.description") != "loose" {
			t.Errorf("loosened: %s", r.Body)
		}
		w.do("DELETE", "/v3/regions/north", nil).Refused(403, "", "has regions below it")
		endpoint := w.endpoint(w.service("compute"), object{"region_id": "north-1"})
		w.do("DELETE", "/v3/regions/north-1", nil).Refused(403, "", "has endpoints")
		w.do("DELETE", "/v3/endpoints/"+endpoint, nil).Want(204)
		w.do("DELETE", "/v3/regions/north-1", nil).Want(204)
		w.do("DELETE", "/v3/regions/north", nil).Want(204)
		w.do("DELETE", "/v3/regions/north", nil).Refused(404, "", "Could not find region: north")
	})
}

func TestEndpoints(t *testing.T) {
	each(t, func(w *world) {
		service := w.service("compute")
		with := func(more object) object {
			e := object{"service_id": service, "interface": "public", "url": "https://s.example"}
			for k, v := range more {
				e[k] = v
			}
			return object{"endpoint": e}
		}
		for name, c := range map[string]struct {
			more object
			text string
		}{
			"no service":        {object{"service_id": ""}, "service_id in service table"},
			"unknown service":   {object{"service_id": "x"}, "service_id in service table"},
			"no interface":      {object{"interface": nil}, "'interface'"},
			"unknown interface": {object{"interface": "secret"}, "'interface'"},
			"no URL":            {object{"url": nil}, "'url'"},
			"credentials":       {object{"url": "https://a:b@s.example"}, "no credentials"},
			"unknown place":     {object{"url": "https://s.example/$(secret)s"}, "$(project_id)s"},
			"unknown region":    {object{"region_id": "mars"}, "region_id in region table"},
			"two regions":       {object{"region_id": "mars", "region": "moon"}, "'region'"},
			"a bad new region":  {object{"region": "a/b"}, "'id'"},
			"a long name":       {object{"name": strings.Repeat("x", 256)}, "'name'"},
		} {
			t.Log(name)
			w.do("POST", "/v3/endpoints", with(c.more)).Refused(400, "", c.text)
		}
		w.do("POST", "/v3/endpoints", object{}).Refused(400, "", "'endpoint'")
		// An unknown region in the older field is made (gophercloud has no other).
		id := w.do("POST", "/v3/endpoints", with(object{"region": "mars"})).Want(201).Text("endpoint.id")
		w.do("GET", "/v3/regions/mars", nil).Want(200)
		patch := func(body object) *wiretest.Response {
			return w.do("PATCH", "/v3/endpoints/"+id, object{"endpoint": body})
		}
		if r := patch(object{"interface": "admin", "region_id": "", "name": "n"}).Want(200); r.Get("endpoint.region") != nil ||
			r.Get("endpoint.region_id") != nil || r.Text("endpoint.url") != "https://s.example" || r.Text("endpoint.name") != "n" {
			t.Errorf("changed to %s", r.Body)
		}
		patch(object{"url": "mailto:x"}).Refused(400, "", "'url'")
		patch(object{"service_id": "x"}).Refused(400, "", "service_id in service table")
		for query, n := range map[string]int{"service_id=" + service: 1, "interface=admin": 1, "region_id=mars": 0, "": 3} {
			r := w.do("GET", "/v3/endpoints?"+query, nil).Want(200)
			if got := len(r.Get("endpoints").([]any)); got != n {
				t.Errorf("%q lists %d endpoints, want %d", query, got, n)
			}
		}
		for _, method := range []string{"GET", "DELETE"} {
			w.do(method, "/v3/endpoints/x", nil).Refused(404, "", "Could not find endpoint: x")
			w.do(method, "/v3/services/x", nil).Refused(404, "", "Could not find service: x")
		}
	})
}

// Who is no administrator reads, and changes nothing.
func TestOnlyAdministratorsWrite(t *testing.T) {
	each(t, func(w *world) {
		service := w.service("compute")
		endpoint := w.endpoint(service, nil)
		w.do("POST", "/v3/regions", object{"region": object{"id": "north"}}).Want(201)
		for _, path := range []string{"/v3/services/" + service, "/v3/endpoints/" + endpoint, "/v3/regions/north"} {
			list := path[:strings.LastIndex(path, "/")]
			as := func(method, path string, body any) *wiretest.Response {
				return w.For(t).Do(method, path, body, "X-Auth-Token", w.alice)
			}
			as("GET", list, nil).Want(200)
			as("GET", path, nil).Want(200)
			as("POST", list, object{}).Refused(403, "", "identity:create_")
			as("PATCH", path, object{}).Refused(403, "", "identity:update_")
			as("DELETE", path, nil).Refused(403, "", "identity:delete_")
			w.For(t).Do("GET", list, nil).Refused(401, "")
			w.do("POST", list, object{}).Refused(400, "", "must be an object")
			w.do("PATCH", path, object{}).Refused(400, "", "must be an object")
		}
	})
}

// The catalog has bounds: it travels in the answer to every log-in.
func TestCatalogIsBounded(t *testing.T) {
	each(t, func(w *world) {
		fill := func(n int, statement string) {
			t.Helper()
			for i := range n {
				w.insert(statement, fmt.Sprintf("row%04d", i))
			}
		}
		fill(catalog.MaxServices, `INSERT INTO identity_services (id, type, name, description, enabled, create_time) VALUES ($1, $1, '', '', 1, 0)`)
		w.do("POST", "/v3/services", object{"service": object{"type": "x"}}).Refused(403, "", "200 services")
		fill(catalog.MaxEndpoints, `INSERT INTO identity_endpoints (id, service_id, interface, region_id, name, description, url, enabled, create_time) VALUES ($1, 'row0000', 'public', '', '', '', 'https://s.example', 1, 0)`)
		w.do("POST", "/v3/endpoints", object{"endpoint": object{"service_id": "row0000", "interface": "public", "url": "https://s.example"}}).Refused(403, "", "1000 endpoints")
		fill(catalog.MaxRegions, `INSERT INTO identity_regions (id, description, parent_id, create_time) VALUES ($1, '', '', 0)`)
		w.do("POST", "/v3/regions", object{"region": object{"id": "x"}}).Refused(403, "", "200 regions")
		w.do("DELETE", "/v3/regions/row0000", nil).Want(204) // any change over the wire is announced
		// With all of it a log-in still works, and lists everything.
		if n := strings.Count(w.catalog(w.alice), "https://s.example"); n != catalog.MaxEndpoints {
			t.Errorf("the catalog has %d of %d endpoints", n, catalog.MaxEndpoints)
		}
	})
}

func (w *world) insert(statement, id string) {
	w.t.Helper()
	err := w.DB.Write(w.t.Context(), func(tx *store.Tx) error {
		_, err := tx.Exec(w.t.Context(), statement, id)
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
}
