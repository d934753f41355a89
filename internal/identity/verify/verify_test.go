package verify_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/lintel-gateway/lintel/internal/identity/accounts"
	"github.com/lintel-gateway/lintel/internal/identity/identitytest"
	"github.com/lintel-gateway/lintel/internal/signature"
	"github.com/lintel-gateway/lintel/internal/wire"
)

// pair is an access key with its secret.
type pair struct {
	access string
	secret []byte
}

func key(t testing.TB, w *identitytest.World, u accounts.User) pair {
	t.Helper()
	k, text, err := w.Keys.Create(t.Context(), u.ID, "")
	if err != nil {
		t.Fatal(err)
	}
	return pair{k.Access, []byte(text.Reveal())}
}

const body = `{"text":"hello"}`

// request is a signed request to a probe.
func (p pair) request(t testing.TB, w *identitytest.World, content string, headers ...string) *http.Request {
	t.Helper()
	r := httptest.NewRequest("POST", "/v3/probe?b=2&a=1%20x", strings.NewReader(content))
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	if err := signature.SignRequest(r, p.access, p.secret, w.Clock.Now()); err != nil {
		t.Fatal(err)
	}
	return r
}

// authenticate hands r to the authenticator and counts how often it reads the
// body.
func authenticate(w *identitytest.World, r *http.Request) (actor wire.Actor, reads int, err error) {
	content, err := io.ReadAll(r.Body)
	if err != nil {
		return wire.Actor{}, 0, err
	}
	actor, err = w.Authenticate()(r, func() ([]byte, error) {
		reads++
		return content, nil
	})
	return actor, reads, err
}

func refusal(err error) wire.Refusal {
	var auth *wire.AuthError
	if errors.As(err, &auth) {
		return auth.Refusal
	}
	return 0
}

func TestSignatureIsAccepted(t *testing.T) {
	identitytest.Each(t, func(t *testing.T, w *identitytest.World) {
		alice := key(t, w, w.Alice)
		r := w.Do("POST", "/v3/probe", body, w.Sign(alice.access, alice.secret, "POST", "/v3/probe", body)...).Want(200)
		for field, want := range map[string]string{"user": "alice", "project": "RegionOne", "roles": "[member]", "kind": "aksk", "body": "hello"} {
			if got := r.Text(field); got != want {
				t.Errorf("%s is %q, want %q", field, got, want)
			}
		}
		path := "/v3/projects?name=RegionOne&enabled=true"
		if r := w.Do("GET", path, nil, w.Sign(alice.access, alice.secret, "GET", path, "")...).Want(200); r.Text("projects.0.id") != w.Region.ID {
			t.Errorf("lists %s", r.Body)
		}
		for _, headers := range [][]string{
			{"X-Sdk-Content-Sha256", signature.UnsignedPayload},
			{"X-Sdk-Content-Sha256", signature.HashPayload([]byte(body))},
			{"X-Auth-Token", ""}, // empty is none
		} {
			if actor, _, err := authenticate(w, alice.request(t, w, body, headers...)); err != nil || actor.UserID != w.Alice.ID || actor.AccessKey != alice.access {
				t.Errorf("%v: %+v, %v", headers, actor, err)
			}
		}
	})
}

func TestScopeOfSignature(t *testing.T) {
	identitytest.Each(t, func(t *testing.T, w *identitytest.World) {
		alice, bob, root := key(t, w, w.Alice), key(t, w, w.Bob), key(t, w, w.Root)
		stranger := key(t, w, w.Stranger)
		for name, c := range map[string]struct {
			key             pair
			headers         []string
			project, domain string
			refused         bool
		}{
			"default project":           {key: alice, project: "RegionOne"},
			"no role anywhere near":     {key: bob},
			"a project":                 {key: alice, headers: []string{"X-Project-Id", w.Workshop.ID}, project: "Workshop"},
			"project and domain":        {key: alice, headers: []string{"X-Project-Id", w.Workshop.ID, "X-Domain-Id", "x"}, project: "Workshop"},
			"a domain":                  {key: root, headers: []string{"X-Domain-Id", "default"}, domain: "default"},
			"a project without a role":  {key: bob, headers: []string{"X-Project-Id", w.Region.ID}, refused: true},
			"an unknown project":        {key: alice, headers: []string{"X-Project-Id", "x"}, refused: true},
			"one's own domain, no role": {key: alice, headers: []string{"X-Domain-Id", "default"}, domain: "default"},
			"an unknown domain":         {key: alice, headers: []string{"X-Domain-Id", "x"}, refused: true},
			"a foreign domain":          {key: stranger, headers: []string{"X-Domain-Id", "default"}, refused: true},
		} {
			for range 2 { // the second answer comes from the cache
				r := c.key.request(t, w, "")
				for i := 0; i+1 < len(c.headers); i += 2 {
					r.Header.Set(c.headers[i], c.headers[i+1]) // not signed, as clients do it
				}
				actor, _, err := authenticate(w, r)
				if (err != nil) != c.refused || actor.ProjectName != c.project || actor.ScopeDomainID != c.domain {
					t.Errorf("%s: %+v, %v", name, actor, err)
				}
			}
		}
		w.Do("POST", "/v3/probe/project", nil, w.Sign(bob.access, bob.secret, "POST", "/v3/probe/project", "")...).Want(401)
		w.Do("POST", "/v3/probe/admin", nil, w.Sign(alice.access, alice.secret, "POST", "/v3/probe/admin", "")...).Want(403)
		w.Do("POST", "/v3/probe/admin", nil, w.Sign(root.access, root.secret, "POST", "/v3/probe/admin", "")...).Want(200)
		// Without a default project the one named like the region counts.
		if err := w.Accounts.Assign(t.Context(), w.Bob.ID, accounts.RoleReader, accounts.OnProject, w.Region.ID); err != nil {
			t.Fatal(err)
		}
		if actor, _, err := authenticate(w, bob.request(t, w, "")); err != nil || actor.ProjectName != "RegionOne" || !actor.ReadOnly() {
			t.Errorf("with a role in the region's project: %+v, %v", actor, err)
		}
	})
}

func TestSignatureWindow(t *testing.T) {
	identitytest.Each(t, func(t *testing.T, w *identitytest.World) {
		alice := key(t, w, w.Alice)
		for shift, want := range map[time.Duration]wire.Refusal{
			15 * time.Minute: 0, 15*time.Minute + time.Second: wire.Expired,
			-15 * time.Minute: 0, -15*time.Minute - time.Second: wire.Expired,
		} {
			r := alice.request(t, w, body)
			w.Clock.Advance(shift)
			_, reads, err := authenticate(w, r)
			if refusal(err) != want {
				t.Errorf("%v later: %v", shift, err)
			}
			if want != 0 && reads != 0 {
				t.Errorf("%v later: the body was read", shift)
			}
			w.Clock.Advance(-shift)
		}
	})
}

// Whoever is unknown gets the answer of a wrong signature, and neither makes
// us read more than it must.
func TestSignatureIsRefused(t *testing.T) {
	identitytest.Each(t, func(t *testing.T, w *identitytest.World) {
		alice, off, carol := key(t, w, w.Alice), key(t, w, w.Alice), key(t, w, w.Carol)
		path := "/v3.0/OS-CREDENTIAL/credentials/" + off.access
		w.Do("PUT", path, identitytest.Object{"credential": identitytest.Object{"status": "inactive"}}, "X-Auth-Token", w.LogIn("alice", nil)).Want(200)
		if err := w.Accounts.EnableUser(t.Context(), w.Carol.ID, false); err != nil {
			t.Fatal(err)
		}
		wrong := pair{alice.access, []byte("not the secret")}
		unknown := pair{"UNKNOWNUNKNOWNUNKNOW", alice.secret}
		digest := []string{"X-Sdk-Content-Sha256", signature.HashPayload([]byte(body))}
		var text string
		for name, c := range map[string]struct {
			r     *http.Request
			reads int
		}{
			"unknown key":                   {unknown.request(t, w, body), 0},
			"unknown key, empty secret":     {pair{unknown.access, nil}.request(t, w, body), 0},
			"key switched off":              {off.request(t, w, body), 0},
			"disabled owner":                {carol.request(t, w, body), 0},
			"wrong secret":                  {wrong.request(t, w, body), 1},
			"wrong secret, digest declared": {wrong.request(t, w, body, digest...), 0},
			"another path":                  {tampered(alice.request(t, w, body), func(r *http.Request) { r.URL.Path = "/v3/probe/admin" }), 1},
			"another method":                {tampered(alice.request(t, w, body), func(r *http.Request) { r.Method = "PUT" }), 1},
			"another query":                 {tampered(alice.request(t, w, body), func(r *http.Request) { r.URL.RawQuery += "&c" }), 1},
			"another body":                  {tampered(alice.request(t, w, body), func(r *http.Request) { r.Body = io.NopCloser(bytes.NewReader([]byte("{}"))) }), 1},
			"a signed header is gone":       {tampered(alice.request(t, w, body, "X-Stage", "a"), func(r *http.Request) { r.Header.Del("X-Stage") }), 1},
			"a signed header changed":       {tampered(alice.request(t, w, body, "X-Stage", "a"), func(r *http.Request) { r.Header.Set("X-Stage", "b") }), 1},
			"payload declared afterwards":   {tampered(alice.request(t, w, body), func(r *http.Request) { r.Header.Set("X-Sdk-Content-Sha256", signature.UnsignedPayload) }), 0},
		} {
			_, reads, err := authenticate(w, c.r)
			if refusal(err) != wire.Invalid {
				t.Errorf("%s: %v", name, err)
				continue
			}
			if text == "" {
				text = err.Error()
			}
			if err.Error() != text {
				t.Errorf("%s: %q, others %q", name, err, text)
			}
			if reads != c.reads {
				t.Errorf("%s: the body was read %d times, want %d", name, reads, c.reads)
			}
			if _, _, err := authenticate(w, alice.request(t, w, body)); err != nil { // or the key would be locked
				t.Fatalf("after %s: %v", name, err)
			}
		}
		swapped := tampered(alice.request(t, w, body, digest...), func(r *http.Request) { r.Body = io.NopCloser(strings.NewReader("{}")) })
		if _, _, err := authenticate(w, swapped); refusal(err) != wire.Invalid {
			t.Errorf("a body that is not the declared one: %v", err)
		}
	})
}

func tampered(r *http.Request, change func(*http.Request)) *http.Request {
	change(r)
	return r
}

func TestWhichCredential(t *testing.T) {
	identitytest.Each(t, func(t *testing.T, w *identitytest.World) {
		alice, token := key(t, w, w.Alice), w.LogIn("alice", nil)
		signed := alice.request(t, w, "").Header.Get("Authorization")
		for name, c := range map[string]struct {
			change func(h http.Header)
			want   wire.Refusal
		}{
			"both":              {func(h http.Header) { h.Set("X-Auth-Token", token) }, wire.Invalid},
			"neither":           {func(h http.Header) { h.Del("Authorization") }, wire.Missing},
			"a wrong bearer":    {func(h http.Header) { h.Set("Authorization", "Bearer x"+token) }, wire.Invalid},
			"basic":             {func(h http.Header) { h.Set("Authorization", "Basic YTpi") }, wire.Invalid},
			"another algorithm": {func(h http.Header) { h.Set("Authorization", strings.Replace(signed, "SHA256", "SM3", 1)) }, wire.Invalid},
			"no date":           {func(h http.Header) { h.Del("X-Sdk-Date") }, wire.Invalid},
			"temporary key":     {func(h http.Header) { h.Set("X-Security-Token", "x") }, wire.Invalid},
			"date not signed": {func(h http.Header) {
				h.Set("Authorization", strings.Replace(signed, "SignedHeaders=host;x-sdk-date", "SignedHeaders=host", 1))
			}, wire.Invalid},
			"two tokens":     {func(h http.Header) { h.Del("Authorization"); h["X-Auth-Token"] = []string{token, token} }, wire.Invalid},
			"two signatures": {func(h http.Header) { h.Add("Authorization", signed) }, wire.Invalid},
			"two dates":      {func(h http.Header) { h.Add("X-Sdk-Date", h.Get("X-Sdk-Date")) }, wire.Invalid},
			"two payloads":   {func(h http.Header) { h["X-Sdk-Content-Sha256"] = []string{"a", "b"} }, wire.Invalid},
			"two projects":   {func(h http.Header) { h["X-Project-Id"] = []string{w.Region.ID, w.Workshop.ID} }, wire.Invalid},
			"two domains":    {func(h http.Header) { h["X-Domain-Id"] = []string{"a", "b"} }, wire.Invalid},
		} {
			r := alice.request(t, w, "")
			c.change(r.Header)
			if _, _, err := authenticate(w, r); refusal(err) != c.want {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

// Changes count at once here, and on another node after it has looked.
func TestChangesCountAtOnce(t *testing.T) {
	identitytest.Each(t, func(t *testing.T, w *identitytest.World) {
		alice, there := key(t, w, w.Alice), w.Node()
		accepted := func(node wire.Authenticator) bool {
			t.Helper()
			r := alice.request(t, w, "", "X-Project-Id", w.Workshop.ID)
			_, err := node(r, func() ([]byte, error) { return nil, nil })
			if err != nil && refusal(err) == 0 {
				t.Fatal(err)
			}
			return err == nil
		}
		step := func(what string, change func() error, want bool) {
			t.Helper()
			before := accepted(there.Authenticate())
			if err := change(); err != nil {
				t.Fatal(err)
			}
			if accepted(w.Authenticate()) != want {
				t.Errorf("%s: accepted here is not %v", what, want)
			}
			if accepted(there.Authenticate()) != before {
				t.Errorf("%s: another node knows without looking", what)
			}
			if err := there.Refresh(t.Context()); err != nil {
				t.Fatal(err)
			}
			if accepted(there.Authenticate()) != want {
				t.Errorf("%s: accepted there is not %v", what, want)
			}
		}
		ctx, a := t.Context(), w.Accounts
		switchKey := func(status string) func() error {
			return func() error {
				token := w.LogIn("alice", nil)
				w.Do("PUT", "/v3.0/OS-CREDENTIAL/credentials/"+alice.access,
					identitytest.Object{"credential": identitytest.Object{"status": status}}, "X-Auth-Token", token).Want(200)
				return nil
			}
		}
		step("nothing", func() error { return nil }, true)
		step("key off", switchKey("inactive"), false)
		step("key on", switchKey("active"), true)
		step("role gone", func() error { return a.Unassign(ctx, w.Alice.ID, "reader", accounts.OnProject, w.Workshop.ID) }, false)
		step("role back", func() error { return a.Assign(ctx, w.Alice.ID, "reader", accounts.OnProject, w.Workshop.ID) }, true)
		step("project off", func() error { return a.EnableProject(ctx, w.Workshop.ID, false) }, false)
		step("project on", func() error { return a.EnableProject(ctx, w.Workshop.ID, true) }, true)
		step("user off", func() error { return a.EnableUser(ctx, w.Alice.ID, false) }, false)
	})
}

// A signed request asks SQL nothing while its key and scope are cached.
func TestNoIO(t *testing.T) {
	identitytest.Each(t, func(t *testing.T, w *identitytest.World) {
		alice, unknown := key(t, w, w.Alice), pair{"UNKNOWNUNKNOWNUNKNOW", []byte("x")}
		away, cancel := context.WithCancel(t.Context())
		cancel() // every query fails
		try := func(p pair, ctx context.Context) error {
			_, _, err := authenticate(w, p.request(t, w, body).WithContext(ctx))
			return err
		}
		if err := try(alice, away); err == nil || refusal(err) != 0 {
			t.Errorf("at first SQL must be asked: %v", err)
		}
		if err := try(alice, t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := try(unknown, t.Context()); refusal(err) != wire.Invalid {
			t.Fatal(err)
		}
		w.Clock.Advance(5*time.Second - time.Millisecond)
		if err := try(alice, away); err != nil {
			t.Errorf("a known key: %v", err)
		}
		if err := try(unknown, away); refusal(err) != wire.Invalid {
			t.Errorf("an unknown key: %v", err)
		}
		w.Clock.Advance(time.Millisecond)
		for _, p := range []pair{alice, unknown} {
			if err := try(p, away); err == nil || refusal(err) != 0 {
				t.Errorf("after the time of the cache SQL must be asked: %v", err)
			}
		}
	})
}

func TestToken(t *testing.T) {
	identitytest.Each(t, func(t *testing.T, w *identitytest.World) {
		token := w.LogIn("alice", nil)
		r := httptest.NewRequest("POST", "/v3/probe", strings.NewReader(body))
		r.Header.Set("X-Auth-Token", token)
		r.Header.Set("X-Project-Id", w.Workshop.ID) // the token decides, not the header
		actor, reads, err := authenticate(w, r)
		if err != nil || reads != 0 || actor.ProjectID != w.Region.ID || actor.UserID != w.Alice.ID || actor.Credential != "token" || actor.AuditID == "" {
			t.Errorf("%+v after %d readings of the body, %v", actor, reads, err)
		}
		w.Clock.Advance(24*time.Hour - time.Second)
		if _, _, err := authenticate(w, r); err != nil {
			t.Errorf("one second before its end: %v", err)
		}
		w.Clock.Advance(time.Second)
		if _, _, err := authenticate(w, r); refusal(err) != wire.Expired {
			t.Errorf("at its end: %v", err)
		}
		r.Header.Set("X-Auth-Token", token[:len(token)-1])
		if _, _, err := authenticate(w, r); refusal(err) != wire.Invalid {
			t.Errorf("cut: %v", err)
		}
	})
}
