package bearer_test

import (
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"strings"
	"testing"

	"github.com/go-jose/go-jose/v4"

	"github.com/lintel-gateway/lintel/internal/identity"
	"github.com/lintel-gateway/lintel/internal/identity/accounts"
	"github.com/lintel-gateway/lintel/internal/identity/bearer"
	"github.com/lintel-gateway/lintel/internal/identity/identitytest"
	"github.com/lintel-gateway/lintel/internal/identity/tokens"
	"github.com/lintel-gateway/lintel/internal/ids"
	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/wire/ghippo"
)

type object = identitytest.Object

const (
	tokenPath = ghippo.Base + "/token"
	certsPath = ghippo.Base + "/certs"
	pairsPath = ghippo.Base + "/current-user/accesskeys"
	probe     = "/v3/probe"
)

// pair is a key pair of a user.
type pair struct{ ak, sk string }

func newPair(t testing.TB, w *identitytest.World, user accounts.User) pair {
	t.Helper()
	k, text, err := w.Keys.CreatePair(t.Context(), user.ID, "")
	if err != nil {
		t.Fatal(err)
	}
	return pair{k.Access, text.Reveal()}
}

// token exchanges the pair.
func (p pair) token(w *identitytest.World) string {
	return w.Do("POST", tokenPath, object{"ak": p.ak, "sk": p.sk}).Want(200).Text("token")
}

// with are the headers of a request with a token.
func with(token string, more ...string) []string {
	return append([]string{"Authorization", "Bearer " + token}, more...)
}

// active is the private half of the key that signs, as nobody but the platform
// has it.
func active(t testing.TB, w *identitytest.World) (*rsa.PrivateKey, string) {
	t.Helper()
	var kid, stored string
	if err := w.DB.QueryRow(t.Context(), `SELECT kid, private FROM identity_signing_keys WHERE retire_time = 0`).Scan(&kid, &stored); err != nil {
		t.Fatal(err)
	}
	sealed, err := base64.StdEncoding.DecodeString(stored)
	if err != nil {
		t.Fatal(err)
	}
	plain, err := w.Sealer.Open("signing-key", kid, sealed)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := x509.ParsePKCS8PrivateKey(plain)
	if err != nil {
		t.Fatal(err)
	}
	return parsed.(*rsa.PrivateKey), kid
}

// sign makes a token that our key signs, with any content.
func sign(t testing.TB, key any, alg jose.SignatureAlgorithm, kid string, o *jose.SignerOptions, content any) string {
	t.Helper()
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: alg, Key: jose.JSONWebKey{Key: key, KeyID: kid}}, o.WithType("JWT"))
	if err != nil {
		t.Fatal(err)
	}
	raw, err := json.Marshal(content)
	if err != nil {
		t.Fatal(err)
	}
	signed, err := signer.Sign(raw)
	if err != nil {
		t.Fatal(err)
	}
	compact, err := signed.CompactSerialize()
	if err != nil {
		t.Fatal(err)
	}
	return compact
}

// node is the ring of another node on the same database.
func node(t testing.TB, w *identitytest.World) *bearer.Ring {
	t.Helper()
	revoked, err := tokens.OpenRevocations(t.Context(), w.DB, w.Clock.Now)
	if err != nil {
		t.Fatal(err)
	}
	return bearer.NewRing(bearer.RingDeps{DB: w.DB, IDs: ids.Random(), Clock: w.Clock.Now, Sealer: w.Sealer, Revoked: revoked})
}

// part decodes a part of a token.
func part(t testing.TB, token string, n int) string {
	t.Helper()
	raw, err := base64.RawURLEncoding.DecodeString(strings.Split(token, ".")[n])
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

func claimsOf(t testing.TB, token string) object {
	t.Helper()
	var c object
	if err := json.Unmarshal([]byte(part(t, token, 1)), &c); err != nil {
		t.Fatal(err)
	}
	return c
}

// open is an empty database for fuzzing and benchmarks.
func open(t testing.TB) *store.DB {
	t.Helper()
	db, err := store.Open(t.Context(), "sqlite:"+t.TempDir()+"/bearer.db", store.Options{Schemas: identity.Schemas()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}
