package bearer_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"errors"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/lintel-gateway/lintel/internal/identity/bearer"
	"github.com/lintel-gateway/lintel/internal/identity/identitytest"
	"github.com/lintel-gateway/lintel/internal/identity/tokens"
)

// encoded is a token of parts that anybody can write.
func encoded(t testing.TB, header object, claims, signature string) string {
	t.Helper()
	raw, err := json.Marshal(header)
	if err != nil {
		t.Fatal(err)
	}
	return base64.RawURLEncoding.EncodeToString(raw) + "." + claims + "." + signature
}

// forgeries are tokens that must not count, made around a good one.
func forgeries(t testing.TB, w *identitytest.World, good string) map[string]string {
	t.Helper()
	private, kid := active(t, w)
	claims := claimsOf(t, good)
	but := func(name string, value any) object {
		c := maps.Clone(claims)
		if c[name] = value; value == nil {
			delete(c, name)
		}
		return c
	}
	own := func(content any) string { return sign(t, private, jose.RS256, kid, &jose.SignerOptions{}, content) }
	parts := strings.Split(good, ".")
	public, err := x509.MarshalPKIXPublicKey(&private.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	another, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	last := good[len(good)-1]
	spare := good[:len(good)-1] + string("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"[strings.IndexByte("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_", last)^1])
	all := map[string]string{
		// CVE-2026-39999: the key chosen by its id, the algorithm by the token.
		"HS256 with the public key":    sign(t, public, jose.HS256, kid, &jose.SignerOptions{}, claims),
		"HS256 with the modulus":       sign(t, private.N.Bytes(), jose.HS256, kid, &jose.SignerOptions{}, claims),
		"RS512 with our own key":       sign(t, private, jose.RS512, kid, &jose.SignerOptions{}, claims),
		"PS256 with our own key":       sign(t, private, jose.PS256, kid, &jose.SignerOptions{}, claims),
		"none, no signature":           encoded(t, object{"alg": "none", "kid": kid, "typ": "JWT"}, parts[1], ""),
		"none, a signature":            encoded(t, object{"alg": "none", "kid": kid, "typ": "JWT"}, parts[1], parts[2]),
		"none in another case":         encoded(t, object{"alg": "nOnE", "kid": kid, "typ": "JWT"}, parts[1], ""),
		"no algorithm":                 encoded(t, object{"kid": kid, "typ": "JWT"}, parts[1], parts[2]),
		"another key under our id":     sign(t, another, jose.RS256, kid, &jose.SignerOptions{}, claims),
		"another key under its own id": sign(t, another, jose.RS256, strings.Repeat("A", 43), &jose.SignerOptions{}, claims),
		"another key, brought along":   sign(t, another, jose.RS256, "", &jose.SignerOptions{EmbedJWK: true}, claims),
		"our key with a jku":           sign(t, private, jose.RS256, kid, (&jose.SignerOptions{}).WithHeader("jku", "http://127.0.0.1/"), claims),
		"our key with a crit":          sign(t, private, jose.RS256, kid, (&jose.SignerOptions{}).WithCritical("b64").WithHeader("b64", true), claims),
		"no id":                        sign(t, private, jose.RS256, "", &jose.SignerOptions{}, claims),
		"id that is a path":            sign(t, private, jose.RS256, "../../../../etc/passwd", &jose.SignerOptions{}, claims),
		"header with a field twice":    base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none","alg":"RS256","kid":"`+kid+`","typ":"JWT"}`)) + "." + parts[1] + "." + parts[2],
		"claims of another":            parts[0] + "." + strings.Split(own(but("sub", w.Root.ID)), ".")[1] + "." + parts[2],
		"another issuer":               own(but("iss", "https://ghippo.io")),
		"no issuer":                    own(but("iss", nil)),
		"issued tomorrow":              own(but("iat", w.Clock.Now().Add(24*time.Hour).Unix())),
		"never issued":                 own(but("iat", nil)),
		"no user":                      own(but("sub", nil)),
		"no id of its own":             own(but("jti", nil)),
		"no credential":                own(but("lintel_credential", nil)),
		"credential of no kind":        own(but("lintel_credential", "password:"+w.Alice.ID)),
		"credential of another user":   own(but("sub", w.Bob.ID)),
		"times in words":               own(but("exp", "9999999999")),
		"a claim more":                 own(but("roles", []string{"admin"})),
		"claims that are a list":       own([]string{"sub"}),
		"nothing but a signed word":    own("x"),
		// CVE-2026-27840: truncated, and every other spelling of the same.
		"without its last character":   good[:len(good)-1],
		"without its last eight":       good[:len(good)-8],
		"without its signature":        parts[0] + "." + parts[1] + ".",
		"without signature and dot":    parts[0] + "." + parts[1],
		"spare bits in the last place": spare,
		"padded":                       good + "==",
		"a part more":                  good + ".x",
		"a blank before":               " " + good,
		"a blank behind":               good + " ",
		"a line break inside":          parts[0] + "." + parts[1] + ".\n" + parts[2],
		"other base64":                 parts[0] + "." + parts[1] + "." + strings.NewReplacer("-", "+", "_", "/").Replace(parts[2]) + "+",
		"as JSON":                      `{"payload":"` + parts[1] + `","protected":"` + parts[0] + `","signature":"` + parts[2] + `"}`,
		"giant":                        parts[0] + "." + strings.Repeat("A", bearer.MaxToken) + "." + parts[2],
		"giant and good":               own(but("preferred_username", strings.Repeat("x", bearer.MaxToken))),
		"dots":                         "..",
		"empty":                        "",
	}
	return all
}

// TestForgedTokens: refused by the ring, and on the wire with the one answer
// (CVE-2026-39999, CVE-2026-27840).
func TestForgedTokens(t *testing.T) {
	identitytest.Each(t, func(t *testing.T, w *identitytest.World) {
		p := newPair(t, w, w.Alice)
		good := p.token(w)
		ring := node(t, w)
		if _, err := ring.Check(t.Context(), good); err != nil {
			t.Fatal(err)
		}
		w.Do("POST", probe, nil, with(good)...).Want(200) // it is remembered, and nothing like it is
		for name, raw := range forgeries(t, w, good) {
			if _, err := ring.Check(t.Context(), raw); name != "credential of another user" && !errors.Is(err, tokens.ErrInvalid) {
				t.Errorf("%s: %v, want ErrInvalid", name, err)
			}
			if a := w.Do("POST", probe, nil, with(raw)...); a.Status != 401 || strings.Contains(string(a.Body), "token") {
				t.Errorf("%s: %d %s", name, a.Status, a.Body)
			}
		}
		w.Do("POST", probe, nil, with(good)...).Want(200)
	})
}

// TestTimesOfTokens: to the second, with a minute for clocks that are ahead.
func TestTimesOfTokens(t *testing.T) {
	identitytest.Each(t, func(t *testing.T, w *identitytest.World) {
		p := newPair(t, w, w.Alice)
		good := p.token(w)
		private, kid := active(t, w)
		ahead := func(d time.Duration) string {
			c := claimsOf(t, good)
			c["iat"] = w.Clock.Now().Add(d).Unix()
			return sign(t, private, jose.RS256, kid, &jose.SignerOptions{}, c)
		}
		w.Do("POST", probe, nil, with(ahead(time.Minute))...).Want(200)
		w.Do("POST", probe, nil, with(ahead(time.Minute+time.Second))...).Want(401)
		w.Clock.Advance(3*24*time.Hour - time.Second)
		w.Do("POST", probe, nil, with(good)...).Want(200)
		w.Clock.Advance(time.Second)
		w.Do("POST", probe, nil, with(good)...).Want(401)
		w.Do("GET", "/v3/auth/projects", nil, with(good)...).Refused(401, "", "requires authentication")
	})
}

// TestKidOfNowhere: made-up ids cost no more than a look-up each and fill
// nothing.
func TestKidOfNowhere(t *testing.T) {
	identitytest.Each(t, func(t *testing.T, w *identitytest.World) {
		p := newPair(t, w, w.Alice)
		good := p.token(w)
		ring := node(t, w)
		parts := strings.Split(good, ".")
		for i := range 3000 {
			id := base64.RawURLEncoding.EncodeToString(append(make([]byte, 30), byte(i>>8), byte(i)))
			raw := encoded(t, object{"alg": "RS256", "kid": id, "typ": "JWT"}, parts[1], parts[2])
			for range 2 {
				if _, err := ring.Check(t.Context(), raw); !errors.Is(err, tokens.ErrInvalid) {
					t.Fatal(err)
				}
			}
		}
		if n := ring.Unknown(); n == 0 || n > 1024 {
			t.Errorf("%d ids are remembered", n)
		}
		if _, err := ring.Check(t.Context(), good); err != nil {
			t.Error(err)
		}
	})
}

// FuzzCheck: whatever is sent is refused, and nothing that does not equal the
// good token is accepted.
func FuzzCheck(f *testing.F) {
	w := identitytest.New(f, open(f))
	p := newPair(f, w, w.Alice)
	good := p.token(w)
	for _, raw := range forgeries(f, w, good) {
		if len(raw) < 4<<10 {
			f.Add(raw)
		}
	}
	f.Add(good)
	ring := node(f, w)
	accepted := map[string]bool{good: true}
	for name, raw := range forgeries(f, w, good) {
		if name == "credential of another user" { // our key signed it: verify refuses it
			accepted[raw] = true
		}
	}
	f.Fuzz(func(t *testing.T, raw string) {
		_, err := ring.Check(t.Context(), raw)
		if err == nil && !accepted[raw] {
			t.Errorf("accepted %q", raw)
		}
		if err != nil && !errors.Is(err, tokens.ErrInvalid) {
			t.Errorf("%q: %v", raw, err)
		}
	})
}
