package verify_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/lintel-gateway/lintel/internal/identity"
	"github.com/lintel-gateway/lintel/internal/identity/identitytest"
	"github.com/lintel-gateway/lintel/internal/store"
)

func BenchmarkAuthenticate(b *testing.B) {
	db, err := store.Open(b.Context(), "sqlite:"+b.TempDir()+"/bench.db", store.Options{Schemas: identity.Schemas()})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := db.Close(); err != nil {
			b.Error(err)
		}
	})
	w := identitytest.New(b, db)
	byToken := httptest.NewRequest(http.MethodGet, "/v3/projects", nil)
	byToken.Header.Set("X-Auth-Token", w.LogIn("alice", nil))
	bySignature := key(b, w, w.Alice).request(b, w, "")
	authenticate := w.Authenticate()
	for name, r := range map[string]*http.Request{"token": byToken, "signature": bySignature} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := authenticate(r, func() ([]byte, error) { return nil, nil }); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
