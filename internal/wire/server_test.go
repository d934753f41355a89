package wire_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/lintel-gateway/lintel/internal/wire"
	"github.com/lintel-gateway/lintel/internal/wire/apig"
	"github.com/lintel-gateway/lintel/internal/wire/wiretest"
)

// nothing is a handler without bodies.
func nothing() wire.Handler { return wire.Done(func(*wire.Request) error { return nil }) }

func TestNewRefusesIncompleteTables(t *testing.T) {
	good := wire.Route{
		Method: "GET", Pattern: "/v1.0/apigw/things/{id}", Action: "apigw:things:get",
		Access: wire.Project, Handle: nothing(),
	}
	change := func(f func(r *wire.Route)) wire.Route {
		r := good
		f(&r)
		return r
	}
	other := func(f func(r *wire.Route)) []wire.Route {
		return []wire.Route{good, change(func(r *wire.Route) { r.Action = "apigw:things:other"; f(r) })}
	}
	tests := []struct {
		name   string
		routes []wire.Route
		want   string
	}{
		{"complete", []wire.Route{good}, ""},
		{"no Access", []wire.Route{change(func(r *wire.Route) { r.Access = 0 })}, "Access is not set"},
		{"unknown Access", []wire.Route{change(func(r *wire.Route) { r.Access = wire.Admin + 1 })}, "Access is not set"},
		{"no Action", []wire.Route{change(func(r *wire.Route) { r.Action = "" })}, "Action is not set"},
		{"no Handle", []wire.Route{change(func(r *wire.Route) { r.Handle = wire.Handler{} })}, "Handle is not set"},
		{"same Action", []wire.Route{good, change(func(r *wire.Route) { r.Pattern = "/v1.0/other" })}, "same Action"},
		{"same pattern", other(func(*wire.Route) {}), "already taken by GET"},
		{"same shape", other(func(r *wire.Route) { r.Pattern = "/v1.0/apigw/things/{thing}" }), "already taken by GET"},
		{"two names for one place", other(func(r *wire.Route) { r.Method, r.Pattern = "PUT", "/v1.0/apigw/things/{thing}" }), "other names"},
		{"method", []wire.Route{change(func(r *wire.Route) { r.Method = "TRACE" })}, `method "TRACE"`},
		{"body of a GET", []wire.Route{change(func(r *wire.Route) {
			r.Handle = wire.DoneBody(func(*wire.Request, *struct{}) error { return nil })
		})}, "no request body"},
		{"status", []wire.Route{change(func(r *wire.Route) { r.Status = 404 })}, "404 is no success"},
		{"nil error", []wire.Route{change(func(r *wire.Route) { r.Errors = []*wire.Error{nil} })}, "Errors holds nil"},
		{"relative", []wire.Route{change(func(r *wire.Route) { r.Pattern = "v1.0" })}, "begins with '/'"},
		{"empty segment", []wire.Route{change(func(r *wire.Route) { r.Pattern = "/v1.0//x" })}, "neither a literal"},
		{"rest wildcard", []wire.Route{change(func(r *wire.Route) { r.Pattern = "/v1.0/{rest...}" })}, "not supported"},
		{"name twice", []wire.Route{change(func(r *wire.Route) { r.Pattern = "/{id}/{id}" })}, "used once"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := wire.New(wire.Options{Dialects: []*wire.Dialect{apig.Dialect(tt.routes)}, Authenticate: wiretest.Authenticate})
			switch {
			case tt.want == "" && err != nil:
				t.Fatalf("New: %v, want no error", err)
			case tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)):
				t.Fatalf("New: %v, want an error with %q", err, tt.want)
			}
		})
	}
}

func TestNewReportsAllFaultsAtOnce(t *testing.T) {
	d := apig.Dialect([]wire.Route{{Method: "GET", Pattern: "/a", Action: "a:b:c"}, {Method: "GET", Pattern: "/b", Access: wire.Public}})
	_, err := wire.New(wire.Options{Dialects: []*wire.Dialect{d}})
	for _, want := range []string{"Access is not set", "Action is not set"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("New: %v, want it to have %q", err, want)
		}
	}
}

func TestNewWantsAuthenticatorAndWholeDialects(t *testing.T) {
	route := wire.Route{Method: "GET", Pattern: "/a", Action: "a:b:c", Access: wire.Authenticated, Handle: nothing()}
	if _, err := wire.New(wire.Options{Dialects: []*wire.Dialect{apig.Dialect([]wire.Route{route})}}); err == nil {
		t.Error("New without Authenticate took a route that needs credentials")
	}
	mute := apig.Dialect(nil)
	mute.Faults.TooLarge = nil
	if _, err := wire.New(wire.Options{Dialects: []*wire.Dialect{mute}}); err == nil || !strings.Contains(err.Error(), "[TooLarge]") {
		t.Errorf("New took a dialect without a word for TooLarge: %v", err)
	}
	if _, err := wire.New(wire.Options{}); err == nil {
		t.Error("New took no dialects")
	}
}

// The paths of the v1.0 reference that http.ServeMux refuses to hold together.
func TestRouting(t *testing.T) {
	var got string
	route := func(method, pattern string) wire.Route {
		return wire.Route{
			Method: method, Pattern: pattern, Action: "t:" + method + ":" + pattern, Access: wire.Public,
			Handle: wire.Done(func(r *wire.Request) error {
				got = pattern
				for _, name := range []string{"id", "app_id"} {
					if v := r.Path(name); v != "" {
						got += " " + name + "=" + v
					}
				}
				return nil
			}),
		}
	}
	c := wiretest.Serve(t, apig.Dialect([]wire.Route{
		route("GET", "/{$}"),
		route("PUT", "/v1.0/apps/{id}"), route("GET", "/v1.0/apps/{id}"), route("POST", "/v1.0/apps"),
		route("PUT", "/v1.0/apps/secret/{id}"), route("PUT", "/v1.0/apps/{app_id}/app-codes"),
		route("GET", "/v1.0/apps/{app_id}/app-codes"), route("GET", "/v1.0/apps/{app_id}/app-codes/{id}"),
		route("POST", "/v1.0/apis/publish"), route("GET", "/v1.0/apis/{id}"),
		route("GET", "/v3/"), route("GET", "/v3"),
	}))
	tests := []struct {
		method, path, want string // want begins with '/', or is a status and Allow
	}{
		{"GET", "/", "/{$}"},
		{"PUT", "/v1.0/apps/a1", "/v1.0/apps/{id} id=a1"},
		{"HEAD", "/v1.0/apps/a1", "/v1.0/apps/{id} id=a1"},
		{"PUT", "/v1.0/apps/secret/a1", "/v1.0/apps/secret/{id} id=a1"},
		{"PUT", "/v1.0/apps/secret/app-codes", "/v1.0/apps/secret/{id} id=app-codes"},
		{"GET", "/v1.0/apps/secret/app-codes", "/v1.0/apps/{app_id}/app-codes app_id=secret"},
		{"PUT", "/v1.0/apps/a1/app-codes", "/v1.0/apps/{app_id}/app-codes app_id=a1"},
		{"GET", "/v1.0/apps/a1/app-codes/", "/v1.0/apps/{app_id}/app-codes app_id=a1"},
		{"GET", "/v1.0/apps/a1/app-codes/c1", "/v1.0/apps/{app_id}/app-codes/{id} id=c1 app_id=a1"},
		{"GET", "/v1.0/apps/%E5%BC%A0%20x", "/v1.0/apps/{id} id=张 x"},
		{"GET", "/v1.0/apis/publish", "/v1.0/apis/{id} id=publish"},
		{"GET", "/v3/", "/v3/"},
		{"GET", "/v3", "/v3"},
		{"GET", "/v1.0/%61pps/a1", "/v1.0/apps/{id} id=a1"},
		{"DELETE", "/v1.0/apis/publish", "405 GET, HEAD, POST"},
		{"DELETE", "/v1.0/apps/a1/", "405 GET, HEAD, PUT"},
		{"PUT", "/v1.0/apps/", "405 POST"},
		{"TRACE", "/v1.0/apps/a1", "405 GET, HEAD, PUT"},
		{"CONNECT", "/v1.0/apps/a1", "405 GET, HEAD, PUT"},
		{"get", "/v1.0/apps/a1", "405 GET, HEAD, PUT"},
		{"OPTIONS", "/v1.0/apps/a1", "405 GET, HEAD, PUT"},
		{"GET", "/v1.0/apps/a1/x", "404"},
		{"GET", "/nowhere", "404"},
	}
	for _, tt := range tests {
		t.Run(tt.method+" "+tt.path, func(t *testing.T) {
			got = ""
			r := c.For(t).Do(tt.method, tt.path, nil)
			if got == "" {
				got = strings.TrimSpace(statusAnd(r, "Allow"))
				r.Refused(r.Status, "APIG.0101")
			}
			if got != tt.want {
				t.Errorf("served by %q, want %q", got, tt.want)
			}
		})
	}
}

func statusAnd(r *wiretest.Response, header string) string {
	status := map[int]string{404: "404", 405: "405"}[r.Status]
	return status + " " + r.Header.Get(header)
}

func TestUncleanPathsAreRefusedNotRedirected(t *testing.T) {
	c := wiretest.Serve(t, apig.Dialect([]wire.Route{
		{Method: "GET", Pattern: "/v1.0/apps/{id}", Action: "t:apps:get", Access: wire.Public, Handle: nothing()},
	}))
	for _, path := range []string{
		"/v1.0//apps", "//v1.0/apps/a", "/v1.0/./apps/a", "/v1.0/apps/../a", "/v1.0/apps/%2e%2e", "/v1.0/apps/a%2fb",
		"/v1.0/apps/a%5cb", `/v1.0/apps/a\b`, "/v1.0/apps/a%00", "/v1.0/apps/%0a", "/v1.0/apps/a%252fb", "/v1.0/apps/a;x=1",
		"/v1.0/apps/%7f",
	} {
		c.Do("GET", path, nil).Refused(400, "APIG.2000", "path")
	}
	c.Do("GET", "/v1.0/apps/%ff", nil).Refused(400, "APIG.2000", "path")
}

func TestUnknownPathAnswersInTheDialectOfItsPrefix(t *testing.T) {
	first, second := apig.Dialect(nil), apig.Dialect(nil)
	second.Name, second.Prefixes = "second", []string{"/v3", "/v3/deep"}
	second.Faults.NoRoute = apig.E3007
	c := wiretest.Serve(t, first, second)
	for path, code := range map[string]string{
		"/": "APIG.0101", "/v1.0/x": "APIG.0101", "/v30": "APIG.0101", "/v3": "APIG.3007", "/v3/x": "APIG.3007", "/v3/deep/x": "APIG.3007",
	} {
		c.Do("GET", path, nil).Refused(404, code)
	}
}

func TestErrorVariantsAreTheirDeclaration(t *testing.T) {
	e := apig.E3001.Msg("API group %s does not exist", "x").Because(http.ErrBodyNotAllowed)
	if !slices.ContainsFunc([]*wire.Error{apig.E3001}, func(d *wire.Error) bool { return e.Is(d) }) || e.Is(apig.E3002) {
		t.Errorf("%v is not equal to APIG.3001 alone", e)
	}
	if got := apig.E1002.With("signature").Message; got != "Incorrect token: signature" {
		t.Errorf("With: %q", got)
	}
	if strings.Contains(e.Error(), "body") {
		t.Errorf("the cause is in the text: %v", e)
	}
}
