package store_test

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/store/storetest"
)

func TestLike(t *testing.T) {
	stored := []string{"Alpha", "alpha_2", "ALPHAX2", "50%", "50x", `back\slash`, "分组", "Éclair"}
	storetest.Each(t, schemas(), func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		err := db.Write(ctx, func(tx *store.Tx) error {
			for i, name := range stored {
				if err := insert(ctx, tx, fmt.Sprint(i), name, int64(i)); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct{ search, want string }{
			{"", strings.Join(stored, " ")},
			{"alpha", "Alpha alpha_2 ALPHAX2"},
			{"A_2", "alpha_2"},
			{"0%", "50%"},
			{`K\S`, `back\slash`},
			{"组", "分组"},
			{"Écl", "Éclair"},
			{"none", ""},
			{strings.Repeat("a", 100_000), ""},
			{"a\x00", ""},
		} {
			list, err := store.List(ctx, db, store.Text,
				`SELECT name FROM things WHERE lower(name) LIKE lower($1) ESCAPE '\' ORDER BY n`, store.Like(c.search))
			if got := strings.Join(list, " "); err != nil || got != c.want {
				t.Errorf("%.20q: %q, %v; want %q", c.search, got, err, c.want)
			}
		}
	})
}

func FuzzLike(f *testing.F) {
	for _, s := range []string{"", "aB%_\\", strings.Repeat("分", 500)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		p := store.Like(s)
		if len(p) > 2*1024+2 || utf8.ValidString(s) && !utf8.ValidString(p) {
			t.Fatalf("%q", p)
		}
		inner := p[1 : len(p)-1]
		for i := 0; i < len(inner); i++ {
			switch inner[i] {
			case '\\':
				if i++; i == len(inner) {
					t.Fatalf("%q ends in an escape", p)
				}
			case '%', '_':
				t.Fatalf("%q: a wild card gets through", p)
			}
		}
	})
}
