package clients_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/lestrrat-go/jwx/v3/jwa"
	"github.com/lestrrat-go/jwx/v3/jwk"
	"github.com/lestrrat-go/jwx/v3/jws"
	"github.com/lestrrat-go/jwx/v3/jwt"
)

const thirdBase = "/apis/ghippo.io/v1alpha1"

// TestPublishedKeysVerifyTokens checks tokens of the third dialect with a library
// that did not sign them and with the keys that the discovery document leads to:
// before a rotation, after it, and after one that revokes.
func TestPublishedKeysVerifyTokens(t *testing.T) {
	t.Parallel()
	l := serve(t)
	var pair struct{ AK, SK string }
	l.do("POST", thirdBase+"/current-user/accesskeys", object{}).want(t, 200).decode(t, &pair)
	var me struct {
		Token struct {
			User struct{ ID string }
		}
	}
	r, err := http.NewRequest("GET", l.management+"/v3/auth/tokens", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("X-Auth-Token", l.token)
	r.Header.Set("X-Subject-Token", l.token)
	send(t, r).want(t, 200).decode(t, &me)

	first := l.exchange(pair.AK, pair.SK)
	before := verified(t, l, first, me.Token.User.ID)
	l.do("POST", thirdBase+"/certs/rotate", object{}).want(t, 200)
	if again := verified(t, l, first, me.Token.User.ID); again != before {
		t.Errorf("the key of one token is %s, then %s", before, again)
	}
	second := l.exchange(pair.AK, pair.SK)
	if after := verified(t, l, second, me.Token.User.ID); after == before {
		t.Errorf("the new token is signed with the old key %s", after)
	}
	for _, token := range []string{first, second} {
		if status := l.with(token); status != 200 {
			t.Errorf("the platform itself answers %d to a token", status)
		}
	}
	l.do("POST", thirdBase+"/certs/rotate", object{"revoke": true}).want(t, 200)
	for _, token := range []string{first, second} {
		if _, err := jwt.ParseString(token, jwt.WithKeySet(keys(t, l))); err == nil {
			t.Error("a revoked key still verifies")
		}
		if status := l.with(token); status != 401 {
			t.Errorf("the platform itself answers %d to a token of a revoked key", status)
		}
	}
	verified(t, l, l.exchange(pair.AK, pair.SK), me.Token.User.ID)
}

// exchange makes a token of a key pair.
func (l *lintel) exchange(ak, sk string) string {
	l.t.Helper()
	var made struct{ Token string }
	l.do("POST", thirdBase+"/token", object{"ak": ak, "sk": sk}).want(l.t, 200).decode(l.t, &made)
	return made.Token
}

// with asks for groups with nothing but the token.
func (l *lintel) with(token string) int {
	l.t.Helper()
	r, err := http.NewRequest("GET", l.management+"/v1.0/apigw/api-groups", nil)
	if err != nil {
		l.t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+token)
	return send(l.t, r).status
}

// keys are those that the discovery document leads to.
func keys(t *testing.T, l *lintel) jwk.Set {
	t.Helper()
	get := func(url string) *answer {
		r, err := http.NewRequest("GET", url, nil)
		if err != nil {
			t.Fatal(err)
		}
		return send(t, r).want(t, 200)
	}
	var configuration struct {
		Issuer string `json:"issuer"`
		Keys   string `json:"jwks_uri"`
	}
	get(l.management+thirdBase+"/.well-known/openid-configuration").decode(t, &configuration)
	if configuration.Issuer != "ghippo.io" {
		t.Errorf("issuer %q", configuration.Issuer)
	}
	set, err := jwk.ParseString(get(configuration.Keys).body)
	if err != nil {
		t.Fatal(err)
	}
	for i := range set.Len() {
		key, _ := set.Key(i)
		if private, err := jwk.IsPrivateKey(key); err != nil || private {
			t.Errorf("key %d is private: %v, %v", i, private, err)
		}
	}
	return set
}

// verified checks a token and its claims and answers the id of its key.
func verified(t *testing.T, l *lintel, token, userID string) string {
	t.Helper()
	parsed, err := jwt.ParseString(token, jwt.WithKeySet(keys(t, l)), jwt.WithIssuer("ghippo.io"), jwt.WithSubject(userID), jwt.WithValidate(true))
	if err != nil {
		t.Fatal(err)
	}
	expires, _ := parsed.Expiration()
	issued, _ := parsed.IssuedAt()
	var name string
	var groups []any
	if err := parsed.Get("preferred_username", &name); err != nil || name != "admin" || expires.Sub(issued) != 3*24*time.Hour {
		t.Errorf("claims of %q for %v (%v)", name, expires.Sub(issued), err)
	}
	if err := parsed.Get("groups", &groups); err != nil || groups == nil || len(groups) != 0 {
		t.Errorf("groups %v (%v)", groups, err)
	}
	message, err := jws.ParseString(token)
	if err != nil {
		t.Fatal(err)
	}
	header := message.Signatures()[0].ProtectedHeaders()
	algorithm, _ := header.Algorithm()
	kid, _ := header.KeyID()
	kind, _ := header.Type()
	if algorithm != jwa.RS256() || kind != "JWT" || kid == "" {
		t.Errorf("header %v %v %v", algorithm, kind, kid)
	}
	return kid
}
