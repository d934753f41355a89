package catalog_test

import (
	"testing"

	"github.com/lintel-gateway/lintel/internal/identity/catalog"
	"github.com/lintel-gateway/lintel/internal/wire"
	"github.com/lintel-gateway/lintel/internal/wire/keystone"
	"github.com/lintel-gateway/lintel/internal/wire/wiretest"
)

func TestDiscovery(t *testing.T) {
	c := catalog.Catalog{Region: "RegionOne"}
	client := wiretest.Serve(t, keystone.Dialect(c.Routes()))
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
	client.Covered(c.Routes())
}

// Links carry the public address, not the one that a proxy used.
func TestPublicAddress(t *testing.T) {
	site := keystone.Site{URL: "https://iam.example.org/"}
	c := catalog.Catalog{Site: site, Region: "RegionOne"}
	client := wiretest.Serve(t, site.Dialect(c.Routes()))
	if got := client.Do("GET", "/v3", nil).Text("version.links.0.href"); got != "https://iam.example.org/v3/" {
		t.Errorf("href is %q", got)
	}
}

func TestServices(t *testing.T) {
	c := catalog.Catalog{Region: "RegionOne"}
	show := wire.Route{
		Method: "GET", Pattern: "/v3/services", Action: "test:services", Access: wire.Public,
		Handle: wire.Get(func(r *wire.Request) ([]catalog.Service, error) { return c.Services(r.HTTP), nil }),
	}
	answer := wiretest.Serve(t, keystone.Dialect([]wire.Route{show})).Do("GET", "/v3/services", nil).Want(200)
	for i, want := range []struct{ kind, url string }{
		{"identity", "http://example.com/v3"}, {"apig", "http://example.com/v1.0/apigw"},
	} {
		at := string(rune('0'+i)) + "."
		if kind, url := answer.Text(at+"type"), answer.Text(at+"endpoints.0.url"); kind != want.kind || url != want.url {
			t.Errorf("service %d is %s at %s, want %s at %s", i, kind, url, want.kind, want.url)
		}
		if region := answer.Text(at + "endpoints.0.region_id"); region != "RegionOne" {
			t.Errorf("region %q", region)
		}
	}
	if answer.Text("0.id") == answer.Text("1.id") || answer.Text("0.id") == answer.Text("0.endpoints.0.id") {
		t.Error("two things have one id")
	}
}
