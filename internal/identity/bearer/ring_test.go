package bearer_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/lintel-gateway/lintel/internal/identity/bearer"
	"github.com/lintel-gateway/lintel/internal/identity/identitytest"
)

func (p pair) as(w *identitytest.World, t *testing.T) func() {
	token := p.token(w)
	return func() { t.Helper(); w.Do("POST", probe, nil, with(token)...).Want(200) }
}

func kids(w *identitytest.World) []string {
	var all []string
	for _, k := range w.Do("GET", certsPath, nil).Want(200).Get("keys").([]any) {
		all = append(all, k.(object)["kid"].(string))
	}
	return all
}

// TestPublishedKeys: a set with public members only, never empty.
func TestPublishedKeys(t *testing.T) {
	identitytest.Each(t, func(t *testing.T, w *identitytest.World) {
		a := w.Do("GET", certsPath, nil).Want(200)
		_, kid := active(t, w)
		for field, want := range map[string]string{"kty": "RSA", "use": "sig", "alg": "RS256", "kid": kid, "e": "AQAB"} {
			if got := a.Text("keys.0." + field); got != want {
				t.Errorf("%s is %q, want %q", field, got, want)
			}
		}
		if key := a.Get("keys.0").(object); len(key) != 6 || len(key["n"].(string)) != 342 || a.Has("keys.1") {
			t.Errorf("keys %s", a.Body)
		}
		c := w.Do("GET", "/apis/ghippo.io/v1alpha1/.well-known/openid-configuration", nil).Want(200)
		if c.Text("issuer") != "ghippo.io" || !strings.HasSuffix(c.Text("jwks_uri"), certsPath) || c.Has("token_endpoint") || c.Has("authorization_endpoint") {
			t.Errorf("configuration %s", c.Body)
		}
	})
}

// TestFirstKeyIsOne: however many ask at once, on two nodes.
func TestFirstKeyIsOne(t *testing.T) {
	identitytest.Each(t, func(t *testing.T, w *identitytest.World) {
		p, other := newPair(t, w, w.Alice), node(t, w)
		var all sync.WaitGroup
		for range 4 {
			all.Go(func() { p.token(w) })
			all.Go(func() {
				if _, _, err := other.Sign(t.Context(), bearer.Claims{UserID: "u", ID: "i", IssuedAt: w.Clock.Now()}); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		if got := kids(w); len(got) != 1 {
			t.Errorf("keys %v", got)
		}
	})
}

// TestRotation: tokens of the key before stay valid until their time is over,
// its private half is gone, and new tokens are of the new key.
func TestRotation(t *testing.T) {
	identitytest.Each(t, func(t *testing.T, w *identitytest.World) {
		admin := []string{"X-Auth-Token", w.LogIn("admin", nil)}
		p := newPair(t, w, w.Alice)
		old := p.as(w, t)
		_, before := active(t, w)
		now := w.Do("POST", certsPath+"/rotate", nil, admin...).Want(200).Text("kid")
		if got := kids(w); len(got) != 2 || now == before || got[0] != now && got[1] != now {
			t.Fatalf("keys %v; rotated from %s to %s", got, before, now)
		}
		old()
		if got := part(t, p.token(w), 0); !strings.Contains(got, now) {
			t.Errorf("signed with %s, want %s", got, now)
		}
		var private string
		if err := w.DB.QueryRow(t.Context(), `SELECT private FROM identity_signing_keys WHERE kid = $1`, before).Scan(&private); err != nil || private != "" {
			t.Errorf("the private half of a retired key is %d bytes (%v)", len(private), err)
		}
		w.Do("POST", certsPath+"/rotate", nil, "X-Auth-Token", w.LogIn("alice", nil)).Refused(403, "", "ghippo:certs:rotate")
		w.Do("POST", certsPath+"/rotate", object{"revoke": "true"}, admin...).Refused(400, "", "revoke")
	})
}

// TestRevokingRotation: what was signed until now ends at once, although it is
// remembered as checked.
func TestRevokingRotation(t *testing.T) {
	identitytest.Each(t, func(t *testing.T, w *identitytest.World) {
		admin := []string{"X-Auth-Token", w.LogIn("admin", nil)}
		p := newPair(t, w, w.Alice)
		token := p.token(w)
		w.Do("POST", probe, nil, with(token)...).Want(200)
		w.Do("POST", certsPath+"/rotate", object{"revoke": true}, admin...).Want(200)
		w.Do("POST", probe, nil, with(token)...).Want(401)
		if got := kids(w); len(got) != 1 {
			t.Errorf("keys %v", got)
		}
		p.as(w, t)()
	})
}

// TestUpkeep: a key signs for 90 days and is published for a year more, or as
// long as an access token counts that it signed.
func TestUpkeep(t *testing.T) {
	identitytest.Each(t, func(t *testing.T, w *identitytest.World) {
		ring := node(t, w)
		upkeep := func(after time.Duration) int {
			t.Helper()
			w.Clock.Advance(after)
			if err := ring.Upkeep(t.Context()); err != nil {
				t.Fatal(err)
			}
			return count(t, w)
		}
		if n := upkeep(bearer.RotateAfter); n != 0 {
			t.Errorf("%d keys without need of one", n)
		}
		p := newPair(t, w, w.Alice)
		p.token(w)
		_, first := active(t, w)
		w.Do("POST", "/apis/ghippo.io/v1alpha1/current-user/accesstoken", object{"name": "forever"}, "X-Auth-Token", w.LogIn("alice", nil)).Want(200)
		if n := upkeep(bearer.RotateAfter - time.Second); n != 1 {
			t.Errorf("%d keys before its time", n)
		}
		if n := upkeep(time.Second); n != 2 {
			t.Errorf("%d keys after 90 days", n)
		}
		for range 5 {
			upkeep(bearer.RotateAfter)
		}
		// The second was retired 450 days ago, the first is held by the access token.
		if n := upkeep(bearer.RotateAfter); n != 7 || !published(t, w, first) {
			t.Errorf("%d keys, the first among them: %v", n, published(t, w, first))
		}
		list := w.Do("GET", "/apis/ghippo.io/v1alpha1/current-user/accesstokens", nil, "X-Auth-Token", w.LogIn("alice", nil)).Want(200)
		w.Do("DELETE", "/apis/ghippo.io/v1alpha1/current-user/accesstokens/"+list.Text("items.0.id"), nil, "X-Auth-Token", w.LogIn("alice", nil)).Want(200)
		upkeep(bearer.RotateAfter)
		if published(t, w, first) {
			t.Error("the first key is kept for nothing")
		}
	})
}

// TestKeysOfOtherNodes: a token of a key that this node has not heard of costs
// one look-up and is accepted; a kid of nowhere is looked up once.
func TestKeysOfOtherNodes(t *testing.T) {
	identitytest.Each(t, func(t *testing.T, w *identitytest.World) {
		p := newPair(t, w, w.Alice)
		p.as(w, t)()
		other, here := node(t, w), node(t, w)
		claims := bearer.Claims{
			ID: "i", UserID: w.Alice.ID, IssuedAt: w.Clock.Now(), Expires: w.Clock.Now().Add(time.Hour),
			Credential: bearer.Credential{Kind: bearer.AccessKey, ID: bearer.Digest(p.ak)},
		}
		if _, err := here.Check(t.Context(), p.token(w)); err != nil {
			t.Fatal(err)
		}
		if _, err := other.Rotate(t.Context(), false); err != nil {
			t.Fatal(err)
		}
		raw, _, err := other.Sign(t.Context(), claims)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := here.Check(t.Context(), raw); err != nil {
			t.Errorf("a token of another node's new key: %v", err)
		}
	})
}

func count(t *testing.T, w *identitytest.World) (n int) {
	t.Helper()
	if err := w.DB.QueryRow(t.Context(), `SELECT COUNT(*) FROM identity_signing_keys`).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func published(t *testing.T, w *identitytest.World, kid string) bool {
	t.Helper()
	var n int
	if err := w.DB.QueryRow(t.Context(), `SELECT COUNT(*) FROM identity_signing_keys WHERE kid = $1`, kid).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n == 1
}
