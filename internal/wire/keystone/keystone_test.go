package keystone_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/lintel-gateway/lintel/internal/wire"
	"github.com/lintel-gateway/lintel/internal/wire/keystone"
	"github.com/lintel-gateway/lintel/internal/wire/wiretest"
)

type answer struct {
	Links  keystone.Links `json:"links"`
	Entity keystone.Link  `json:"entity"`
}

type input struct {
	Name string `json:"name"`
}

func routes(site keystone.Site, fail error) []wire.Route {
	return []wire.Route{
		{Method: "GET", Pattern: "/v3/users", Action: "identity:list_users", Access: wire.Authenticated, Handle: wire.Get(func(r *wire.Request) (answer, error) {
			return answer{site.List(r), site.Entity(r, "users", "a b/c")}, nil
		})},
		{Method: "POST", Pattern: "/v3/users", Action: "identity:create_user", Access: wire.Admin, Handle: wire.DoneBody(func(*wire.Request, *input) error { return fail })},
		{Method: "GET", Pattern: "/v3/limits", Action: "identity:get_limits", Access: wire.Project, Handle: wire.Done(func(*wire.Request) error { return nil })},
	}
}

var requestID = regexp.MustCompile(`^req-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$`)

func TestHeadersOfEveryAnswer(t *testing.T) {
	c := wiretest.Serve(t, keystone.Dialect(routes(keystone.Site{}, nil))).As("user=u")
	for _, r := range []*wiretest.Response{c.Do("GET", "/v3/users", nil).Want(200), c.Do("GET", "/v3/nowhere", nil).Want(404)} {
		if got := r.Header.Get("Vary"); got != "X-Auth-Token" {
			t.Errorf("%s: Vary is %q", r.Call, got)
		}
		id := r.Header.Get("X-Openstack-Request-Id")
		if !requestID.MatchString(id) || strings.ReplaceAll(strings.TrimPrefix(id, "req-"), "-", "") != r.Header.Get("X-Request-Id") {
			t.Errorf("%s: X-Openstack-Request-Id is %q", r.Call, id)
		}
		if got := r.Header.Get("WWW-Authenticate"); got != "" {
			t.Errorf("%s: WWW-Authenticate is %q without a 401", r.Call, got)
		}
	}
}

func TestRefusals(t *testing.T) {
	c := wiretest.Serve(t, keystone.Dialect(routes(keystone.Site{}, keystone.Conflict("user", "Duplicate entry found with name n at domain ID d"))))
	const login = "The request you have made requires authentication."
	tests := []struct {
		actor, method, path, body string
		status                    int
		text                      string
	}{
		{"", "GET", "/v3/users", "", 401, login},
		{"invalid", "GET", "/v3/users", "", 401, login},
		{"expired", "GET", "/v3/users", "", 401, login},
		{"user=u", "GET", "/v3/limits", "", 401, "project in the scope"},
		{"roles=member", "POST", "/v3/users", "{}", 403, "You are not authorized to perform the requested action: identity:create_user."},
		{"roles=admin", "POST", "/v3/users", "{}", 409, "Conflict occurred attempting to store user - Duplicate entry found with name n at domain ID d."},
		{"roles=admin", "POST", "/v3/users", "{", 400, "The request body is invalid: the body is not valid JSON"},
		{"roles=admin", "POST", "/v3/users", `{"name":1}`, 400, "Invalid input for field 'name': it must be a string."},
		{"user=u", "GET", "/v3/users?a=%zz", "", 400, "The query of the URL has"},
		{"user=u", "GET", "/v3/../users", "", 400, "canonical"},
		{"user=u", "DELETE", "/v3/users", "", 405, "not allowed"},
		{"", "GET", "/v3/nowhere", "", 404, "could not be found"},
	}
	for _, tt := range tests {
		r := c.As(tt.actor).Do(tt.method, tt.path, strings.NewReader(tt.body)).Refused(tt.status, "", tt.text)
		if want := map[bool]string{true: `Keystone uri="http://example.com/v3"`}[tt.status == 401]; r.Header.Get("WWW-Authenticate") != want {
			t.Errorf("%s: WWW-Authenticate is %q, want %q", r.Call, r.Header.Get("WWW-Authenticate"), want)
		}
	}
}

func TestFaultsNameTheIncident(t *testing.T) {
	c := wiretest.Serve(t, keystone.Dialect(routes(keystone.Site{}, http.ErrAbortHandler))).As("roles=admin")
	r := c.Do("POST", "/v3/users", "{}")
	r.Refused(500, "", "unexpected error", "(incident "+r.Header.Get("X-Request-Id")+")")
}

func TestConstructors(t *testing.T) {
	tests := []struct {
		e      *wire.Error
		status int
		text   string
	}{
		{keystone.NotFound("user", "u1"), 404, "Could not find user: u1."},
		{keystone.NotFound("user", strings.Repeat("x", 300)), 404, "Could not find user: " + strings.Repeat("x", 128) + "."},
		{keystone.Forbidden("identity:x"), 403, "You are not authorized to perform the requested action: identity:x."},
		{keystone.Denied("Disable it first."), 403, "Disable it first."},
		{keystone.BadRequest("no %s", "y"), 400, "no y"},
		{keystone.Unauthorized(), 401, "The request you have made requires authentication."},
		{keystone.TooLarge(5), 413, "Request is too large: the body may have 5 bytes."},
	}
	for _, tt := range tests {
		if tt.e.Status != tt.status || tt.e.Message != tt.text || tt.e.Title != http.StatusText(tt.status) {
			t.Errorf("%d %q %q, want %d %q", tt.e.Status, tt.e.Title, tt.e.Message, tt.status, tt.text)
		}
	}
}

func TestLinks(t *testing.T) {
	tests := []struct {
		site keystone.Site
		host string
		want string
	}{
		{keystone.Site{}, "iam.example.com:5000", "http://iam.example.com:5000"},
		{keystone.Site{URL: "https://iam.example.com/"}, "other.example", "https://iam.example.com"},
		{keystone.Site{}, `evil"<x>`, "http://localhost"},
		{keystone.Site{}, "", "http://localhost"},
	}
	for _, tt := range tests {
		h, err := wire.New(wire.Options{Dialects: []*wire.Dialect{tt.site.Dialect(routes(tt.site, nil))}, Authenticate: wiretest.Authenticate})
		if err != nil {
			t.Fatal(err)
		}
		c := wiretest.New(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			r.Host = tt.host
			h.ServeHTTP(w, r)
		})).As("user=u")
		r := c.Do("GET", "/v3/users?name=a&x=1", nil).Want(200)
		want := `{"links":{"self":"` + tt.want + `/v3/users?name=a&x=1","previous":null,"next":null},"entity":{"self":"` + tt.want + `/v3/users/a%20b%2Fc"}}`
		if string(r.Body) != want {
			t.Errorf("%s\nwant %s", r.Body, want)
		}
	}
}
