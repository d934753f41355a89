package route_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/lintel-gateway/lintel/internal/gateway/route"
)

// oracleRoute is a route as the plain matcher below sees it: the slow reading
// of the rules in the package comment, sharing nothing with the table.
type oracleRoute struct{ method, match, path string }

func (r oracleRoute) String() string { return r.method + " " + r.match + " " + r.path }

// fits reports whether the route has the path, and how specific it is: of two
// routes that fit, the one with the smaller rank goes first.
func (r oracleRoute) fits(path string) (rank string, ok bool) {
	want, have := strings.Split(r.path, "/")[1:], strings.Split(path, "/")[1:]
	if r.match == "SWA" {
		slash := want[len(want)-1] == ""
		if slash {
			want = want[:len(want)-1]
		}
		if len(have) < len(want) || slash && len(have) == len(want) {
			return "", false
		}
		length := 2 * len(want)
		if slash {
			length++
		}
		rank = fmt.Sprintf("swa %03d ", 999-length)
		have = have[:len(want)]
	} else {
		rank = "normal "
		if strings.HasSuffix(r.path, "+}") {
			if len(have) < len(want) || have[len(want)-1] == "" {
				return "", false
			}
			have = have[:len(want)]
		}
	}
	if len(have) != len(want) {
		return "", false
	}
	for i, part := range want {
		switch {
		case strings.HasSuffix(part, "+}"):
			rank += "2"
		case strings.HasPrefix(part, "{"):
			if have[i] == "" {
				return "", false
			}
			rank += "1"
		default:
			if have[i] != part {
				return "", false
			}
			rank += "0"
		}
	}
	return rank, true
}

// oracle returns the winning route, or "no path" or "no method".
func oracle(routes []oracleRoute, method, path string) string {
	known := slices.Contains([]string{"GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"}, method)
	verdict, best := "no path", ""
	for _, r := range routes {
		rank, ok := r.fits(path)
		if !ok {
			continue
		}
		if best == "" {
			verdict = "no method"
		}
		if !known || r.method != method && r.method != "ANY" {
			continue
		}
		if r.method == "ANY" {
			rank += "~" // behind the named methods of the same shape
		}
		if best == "" || rank < best {
			verdict, best = r.String(), rank
		}
	}
	return verdict
}

// agree builds a table of the routes that fit together and compares verdicts
// for all methods.
func agree(t interface {
	Fatalf(format string, args ...any)
	Helper()
}, routes []oracleRoute, paths []string) {
	t.Helper()
	b := route.NewBuilder[string]()
	var kept []oracleRoute
	for _, r := range routes {
		err := b.Add(route.Entry[string]{Method: r.method, Match: r.match, Path: r.path, Value: r.String()})
		if err == nil {
			kept = append(kept, r)
		}
	}
	verdicts(t, b.Table(), kept, paths)
}

// verdicts compares a table with the oracle.
func verdicts(t interface {
	Fatalf(format string, args ...any)
	Helper()
}, table *route.Table[string], kept []oracleRoute, paths []string) {
	t.Helper()
	for _, path := range paths {
		for _, method := range []string{"GET", "POST", "DELETE", "TRACE"} {
			want := oracle(kept, method, path)
			m := table.Lookup(method, path, nil)
			got := "no path"
			if m.Found {
				got = m.Value
			} else if m.PathFound {
				got = "no method"
			}
			if got != want {
				t.Fatalf("%s %s among\n  %v\nis %q, the oracle says %q", method, path, kept, got, want)
			}
			if m.Found && !m.PathFound {
				t.Fatalf("%s %s: found without a path", method, path)
			}
			if m.Found {
				if rebuilt := rebuild(m); rebuilt != path {
					t.Fatalf("%s %s: %s with %v and tail %q spells %q", method, path, m.Value, m.Params, m.Tail, rebuilt)
				}
			}
		}
	}
}

// rebuild puts parameters and tail back into the template: the path must come
// out, whatever was matched.
func rebuild(m route.Match[string]) string {
	_, rest, _ := strings.Cut(m.Value, " ")
	match, path, _ := strings.Cut(rest, " ")
	for _, p := range m.Params {
		path = strings.Replace(path, "{"+p.Name+"}", p.Value, 1)
		path = strings.Replace(path, "{"+p.Name+"+}", p.Value, 1)
	}
	if match == "SWA" {
		path = strings.TrimSuffix(path, "/") + m.Tail
	}
	return path
}

var (
	drawMethod = rapid.SampledFrom([]string{"GET", "GET", "POST", "ANY"})
	drawMatch  = rapid.SampledFrom([]string{"NORMAL", "NORMAL", "SWA"})
)

// drawTemplate draws from few literals, so that templates meet.
func drawTemplate(t *rapid.T) string {
	var b strings.Builder
	for i := range rapid.IntRange(0, 5).Draw(t, "segments") {
		if rapid.Bool().Draw(t, "literal") {
			b.WriteString("/" + rapid.SampledFrom([]string{"a", "b", "ab"}).Draw(t, "text"))
		} else {
			fmt.Fprintf(&b, "/{v%d}", i)
		}
	}
	switch rapid.IntRange(0, 5).Draw(t, "end") {
	case 0:
		b.WriteString("/")
	case 1:
		b.WriteString("/{rest+}")
	}
	if b.Len() == 0 {
		return "/"
	}
	return b.String()
}

func TestTableAgreesWithOracle(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		routes := make([]oracleRoute, rapid.IntRange(1, 25).Draw(t, "routes"))
		for i := range routes {
			routes[i] = oracleRoute{drawMethod.Draw(t, "method"), drawMatch.Draw(t, "match"), drawTemplate(t)}
		}
		paths := make([]string, 20)
		for i := range paths {
			segments := rapid.SliceOfN(rapid.SampledFrom([]string{"a", "b", "ab", "c", ""}), 1, 6).Draw(t, "path")
			paths[i] = "/" + strings.Join(segments, "/")
		}
		agree(t, routes, paths)
	})
}

// FuzzTable reads lines of routes ("GET SWA /a/{b}") and paths and compares
// with the oracle; whatever the table refuses is left out of both.
func FuzzTable(f *testing.F) {
	f.Add("GET NORMAL /a/{x}\nPOST SWA /a\nANY NORMAL /{x+}\n/a/b\n/a/\n/")
	f.Add("GET SWA /\nGET SWA /a/\n/a\n/a/\n//")
	f.Add("GET NORMAL /{a}/b\nGET NORMAL /a/{b}\n/a/b\n/a/c\n/c/b")
	f.Fuzz(func(t *testing.T, script string) {
		var routes []oracleRoute
		var paths []string
		for line := range strings.SplitSeq(script, "\n") {
			parts := strings.SplitN(line, " ", 3)
			// Encoded and foreign characters are message's business; the oracle
			// compares literals byte by byte.
			plain := !strings.ContainsFunc(line, func(r rune) bool {
				return (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && !strings.ContainsRune(" /{}+", r)
			})
			switch {
			case !plain:
			case len(parts) == 3:
				routes = append(routes, oracleRoute{parts[0], parts[1], parts[2]})
			case strings.HasPrefix(line, "/") && !strings.ContainsAny(line, "{}"):
				paths = append(paths, line)
			}
		}
		agree(t, routes, paths)
	})
}
