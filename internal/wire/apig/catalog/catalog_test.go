package catalog_test

import (
	"testing"
	"unicode"

	"github.com/lintel-gateway/lintel/internal/wire/apig"
	"github.com/lintel-gateway/lintel/internal/wire/apig/catalog"
)

func TestEveryCodeIsInOnePlace(t *testing.T) {
	places := map[string]int{}
	for _, c := range catalog.Chapters() {
		whole(t, "a title", c.Title)
		for _, e := range c.Entries {
			whole(t, e.Code, e.Advice)
			places[e.Code]++
		}
	}
	for _, a := range catalog.Absences() {
		whole(t, "a title", a.Title)
		whole(t, a.Title.En, a.Why)
		for _, code := range a.Codes {
			places[code]++
			if _, ok := catalog.Advice(code); ok {
				t.Errorf("%s is answered and cannot occur", code)
			}
		}
	}
	for _, e := range apig.All() {
		if places[e.Code] != 1 {
			t.Errorf("%s stands in %d places, want 1", e.Code, places[e.Code])
		}
		delete(places, e.Code)
	}
	for code := range places {
		t.Errorf("%s is no code of the reference", code)
	}
}

// whole fails for a text that lacks a language or has one in place of the other.
func whole(t *testing.T, of string, text catalog.Text) {
	t.Helper()
	if text.En == "" || text.Zh == "" || chinese(text.En) || !chinese(text.Zh) {
		t.Errorf("%s: %q and %q", of, text.En, text.Zh)
	}
}

func chinese(s string) bool {
	for _, r := range s {
		if unicode.Is(unicode.Han, r) {
			return true
		}
	}
	return false
}
