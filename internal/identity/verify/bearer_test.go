package verify_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/lintel-gateway/lintel/internal/identity"
	"github.com/lintel-gateway/lintel/internal/identity/accounts"
	"github.com/lintel-gateway/lintel/internal/identity/identitytest"
	"github.com/lintel-gateway/lintel/internal/identity/tokens"
	"github.com/lintel-gateway/lintel/internal/identity/verify"
	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/wire/ghippo"
)

const (
	tokenPath  = ghippo.Base + "/token"
	tokensPath = ghippo.Base + "/current-user/accesstoken"
	probePath  = "/v3/probe"
)

// jwt makes a key pair for a user and a token of it.
func jwt(t testing.TB, w *identitytest.World, user accounts.User) (access, token string) {
	t.Helper()
	k, text, err := w.Keys.CreatePair(t.Context(), user.ID, "")
	if err != nil {
		t.Fatal(err)
	}
	return k.Access, w.Do("POST", tokenPath, identitytest.Object{"ak": k.Access, "sk": text.Reveal()}).Want(200).Text("token")
}

// accessToken makes a named access token.
func accessToken(w *identitytest.World, name string) (id, token string) {
	a := w.Do("POST", tokensPath, identitytest.Object{"name": "t"}, "X-Auth-Token", w.LogIn(name, nil)).Want(200)
	return a.Text("id"), a.Text("token")
}

func bearer(token string, more ...string) []string {
	return append([]string{"Authorization", "Bearer " + token}, more...)
}

// TestBearerScope: as for signatures, the scope is what the headers ask for, else
// the default project.
func TestBearerScope(t *testing.T) {
	identitytest.Each(t, func(t *testing.T, w *identitytest.World) {
		_, byPair := jwt(t, w, w.Alice)
		_, byAccess := accessToken(w, "alice")
		for _, token := range []string{byPair, byAccess} {
			for _, tt := range []struct {
				headers       []string
				project, role string
			}{
				{nil, identitytest.Region, "member"},
				{[]string{"X-Project-Id", w.Workshop.ID}, "Workshop", "reader"},
				{[]string{"X-Project-Id", w.Workshop.ID, "X-Domain-Id", "default"}, "Workshop", "reader"},
			} {
				a := w.Do("POST", probePath, nil, bearer(token, tt.headers...)...).Want(200)
				if a.Text("project") != tt.project || a.Text("roles.0") != tt.role || a.Text("kind") != "bearer" || a.Text("user") != "alice" {
					t.Errorf("%v: %s", tt.headers, a.Body)
				}
			}
			a := w.Do("POST", probePath, nil, bearer(token, "X-Domain-Id", "default")...).Want(200)
			if a.Text("domain") != "default" || a.Text("project") != "" {
				t.Errorf("domain: %s", a.Body)
			}
			w.Do("POST", probePath, nil, bearer(token, "X-Project-Id", "unknown")...).Want(401)
			w.Do("POST", probePath, nil, bearer(token, "X-Domain-Id", w.Stranger.DomainID)...).Want(401)
			w.Do("POST", probePath+"/admin", nil, bearer(token)...).Want(403)
		}
		_, carol := jwt(t, w, w.Carol)
		w.Do("POST", probePath, nil, bearer(carol)...).Want(200)
		w.Do("POST", probePath+"/project", nil, bearer(carol)...).Want(401)
	})
}

// TestBearerTakesOurTokens: with the scope that they have, whatever the headers
// say.
func TestBearerTakesOurTokens(t *testing.T) {
	identitytest.Each(t, func(t *testing.T, w *identitytest.World) {
		token := w.LogIn("alice", identitytest.Project(w.Workshop.ID))
		for _, scheme := range []string{"Bearer ", "bearer ", "BEARER "} {
			a := w.Do("POST", probePath, nil, "Authorization", scheme+token, "X-Project-Id", w.Region.ID).Want(200)
			if a.Text("project") != "Workshop" || a.Text("kind") != "token" {
				t.Errorf("%s: %s", scheme, a.Body)
			}
		}
		for _, wrong := range []string{token[:len(token)-1], token + "=", token + "x", "x", "a.b", "a.b.c.d", "", " " + token} {
			w.Do("POST", probePath, nil, bearer(wrong)...).Want(401)
		}
		for _, scheme := range []string{"Bearer", "Bearer:" + token, "Basic " + token, "Token " + token, token} {
			w.Do("POST", probePath, nil, "Authorization", scheme).Want(401)
		}
		w.Do("DELETE", "/v3/auth/tokens", nil, "X-Auth-Token", token, "X-Subject-Token", token).Want(204)
		w.Do("POST", probePath, nil, bearer(token)...).Want(401)
	})
}

// TestOneCredential: a token in two places is refused, whichever is right
// (ecosystem 4.1 row 10: Kong #9946).
func TestOneCredential(t *testing.T) {
	identitytest.Each(t, func(t *testing.T, w *identitytest.World) {
		_, token := jwt(t, w, w.Alice)
		own := w.LogIn("alice", nil)
		w.Do("POST", probePath, nil, bearer(token, "X-Auth-Token", own)...).Want(401)
		w.Do("POST", probePath, nil, bearer(own, "X-Auth-Token", own)...).Want(401)
		w.Do("POST", probePath, nil, "X-Auth-Token", token).Want(401) // no token of that header
		w.Do("POST", probePath+"?access_token="+token, nil).Want(401)
		authenticate := w.Authenticate()
		r := httptest.NewRequest(http.MethodPost, probePath, nil)
		r.Header["Authorization"] = []string{"Bearer " + token, "Bearer " + own}
		if _, err := authenticate(r, nil); err == nil {
			t.Error("two Authorization headers were accepted")
		}
		// A token of this dialect is exchanged for nothing: it would gain a scope.
		w.Do("POST", "/v3/auth/tokens", identitytest.ByToken(token, nil)).Want(401)
	})
}

// TestBearerEnds: with its credential and with its user, here at once.
func TestBearerEnds(t *testing.T) {
	identitytest.Each(t, func(t *testing.T, w *identitytest.World) {
		admin := []string{"X-Auth-Token", w.LogIn("admin", nil)}
		refused := func(what, token string) {
			t.Helper()
			if a := w.Do("POST", probePath, nil, bearer(token)...); a.Status != 401 {
				t.Errorf("%s: status %d", what, a.Status)
			}
		}
		access, token := jwt(t, w, w.Alice)
		id, named := accessToken(w, "alice")
		for _, raw := range []string{token, named} {
			w.Do("POST", probePath, nil, bearer(raw)...).Want(200)
		}
		key := "/v3.0/OS-CREDENTIAL/credentials/" + access
		w.Do("PUT", key, identitytest.Object{"credential": identitytest.Object{"status": "inactive"}}, admin...).Want(200)
		refused("key off", token)
		w.Do("PUT", key, identitytest.Object{"credential": identitytest.Object{"status": "active"}}, admin...).Want(200)
		w.Do("POST", probePath, nil, bearer(token)...).Want(200)
		if err := w.Accounts.EnableUser(t.Context(), w.Alice.ID, false); err != nil {
			t.Fatal(err)
		}
		refused("user off, pair", token)
		refused("user off, access token", named)
		if err := w.Accounts.EnableUser(t.Context(), w.Alice.ID, true); err != nil {
			t.Fatal(err)
		}
		w.Do("POST", probePath, nil, bearer(named)...).Want(200)
		w.Clock.Advance(time.Second) // tokens of the moment in which the user was let in again are over
		w.Do("DELETE", tokensPath+"s/"+id, nil, "X-Auth-Token", w.LogIn("alice", nil)).Want(200)
		refused("access token deleted", named)
		w.Do("DELETE", key, nil, admin...).Want(204)
		refused("key deleted", token)

		_, token = jwt(t, w, w.Bob)
		_, named = accessToken(w, "bob")
		w.Do("POST", probePath, nil, bearer(token)...).Want(200)
		if err := w.Accounts.DeleteUser(t.Context(), accounts.Everywhere, w.Bob.ID); err != nil {
			t.Fatal(err)
		}
		refused("user deleted, pair", token)
		refused("user deleted, access token", named)
	})
}

// TestBearerEndsOnOtherNodes: when they read what changed, and within CacheTime
// when they cannot.
func TestBearerEndsOnOtherNodes(t *testing.T) {
	identitytest.Each(t, func(t *testing.T, w *identitytest.World) {
		other := w.Node()
		access, token := jwt(t, w, w.Alice)
		id, named := accessToken(w, "alice")
		there := func(raw string) error {
			r := httptest.NewRequest(http.MethodPost, probePath, nil)
			r.Header.Set("Authorization", "Bearer "+raw)
			_, err := other.Authenticate()(r, nil)
			return err
		}
		for _, raw := range []string{token, named} {
			if err := there(raw); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.AccessTokens.Delete(t.Context(), w.Alice.ID, id); err != nil {
			t.Fatal(err)
		}
		if err := other.Refresh(t.Context()); err != nil {
			t.Fatal(err)
		}
		if there(named) == nil {
			t.Error("a deleted access token counts after the other node has read of it")
		}
		if err := w.Keys.Remove(t.Context(), w.Alice.ID, access); err != nil {
			t.Fatal(err)
		}
		w.Clock.Advance(verify.CacheTime)
		if there(token) == nil {
			t.Error("a deleted key pair counts after CacheTime")
		}
	})
}

// TestAccessTokenMakesNoCredentials: what is given to a program never makes what
// outlives it (CVE-2026-33551, CVE-2026-43001); a token of a key pair, which is
// permanent itself, does.
func TestAccessTokenMakesNoCredentials(t *testing.T) {
	identitytest.Each(t, func(t *testing.T, w *identitytest.World) {
		id, named := accessToken(w, "admin")
		for _, call := range []string{
			"POST " + tokensPath, "DELETE " + tokensPath + "s/" + id, "POST " + ghippo.Base + "/current-user/accesskeys",
			"DELETE " + ghippo.Base + "/current-user/accesskeys/x", "POST /v3.0/OS-CREDENTIAL/credentials",
			"POST " + ghippo.Base + "/users/" + w.Bob.ID + "/accesstoken", "DELETE " + ghippo.Base + "/users/" + w.Bob.ID + "/accesstokens/x",
		} {
			method, path, _ := strings.Cut(call, " ")
			body := identitytest.Object{"name": "child", "credential": identitytest.Object{}}
			if a := w.Do(method, path, body, bearer(named)...); a.Status != 403 {
				t.Errorf("%s: %d %s, want 403", call, a.Status, a.Body)
			}
		}
		w.Do("GET", tokensPath+"s", nil, bearer(named)...).Want(200)
		_, token := jwt(t, w, w.Alice)
		w.Do("POST", tokensPath, identitytest.Object{"name": "child"}, bearer(token)...).Want(200)
	})
}

// TestBearerForGateways: the user of either kind of token, and why not.
func TestBearerForGateways(t *testing.T) {
	identitytest.Each(t, func(t *testing.T, w *identitytest.World) {
		access, token := jwt(t, w, w.Alice)
		for _, raw := range []string{token, w.LogIn("alice", nil)} {
			u, err := w.Signatures().Bearer(raw)
			if err != nil || u.UserID != w.Alice.ID || u.UserName != "alice" || u.DomainID != "default" || u.ProjectID != w.Region.ID {
				t.Errorf("%+v, %v", u, err)
			}
		}
		for _, wrong := range []string{"", "x", "a.b.c", token[:len(token)-1], token + "."} {
			if _, err := w.Signatures().Bearer(wrong); !errors.Is(err, tokens.ErrInvalid) {
				t.Errorf("%q: %v", wrong, err)
			}
		}
		w.Clock.Advance(3 * 24 * time.Hour)
		if _, err := w.Signatures().Bearer(token); !errors.Is(err, tokens.ErrExpired) {
			t.Errorf("over: %v", err)
		}
		w.Clock.Advance(-time.Hour)
		if err := w.Keys.Remove(t.Context(), w.Alice.ID, access); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Signatures().Bearer(token); !errors.Is(err, tokens.ErrRevoked) {
			t.Errorf("without its key: %v", err)
		}
	})
}

// bench is a World for measurements.
func bench(t testing.TB) *identitytest.World {
	t.Helper()
	db, err := store.Open(t.Context(), "sqlite:"+t.TempDir()+"/bench.db", store.Options{Schemas: identity.Schemas()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return identitytest.New(t, db)
}

// TestCachedBearerAllocates at most twice, of either kind.
func TestCachedBearerAllocates(t *testing.T) {
	if race {
		t.Skip("the race detector allocates")
	}
	w := bench(t)
	_, token := jwt(t, w, w.Alice)
	for name, raw := range map[string]string{"JWT": token, "own": w.LogIn("alice", nil)} {
		if n := testing.AllocsPerRun(100, func() {
			if _, err := w.Signatures().Bearer(raw); err != nil {
				t.Fatal(err)
			}
		}); n > 2 {
			t.Errorf("%s: %v allocations, want 2 at most", name, n)
		}
		r := httptest.NewRequest(http.MethodPost, probePath, nil)
		r.Header.Set("Authorization", "Bearer "+raw)
		authenticate := w.Authenticate()
		if n := testing.AllocsPerRun(100, func() {
			if _, err := authenticate(r, nil); err != nil {
				t.Fatal(err)
			}
		}); n > 2 {
			t.Errorf("request with %s: %v allocations, want 2 at most", name, n)
		}
	}
}

func BenchmarkBearer(b *testing.B) {
	w := bench(b)
	_, token := jwt(b, w, w.Alice)
	for name, raw := range map[string]string{"JWT, cached": token, "own": w.LogIn("alice", nil)} {
		r := httptest.NewRequest(http.MethodPost, probePath, nil)
		r.Header.Set("Authorization", "Bearer "+raw)
		authenticate := w.Authenticate()
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := authenticate(r, nil); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	b.Run("JWT, first", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := w.Ring().Check(b.Context(), token); err != nil {
				b.Fatal(err)
			}
		}
	})
}
