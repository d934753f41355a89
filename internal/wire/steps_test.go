package wire_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/lintel-gateway/lintel/internal/clock"
	"github.com/lintel-gateway/lintel/internal/wire"
	"github.com/lintel-gateway/lintel/internal/wire/apig"
	"github.com/lintel-gateway/lintel/internal/wire/wiretest"
)

const member = "project=p1;roles=member;user=u1"

type thing struct {
	Name  string   `json:"name" doc:"Name of the thing."`
	Kind  string   `json:"kind" enum:"A,B"`
	Size  int      `json:"size"`
	Parts []*thing `json:"parts,omitempty"`
	Free  any      `json:"free,omitempty"`
}

// things is a small area that shows every step.
func things() []wire.Route {
	return []wire.Route{
		{
			Method: "POST", Pattern: "/v1.0/things", Action: "t:things:create", Access: wire.Project, Status: 201, MaxBody: 1 << 20,
			Errors: []*wire.Error{apig.E3201, apig.E3101},
			Handle: wire.Body(func(r *wire.Request, in *thing) (*thing, error) {
				r.Touched("id-of-" + in.Name)
				return in, nil
			}),
		},
		{Method: "GET", Pattern: "/v1.0/things/{id}", Action: "t:things:get", Access: wire.Project, Handle: wire.Get(func(r *wire.Request) (thing, error) {
			return thing{Name: r.Path("id") + "&" + r.Query().Get("x")}, nil
		})},
		{Method: "DELETE", Pattern: "/v1.0/things/{id}", Action: "t:things:delete", Access: wire.Project, Handle: nothing()},
		{Method: "PUT", Pattern: "/v1.0/mine", Action: "t:mine:put", Access: wire.Authenticated, Handle: wire.DoneBody(func(*wire.Request, *thing) error { return nil }).Optional()},
		{Method: "GET", Pattern: "/v1.0/all", Action: "t:all:get", Access: wire.Admin, Handle: nothing()},
		{Method: "POST", Pattern: "/v1.0/login", Action: "t:login:create", Access: wire.Public, Handle: wire.Body(func(r *wire.Request, in *thing) (*thing, error) {
			r.SetHeader("X-Subject-Token", "t")
			r.SetStatus(201)
			return in, nil
		})},
	}
}

func TestEveryAnswerHasTheHeaders(t *testing.T) {
	c := wiretest.Serve(t, apig.Dialect(things()))
	r := c.Do("GET", "/nowhere", nil, "X-Request-Id", strings.Repeat("a", 32))
	if r.Header.Get("X-Request-Id") == strings.Repeat("a", 32) {
		t.Error("the client's own X-Request-Id was taken over")
	}
	if got := r.Header.Get("X-Content-Type-Options"); got != "nosniff" {
		t.Errorf("X-Content-Type-Options is %q", got)
	}
}

func TestSuccesses(t *testing.T) {
	c := wiretest.Serve(t, apig.Dialect(things())).As(member)
	r := c.Do("POST", "/v1.0/things", `{"name":"<n>","unknown":1}`).Want(201)
	if want := `{"name":"<n>","kind":"","size":0}`; string(r.Body) != want {
		t.Errorf("body %s, want %s", r.Body, want)
	}
	if got := c.Do("GET", "/v1.0/things/a%26b?x=%E4%B8%AD+%2B", nil).Want(200).Text("name"); got != "a&b&中 +" {
		t.Errorf("name is %q", got)
	}
	if r := c.Do("HEAD", "/v1.0/things/a", nil).Want(200); len(r.Body) != 0 || r.Header.Get("Content-Length") != "32" {
		t.Errorf("HEAD: body %q, length %s", r.Body, r.Header.Get("Content-Length"))
	}
	if r := c.Do("DELETE", "/v1.0/things/a", nil).Want(204); len(r.Body) != 0 || r.Header.Get("Content-Type") != "" {
		t.Errorf("204 has a body or a type: %q %q", r.Body, r.Header.Get("Content-Type"))
	}
	c.Do("PUT", "/v1.0/mine", nil).Want(204)
	if r := c.Do("POST", "/v1.0/login", `{}`).Want(201); r.Header.Get("X-Subject-Token") != "t" {
		t.Error("a handler's header is lost")
	}
}

func TestAuthorisation(t *testing.T) {
	c := wiretest.Serve(t, apig.Dialect(things()))
	tests := []struct {
		actor, method, path string
		status              int
		code                string
	}{
		{"", "GET", "/v1.0/things/a", 401, "APIG.1000"},
		{"invalid", "GET", "/v1.0/things/a", 401, "APIG.1002"},
		{"expired", "GET", "/v1.0/things/a", 401, "APIG.1001"},
		{"user=u;roles=member", "GET", "/v1.0/things/a", 401, "APIG.1003"},
		{"user=u;roles=admin", "DELETE", "/v1.0/things/a", 401, "APIG.1003"},
		{"project=p;roles=reader", "GET", "/v1.0/things/a", 200, ""},
		{"project=p;roles=reader", "DELETE", "/v1.0/things/a", 403, "APIC.7110"},
		{"project=p", "DELETE", "/v1.0/things/a", 403, "APIC.7110"},
		{"project=p;roles=reader,member", "DELETE", "/v1.0/things/a", 204, ""},
		{"project=p;roles=admin", "DELETE", "/v1.0/things/a", 204, ""},
		{"user=u;roles=reader", "PUT", "/v1.0/mine", 204, ""},
		{"", "PUT", "/v1.0/mine", 401, "APIG.1000"},
		{"project=p;roles=member", "GET", "/v1.0/all", 403, "APIC.7106"},
		{"project=p;roles=reader", "GET", "/v1.0/all", 403, "APIC.7106"},
		{"roles=admin", "GET", "/v1.0/all", 204, ""},
		{"invalid", "GET", "/openapi/apigw.json", 200, ""},
	}
	for _, tt := range tests {
		t.Run(tt.actor+" "+tt.method+" "+tt.path, func(t *testing.T) {
			r := c.For(t).As(tt.actor).Do(tt.method, tt.path, nil).Want(tt.status)
			if tt.code != "" {
				r.Refused(tt.status, tt.code)
			}
		})
	}
}

// unread fails the test when a body is touched.
type unread struct{ t *testing.T }

func (u unread) Read([]byte) (int, error) {
	u.t.Error("the body was read")
	return 0, errors.New("unread")
}

func TestBodyIsNotReadForStrangers(t *testing.T) {
	c := wiretest.Serve(t, apig.Dialect(things()))
	c.Do("POST", "/v1.0/things", unread{t}).Refused(401, "APIG.1000")
	c.As("project=p;roles=reader").Do("POST", "/v1.0/things", unread{t}).Refused(403, "APIC.7110")
	c.As(member).Do("POST", "/v1.0/things", bytes.NewReader(make([]byte, 1<<20+1))).Refused(413, "APIG.2006", "1048576 bytes")
	c.Do("POST", "/v1.0/login", bytes.NewReader(make([]byte, 64<<10+1))).Refused(413, "APIG.2006", "65536 bytes")
}

func TestBodyOfUnknownLength(t *testing.T) {
	c := wiretest.Serve(t, apig.Dialect(things())).As(member)
	endless := struct{ *bytes.Reader }{bytes.NewReader(bytes.Repeat([]byte(" "), 1<<20+1))}
	c.Do("POST", "/v1.0/things", endless).Refused(413, "APIG.2006")
	broken := struct{ *brokenReader }{&brokenReader{}}
	c.Do("POST", "/v1.0/things", broken).Refused(400, "APIG.2000", "to its end")
}

type brokenReader struct{}

func (*brokenReader) Read([]byte) (int, error) { return 0, errors.New("malformed chunk") }

// An authenticator that hashes the body sees the same bytes as the decoder; a
// body over the limit is the body's fault, not the signature's.
func TestAuthenticatorReadsTheBody(t *testing.T) {
	var signed string
	c := wiretest.ServeWith(t, wire.Options{
		Dialects: []*wire.Dialect{apig.Dialect(things())},
		Authenticate: func(r *http.Request, body func() ([]byte, error)) (wire.Actor, error) {
			b, err := body()
			if err != nil {
				return wire.Actor{}, &wire.AuthError{Refusal: wire.Invalid, Cause: err}
			}
			signed = string(b)
			return wiretest.Actor(member)
		},
	})
	c.Do("POST", "/v1.0/things", `{"name":"x"}`).Want(201)
	if signed != `{"name":"x"}` {
		t.Errorf("the authenticator saw %q", signed)
	}
	endless := struct{ *bytes.Reader }{bytes.NewReader(make([]byte, 1<<20+1))}
	c.Do("POST", "/v1.0/things", endless).Refused(413, "APIG.2006")
}

func TestQueries(t *testing.T) {
	c := wiretest.Serve(t, apig.Dialect(things())).As(member)
	for _, q := range []string{"x=%zz", "x=1;y=2", "x=%00", "x=%ff", strings.Repeat("a&", 1001)} {
		c.Do("GET", "/v1.0/things/a?"+q, nil).Refused(400, "APIG.2000", "query of the URL has")
	}
}

func TestCrossOriginWritesAreRefused(t *testing.T) {
	c := wiretest.Serve(t, apig.Dialect(things())).As(member)
	c.Do("DELETE", "/v1.0/things/a", nil, "Sec-Fetch-Site", "cross-site").Refused(403, "APIC.7106", "origin")
	c.Do("DELETE", "/v1.0/things/a", nil, "Origin", "https://evil.example").Refused(403, "APIC.7106", "origin")
	c.Do("POST", "/v1.0/login", `{}`, "Sec-Fetch-Site", "same-site").Refused(403, "APIC.7106", "origin")
	c.Do("DELETE", "/v1.0/things/a", nil, "Sec-Fetch-Site", "same-origin").Want(204)
	c.Do("GET", "/v1.0/things/a", nil, "Sec-Fetch-Site", "cross-site").Want(200)
}

// errAway stands for the store's error kind.
var errAway = errors.New("secret: away")

// failing serves one route that fails as told, and keeps the log.
func failing(t *testing.T, fail func(*wire.Request) error) (*wiretest.Client, *bytes.Buffer) {
	t.Helper()
	var log bytes.Buffer
	c := wiretest.ServeWith(t, wire.Options{
		Log:         slog.New(slog.NewTextHandler(&log, nil)),
		Unavailable: func(err error) bool { return errors.Is(err, errAway) },
		Dialects: []*wire.Dialect{apig.Dialect([]wire.Route{{
			Method: "POST", Pattern: "/v1.0/fail", Action: "t:fail:create", Access: wire.Public, Handle: wire.Done(fail),
		}})},
	})
	return c, &log
}

func TestErrorsBecomeAnswers(t *testing.T) {
	var typedNil *wire.Error
	tests := []struct {
		name   string
		err    error
		status int
		code   string
		text   string
		logged bool
	}{
		{"declared", apig.NoGroup("g"), 404, "APIG.3001", "API group g does not exist", false},
		{"wrapped", fmt.Errorf("secret: %w", apig.E3201), 400, "APIG.3201", "already exists", false},
		{"unknown", errors.New("secret"), 500, "APIG.9999", "System error", true},
		{"unavailable", fmt.Errorf("secret: %w", errAway), 503, "APIC.9100", "Failed to access the database", true},
		{"late", fmt.Errorf("secret: %w", context.DeadlineExceeded), 503, "APIC.9100", "", true},
		{"typed nil", typedNil, 500, "APIG.9999", "", true},
		{"no status", &wire.Error{Message: "secret"}, 500, "APIG.9999", "", true},
		{"cause", apig.E3500.Because(errors.New("secret")), 500, "APIG.3500", "etcd", true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c, log := failing(t, func(*wire.Request) error { return tt.err })
			r := c.Do("POST", "/v1.0/fail", nil).Refused(tt.status, tt.code, tt.text)
			if strings.Contains(string(r.Body), "secret") {
				t.Errorf("the answer tells: %s", r.Body)
			}
			if got := strings.Contains(log.String(), r.Header.Get("X-Request-Id")); got != tt.logged {
				t.Errorf("logged is %v, want %v: %s", got, tt.logged, log)
			}
		})
	}
}

func TestPanicsAreIncidents(t *testing.T) {
	c, log := failing(t, func(*wire.Request) error { panic("secret") })
	r := c.Do("POST", "/v1.0/fail", nil).Refused(500, "APIG.9999")
	if strings.Contains(string(r.Body), "secret") {
		t.Errorf("the answer tells: %s", r.Body)
	}
	for _, want := range []string{"panic=secret", r.Header.Get("X-Request-Id"), "steps_test.go"} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("the log lacks %q: %s", want, log)
		}
	}
}

func TestAnswerThatDoesNotEncode(t *testing.T) {
	c := wiretest.Serve(t, apig.Dialect([]wire.Route{{
		Method: "GET", Pattern: "/v1.0/x", Action: "t:x:get", Access: wire.Public,
		Handle: wire.Get(func(*wire.Request) (any, error) { return map[string]any{"f": func() {}}, nil }),
	}}))
	c.Do("GET", "/v1.0/x", nil).Refused(500, "APIG.9999")
}

func TestTimeoutEndsTheContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, err := wire.New(wire.Options{
			Timeout: 5 * time.Second,
			Dialects: []*wire.Dialect{apig.Dialect([]wire.Route{{
				Method: "POST", Pattern: "/v1.0/slow", Action: "t:slow:create", Access: wire.Public,
				Handle: wire.Done(func(r *wire.Request) error {
					<-r.Context().Done()
					return r.Context().Err()
				}),
			}})},
		})
		if err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		wiretest.New(t, h).Do("POST", "/v1.0/slow", nil).Refused(503, "APIC.9100")
		if took := time.Since(began); took != 5*time.Second {
			t.Errorf("took %v, want 5s", took)
		}
	})
}

func TestAuditAndObserve(t *testing.T) {
	at := clock.NewFake(time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC))
	var observed []string
	c := wiretest.ServeWith(t, wire.Options{
		Dialects: []*wire.Dialect{apig.Dialect(things())},
		Clock: func() time.Time {
			at.Advance(time.Second)
			return at.Now()
		},
		Observe: func(route *wire.Route, status int, d time.Duration) {
			action := "-"
			if route != nil {
				action = route.Action
			}
			observed = append(observed, fmt.Sprintf("%s %d %v", action, status, d))
		},
	})
	m := c.As("project=p1;roles=member;user=u1;user_name=n1;domain=d1;access=AK1")
	first := m.Do("POST", "/v1.0/things", `{"name":"x"}`)
	m.Do("POST", "/v1.0/things", `{"name":`)
	m.Do("DELETE", "/v1.0/things/"+strings.Repeat("a", 100), nil)
	c.As("project=p1;roles=reader;user=u2").Do("DELETE", "/v1.0/things/t1", nil)
	c.Do("POST", "/v1.0/login", `{"name":"secret"}`)
	// None of these leaves a record.
	c.Do("DELETE", "/v1.0/things/t1", nil)
	m.Do("GET", "/v1.0/things/t1", nil)
	m.Do("POST", "/nowhere", nil)

	records := c.Audit()
	want := wire.AuditRecord{
		Time: time.Date(2026, 1, 2, 3, 4, 7, 0, time.UTC), RequestID: first.Header.Get("X-Request-Id"), Action: "t:things:create",
		UserID: "u1", UserName: "n1", DomainID: "d1", ProjectID: "p1", Credential: "aksk", AccessKey: "AK1",
		Resource: "id-of-x", Status: 201, Remote: "192.0.2.1", Duration: time.Second,
	}
	if len(records) != 5 || records[0] != want {
		t.Fatalf("%d records, the first %+v\nwant 5, %+v", len(records), records[0], want)
	}
	for i, tail := range []string{
		"id-of-x 201 ", " 400 APIG.2000", strings.Repeat("a", 64) + " 204 ", "t1 403 APIC.7110", " 201 ",
	} {
		r := records[i]
		if got := fmt.Sprintf("%s %d %s", r.Resource, r.Status, r.ErrorCode); got != tail {
			t.Errorf("record %d is %q, want %q", i, got, tail)
		}
	}
	if got, want := strings.Join(observed[len(observed)-3:], ", "), "t:things:delete 401 1s, t:things:get 200 1s, - 404 1s"; got != want {
		t.Errorf("observed %s, want %s", got, want)
	}
}

func TestLanguage(t *testing.T) {
	var chinese bool
	c := wiretest.Serve(t, apig.Dialect([]wire.Route{{
		Method: "GET", Pattern: "/v1.0/x", Action: "t:x:get", Access: wire.Public,
		Handle: wire.Done(func(r *wire.Request) error { chinese = r.Chinese; return nil }),
	}}))
	for language, want := range map[string]bool{"zh-cn": true, "ZH-CN": true, "en-us": false, "": false, "fr": false} {
		if c.Do("GET", "/v1.0/x", nil, "X-Language", language).Want(204); chinese != want {
			t.Errorf("X-Language %q: Chinese is %v", language, chinese)
		}
	}
}

// Over a real connection: the server neither waits for a body it refused, nor
// answers twice.
func TestRefusalsOverAConnection(t *testing.T) {
	h, err := wire.New(wire.Options{Dialects: []*wire.Dialect{apig.Dialect(things())}, Authenticate: wiretest.Authenticate})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(h)
	defer server.Close()
	request, err := http.NewRequest("POST", server.URL+"/v1.0/things", strings.NewReader(strings.Repeat(" ", 2<<20)))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set(wiretest.ActorHeader, member)
	response, err := server.Client().Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if response.StatusCode != 413 || !response.Close {
		t.Errorf("status %d, close %v; want 413 and close", response.StatusCode, response.Close)
	}
}
