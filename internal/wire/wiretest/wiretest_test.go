package wiretest_test

import (
	"fmt"
	"net/http"
	"reflect"
	"strings"
	"testing"

	"github.com/lintel-gateway/lintel/internal/wire"
	"github.com/lintel-gateway/lintel/internal/wire/apig"
	"github.com/lintel-gateway/lintel/internal/wire/wiretest"
)

// verdict records what a test would have reported.
type verdict struct {
	testing.TB
	faults []string
}

func (v *verdict) Helper() {}
func (v *verdict) Errorf(format string, args ...any) {
	v.faults = append(v.faults, fmt.Sprintf(format, args...))
}

// Fatalf ends the function by a panic, as Goexit would end the test.
func (v *verdict) Fatalf(format string, args ...any) {
	v.Errorf(format, args...)
	panic(v)
}

// faults is what f reports.
func faults(f func(t testing.TB)) []string {
	v := &verdict{}
	func() {
		defer func() {
			if p := recover(); p != nil && p != v {
				panic(p)
			}
		}()
		f(v)
	}()
	return v.faults
}

func TestActor(t *testing.T) {
	got, err := wiretest.Actor("project=p; roles=admin,member;user=u;user_name=n;domain=d;domain_name=dn;project_name=pn;scope_domain=s;access=AK")
	want := wire.Actor{
		UserID: "u", UserName: "n", DomainID: "d", DomainName: "dn", ProjectID: "p", ProjectName: "pn", ScopeDomainID: "s",
		Roles: []string{"admin", "member"}, Credential: "aksk", AccessKey: "AK",
	}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, %v; want %+v", got, err, want)
	}
	if _, err := wiretest.Actor("role=admin"); err == nil {
		t.Error("a misspelt key was taken")
	}
}

func echo() []wire.Route {
	return []wire.Route{{
		Method: "POST", Pattern: "/v1.0/echo", Action: "t:echo:create", Access: wire.Authenticated,
		Handle: wire.Body(func(_ *wire.Request, in *map[string]any) (map[string]any, error) {
			if (*in)["fail"] != nil {
				return nil, apig.NoAPI("x")
			}
			return *in, nil
		}),
	}}
}

func TestQuestionsToAnswers(t *testing.T) {
	c := wiretest.Serve(t, apig.Dialect(echo())).As("user=u")
	r := c.Do("POST", "/v1.0/echo", map[string]any{"a": []any{1, map[string]any{"b": "x"}}, "n": nil}).Want(200)
	if r.Text("a.1.b") != "x" || r.Text("a.0") != "1" || !r.Has("n") || r.Has("a.2") || r.Has("a.x") || r.Has("a.0.y") {
		t.Errorf("questions to %s", r.Body)
	}
	c.Do("POST", "/v1.0/echo", `{"fail":true}`).Refused(404, "APIG.3002", "API x")
}

func TestWrongAnswersAreReported(t *testing.T) {
	c := wiretest.Serve(t, apig.Dialect(echo())).As("user=u")
	tests := []struct {
		name string
		f    func(t testing.TB)
		want string
	}{
		{"status", func(t testing.TB) { c.For(t).Do("POST", "/v1.0/echo", `{}`).Want(201) }, "status 200, want 201"},
		{"code", func(t testing.TB) { c.For(t).Do("POST", "/v1.0/echo", `{"fail":1}`).Refused(404, "APIG.3001") }, `"APIG.3002", want "APIG.3001"`},
		{"text", func(t testing.TB) { c.For(t).Do("POST", "/v1.0/echo", `{"fail":1}`).Refused(404, "APIG.3002", "nope") }, "does not have"},
		{"value", func(t testing.TB) { c.For(t).Do("POST", "/v1.0/echo", `{}`).Get("a") }, "has no a"},
		{"promises", func(t testing.TB) { wiretest.New(t, plain{}).Do("GET", "/", nil) }, "X-Request-Id is"},
	}
	for _, tt := range tests {
		if got := faults(tt.f); !strings.Contains(strings.Join(got, "\n"), tt.want) {
			t.Errorf("%s: reported %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestCoverage(t *testing.T) {
	c := wiretest.Serve(t, apig.Dialect(echo())).As("user=u")
	covered := func() string {
		return strings.Join(faults(func(t testing.TB) { c.For(t).Covered(echo()) }), "|")
	}
	for _, want := range []string{"no scenario: t:echo:create: refusal|no scenario: t:echo:create: success", "no scenario: t:echo:create: refusal", ""} {
		if got := covered(); got != want {
			t.Errorf("reported %q, want %q", got, want)
		}
		if want == "no scenario: t:echo:create: refusal" {
			c.Do("POST", "/v1.0/echo", `{"fail":1}`).Want(404)
		} else {
			c.Do("POST", "/v1.0/echo", `{}`).Want(200)
		}
	}
}

// plain answers without any of the promises.
type plain struct{}

func (plain) ServeHTTP(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "hello") }
