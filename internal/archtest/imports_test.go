package archtest_test

import (
	"go/ast"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// rule forbids imports. It holds for from and everything below it, and for
// what is reached through other packages of ours.
type rule struct {
	from    string
	mustNot []string
	why     string
}

var rules = []rule{
	{
		from:    "internal/manage",
		mustNot: []string{"internal/gateway", "internal/publish", "internal/distribute", "internal/identity", "internal/app"},
		why:     "an area owns rows; it hands its part to publication through app, and calls verified actors by value",
	},
	{
		from:    "internal/publish",
		mustNot: []string{"internal/manage", "internal/gateway", "internal/identity", "internal/wire", "internal/app"},
		why:     "areas hand in contributors and the gateway its dry build through app; publication knows neither",
	},
	{
		from:    "internal/distribute",
		mustNot: []string{"internal/store", "database/sql", "internal/manage", "internal/publish", "internal/identity", "internal/wire", "internal/app"},
		why:     "it runs inside gateways too, which have no database",
	},
	{
		from:    "internal/gateway",
		mustNot: []string{"internal/store", "database/sql", "internal/manage", "internal/publish", "internal/distribute", "internal/identity", "internal/wire", "internal/quota", "internal/config", "internal/app"},
		why:     "a gateway must run with the control plane down",
	},
	{
		from:    "internal/gateway/http1",
		mustNot: []string{"internal/gateway"},
		why:     "one codec for the edge and for the client: it knows neither, and no calls",
	},
	{
		from: "internal/gateway/engine",
		mustNot: []string{"internal/gateway/edge", "internal/gateway/backend", "internal/gateway/plan", "internal/gateway/policy",
			"internal/gateway/route", "internal/gateway/snapshot", "internal/gateway/record"},
		why: "an edge hands over calls and knows nothing of what becomes of them; edge hands it connections",
	},
	{
		from:    "internal/gateway/tunnel",
		mustNot: []string{"internal/gateway/edge", "internal/gateway/engine", "internal/gateway/backend", "internal/gateway/policy"},
		why:     "both edges hand their connections to it",
	},
	{
		from:    "internal/identity",
		mustNot: []string{"internal/manage", "internal/gateway", "internal/publish", "internal/distribute", "internal/app"},
		why:     "identity serves both planes and depends on neither",
	},
	{
		from:    "internal/wire",
		mustNot: []string{"internal/manage", "internal/gateway", "internal/publish", "internal/distribute", "internal/identity", "internal/telemetry", "internal/app"},
		why:     "the HTTP edge knows no area and no identity store: they are handed in (of store it knows the kinds of errors)",
	},
	{
		from:    "internal/store",
		mustNot: []string{"internal/manage", "internal/gateway", "internal/publish", "internal/distribute", "internal/identity", "internal/wire", "internal/app"},
		why:     "a leaf: areas bring their schemas and SQL",
	},
	{
		from:    "internal/telemetry",
		mustNot: []string{"internal"},
		why:     "a leaf: whoever has something to record hands over plain values",
	},
	{
		from:    "internal/quota",
		mustNot: []string{"internal"},
		why:     "a table of numbers that every area reads",
	},
	{
		from:    "internal/cli",
		mustNot: []string{"internal"},
		why:     "its commands may do what any client may do, over the wire",
	},
	{
		from:    "internal/function",
		mustNot: []string{"internal/store", "database/sql", "internal/manage", "internal/gateway", "internal/publish", "internal/distribute", "internal/identity", "internal/wire", "internal/config", "internal/telemetry", "internal/app"},
		why:     "a leaf: both planes run functions, and gateways have no database",
	},
	{
		from:    "internal/signature",
		mustNot: []string{"internal/store", "internal/manage", "internal/gateway", "internal/publish", "internal/distribute", "internal/identity", "internal/wire", "internal/app"},
		why:     "one verifier for the gateway, management and the client alike",
	},
}

// leaves must not know any plane; they are what both planes stand on.
var leaves = []string{"internal/message", "internal/clock", "internal/ids", "internal/secret", "internal/limit", "internal/dial", "internal/lane"}

func TestImportRules(t *testing.T) {
	tree := load(t)
	all := slices.Clone(rules)
	for _, leaf := range leaves {
		all = append(all, rule{from: leaf, why: "both planes stand on it", mustNot: []string{"internal/manage", "internal/publish",
			"internal/distribute", "internal/gateway", "internal/identity", "internal/wire", "internal/store", "internal/app"}})
	}
	for _, r := range all {
		checked := 0
		for _, p := range tree {
			if !within(p.path, r.from) {
				continue
			}
			checked++
			ways := reach(tree, p)
			for _, to := range slices.Sorted(maps.Keys(ways)) {
				if !within(to, r.from) && r.forbids(to) {
					t.Errorf("%s must not import %s (%s): %s", p.path, to, ways[to], r.why)
				}
			}
		}
		if checked == 0 {
			t.Errorf("the rule about %s meets no package: was it renamed?", r.from)
		}
	}
}

func (r rule) forbids(to string) bool {
	return slices.ContainsFunc(r.mustNot, func(parent string) bool { return within(to, parent) })
}

// TestForbiddenPackagesExist keeps a rename from switching a rule off.
func TestForbiddenPackagesExist(t *testing.T) {
	tree := load(t)
	for _, r := range rules {
		for _, parent := range r.mustNot {
			exists := !strings.HasPrefix(parent, "internal")
			for name := range tree {
				exists = exists || within(name, parent)
			}
			if !exists {
				t.Errorf("the rule about %s forbids %s, which does not exist: was it renamed?", r.from, parent)
			}
		}
	}
}

func TestDefinitionImportsOnlyTheStandardLibrary(t *testing.T) {
	for to := range load(t)["internal/definition"].imports {
		if first, _, _ := strings.Cut(to, "/"); first == "internal" || strings.Contains(first, ".") {
			t.Errorf("internal/definition imports %s: both planes, and tools of others, depend on it", to)
		}
	}
}

// TestTheCodecImportsOnlyMessage: what reads HTTP/1.1 for the edge and for the client is
// one thing, and can be read and fuzzed as one.
func TestTheCodecImportsOnlyMessage(t *testing.T) {
	codec, ok := load(t)["internal/gateway/http1"]
	if !ok {
		t.Fatal("there is no internal/gateway/http1: was it renamed?")
	}
	for to := range codec.imports {
		if first, _, _ := strings.Cut(to, "/"); to != "internal/message" && (first == "internal" || strings.Contains(first, ".")) {
			t.Errorf("internal/gateway/http1 imports %s: of ours it knows internal/message", to)
		}
	}
}

// TestAreasMeetInTheDatabase: areas of management know each other by ids and
// SQL, never as Go packages.
func TestAreasMeetInTheDatabase(t *testing.T) {
	const parent = "internal/manage/"
	area := func(name string) string {
		rest, ok := strings.CutPrefix(name, parent)
		if !ok {
			return ""
		}
		first, _, _ := strings.Cut(rest, "/")
		return first
	}
	tree := load(t)
	for _, p := range tree {
		for to := range reach(tree, p) {
			if from, other := area(p.path), area(to); from != "" && other != "" && from != other {
				t.Errorf("%s imports %s: areas meet in ids and SQL", p.path, to)
			}
		}
	}
}

// TestNothingBehindTheEdgeKnowsHTTPTypes: edges fill call.Request, backends
// speak to the network, and between them there is no type of net/http, because
// a second edge without net/http works on the same calls. Its constants for
// methods and statuses are only names.
func TestNothingBehindTheEdgeKnowsHTTPTypes(t *testing.T) {
	for _, p := range load(t) {
		if !within(p.path, "internal/gateway") || within(p.path, "internal/gateway/edge") || within(p.path, "internal/gateway/backend") {
			continue
		}
		for _, f := range p.files {
			if f.test {
				continue
			}
			ast.Inspect(f.syntax, func(n ast.Node) bool {
				s, ok := n.(*ast.SelectorExpr)
				if !ok {
					return true
				}
				x, isName := s.X.(*ast.Ident)
				if isName && x.Name == "http" && !constant.MatchString(s.Sel.Name) {
					t.Errorf("%s: http.%s: nothing behind the edge may know which edge it is", f.set.Position(n.Pos()), s.Sel.Name)
				}
				return true
			})
		}
	}
}

var constant = regexp.MustCompile(`^(Status|Method)[A-Z]`)

func TestAppIsImportedByCommandsOnly(t *testing.T) {
	for _, p := range load(t) {
		for to := range p.imports {
			command := within(p.path, "cmd") || within(p.path, "bench")
			if within(to, "internal/app") && !within(p.path, "internal/app") && !command {
				t.Errorf("%s imports %s, which depends on the world", p.path, to)
			}
		}
	}
}
