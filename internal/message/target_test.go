package message_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/lintel-gateway/lintel/internal/message"
)

// FuzzTarget holds SplitTarget against net/url for everything that net/http lets
// through as a request target.
func FuzzTarget(f *testing.F) {
	for _, s := range []string{"/", "/a%2fb?x=1?y", "http://a/b?c", "http://a", "http://a?c/d", "//a/b", "*", "/a://b/c", "x:/y", "http://a:80/%zz", "/#f?x"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		u, err := url.ParseRequestURI(s)
		if err != nil || strings.ContainsAny(s, " \t\r\n") {
			return
		}
		path, query := message.SplitTarget(s)
		if query != u.RawQuery {
			t.Errorf("%q: query %q, net/url has %q", s, query, u.RawQuery)
		}
		if u.Host == "" && !strings.HasPrefix(s, "/") {
			return // "*", "x:y" and the like: refused as paths by the gateway
		}
		plain, err := url.PathUnescape(path)
		if err != nil {
			t.Fatalf("%q: path %q: %v", s, path, err)
		}
		if plain != u.Path && !(path == "/" && u.Path == "") {
			t.Errorf("%q: path %q, net/url has %q", s, plain, u.Path)
		}
	})
}
