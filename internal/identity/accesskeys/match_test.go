package accesskeys_test

import (
	"errors"
	"regexp"
	"strings"
	"testing"

	"github.com/lintel-gateway/lintel/internal/identity"
	"github.com/lintel-gateway/lintel/internal/identity/accesskeys"
	"github.com/lintel-gateway/lintel/internal/identity/identitytest"
	"github.com/lintel-gateway/lintel/internal/secret"
	"github.com/lintel-gateway/lintel/internal/store"
)

func TestPairs(t *testing.T) {
	identitytest.Each(t, func(t *testing.T, w *identitytest.World) {
		uuid := regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)
		k, text, err := w.Keys.CreatePair(t.Context(), w.Bob.ID, "a pair")
		if err != nil {
			t.Fatal(err)
		}
		if !uuid.MatchString(k.Access) || !uuid.MatchString(text.Reveal()) || k.Access == text.Reveal() {
			t.Errorf("made %s", k.Access)
		}
		// Both forms are one kind: a pair signs, and they count together.
		w.Do("POST", "/v3/probe", "{}", w.Sign(k.Access, []byte(text.Reveal()), "POST", "/v3/probe", "{}")...).Want(200)
		if _, _, err := w.Keys.Create(t.Context(), w.Bob.ID, ""); err != nil {
			t.Fatal(err)
		}
		for _, more := range []error{
			second(w.Keys.CreatePair(t.Context(), w.Bob.ID, "")), second(w.Keys.Create(t.Context(), w.Bob.ID, "")),
		} {
			if more == nil || !strings.Contains(more.Error(), "akSkNumExceed") {
				t.Errorf("a third key: %v", more)
			}
		}
		if err := second(w.Keys.CreatePair(t.Context(), "nobody", "")); err == nil || !strings.Contains(err.Error(), "Could not find user") {
			t.Errorf("a pair of nobody: %v", err)
		}
	})
}

func second(_ accesskeys.Key, _ secret.Text, err error) error { return err }

// TestMatch: CVE-2026-27840. The whole secret counts, and unknown is wrong is
// switched off.
func TestMatch(t *testing.T) {
	identitytest.Each(t, func(t *testing.T, w *identitytest.World) {
		k, text, err := w.Keys.CreatePair(t.Context(), w.Bob.ID, "")
		if err != nil {
			t.Fatal(err)
		}
		if got, err := w.Keys.Match(t.Context(), k.Access, text); err != nil || got.UserID != w.Bob.ID || got.Access != k.Access {
			t.Errorf("%+v, %v", got, err)
		}
		whole := text.Reveal()
		refused := func(name, access, text string) {
			t.Helper()
			got, err := w.Keys.Match(t.Context(), access, secret.Text(text))
			if !errors.Is(err, accesskeys.ErrNoMatch) || got.Access != "" || err.Error() != accesskeys.ErrNoMatch.Error() {
				t.Errorf("%s: %+v, %v", name, got, err)
			}
		}
		refused("truncated", k.Access, whole[:35])
		refused("longer", k.Access, whole+"0")
		refused("empty", k.Access, "")
		refused("capitals", k.Access, strings.ToUpper(whole))
		refused("unknown", "x", whole)
		refused("unknown and empty", "x", "")
		refused("nothing", "", "")
		refused("giant access key", strings.Repeat("x", 1<<20), whole)
		refused("access key in capitals", strings.ToUpper(k.Access), whole)
		w.Do("PUT", path+"/"+k.Access, object{"credential": object{"status": "inactive"}}, "X-Auth-Token", w.LogIn("bob", nil)).Want(200)
		refused("switched off", k.Access, whole)
	})
}

func open(b *testing.B) *store.DB {
	b.Helper()
	db, err := store.Open(b.Context(), "sqlite:"+b.TempDir()+"/bench.db", store.Options{Schemas: identity.Schemas()})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := db.Close(); err != nil {
			b.Error(err)
		}
	})
	return db
}

// BenchmarkMatch shows that unknown, wrong and right cost alike.
func BenchmarkMatch(b *testing.B) {
	w := identitytest.New(b, open(b))
	k, text, err := w.Keys.CreatePair(b.Context(), w.Bob.ID, "")
	if err != nil {
		b.Fatal(err)
	}
	for name, c := range map[string]struct {
		access string
		text   secret.Text
	}{"right": {k.Access, text}, "wrong": {k.Access, "x"}, "unknown": {"x", text}} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if _, err := w.Keys.Match(b.Context(), c.access, c.text); (err == nil) != (name == "right") {
					b.Fatal(err)
				}
			}
		})
	}
}
