package profiles

import (
	"math"
	"strconv"
	"strings"
	"testing"
	"unicode"
)

func TestLocale(t *testing.T) {
	for _, s := range []string{"zh-CN", "en", "en_US", "zh-Hans-CN", "de-1996", "en-US-x-twain"} {
		if !isLocale(s) {
			t.Errorf("%q is refused", s)
		}
	}
	for _, s := range []string{"", "e", "-", "en-", "-en", "en--US", "e1", "12", "en US", "en-Überall", "abcdefghi", "en-123456789", strings.Repeat("en-", 12) + "en", "en\x00"} {
		if isLocale(s) {
			t.Errorf("%q is taken", s)
		}
	}
}

func FuzzWholeNumber(f *testing.F) {
	for _, s := range []string{"1", "0", "-1", "+1", "1e3", " 1", "1000", "1001", "2147483647", "2147483648", "٣", ""} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		n, ok := wholeNumber(s, maxPageSize)
		digits := s != "" && strings.Trim(s, "0123456789") == ""
		if ok && (n < 1 || n > maxPageSize || !digits || strings.TrimLeft(s, "0") != strconv.Itoa(n)) {
			t.Fatalf("%q is %d", s, n)
		}
		if big, err := strconv.Atoi(s); !ok && digits && err == nil && big >= 1 && big <= maxPageSize {
			t.Fatalf("%q is refused", s)
		}
		if page, ok := wholeNumber(s, maxPage); ok && (page < 1 || page > math.MaxInt32) {
			t.Fatalf("%q is page %d", s, page)
		}
	})
}

func FuzzLocale(f *testing.F) {
	for _, s := range []string{"zh-CN", "en_US", "", "-", "en--US", "e1", strings.Repeat("a", 36)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if !isLocale(s) {
			return
		}
		plain := strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_") == ""
		if !plain || len(s) < 2 || len(s) > maxLocale || !unicode.IsLetter(rune(s[0])) || strings.Contains(s, "--") {
			t.Fatalf("%q is taken", s)
		}
	})
}

// Who may do what is said by the routes, so a name without its route says
// nothing, and one that the reference does not have no client understands.
func TestPermissionsAreOfRoutes(t *testing.T) {
	const published = " ListUser CreateUser UpdateUser DeleteUser AuthorizeUser ListGroup CreateGroup UpdateGroup DeleteGroup UpdateGroupUser AuthorizeGroup GetRole "
	actions := map[string]bool{}
	for _, r := range New(Deps{}).Routes() {
		if actions[r.Action] {
			t.Errorf("%s is there twice", r.Action)
		}
		actions[r.Action] = true
	}
	for _, p := range permissionNames() {
		if !actions[p.action] || !strings.Contains(published, " "+p.name+" ") {
			t.Errorf("%s of %s: no such route, or no such name", p.name, p.action)
		}
	}
}
