package app

import (
	"cmp"
	"encoding/json"
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/lintel-gateway/lintel/internal/clock"
	"github.com/lintel-gateway/lintel/internal/gateway/call"
	"github.com/lintel-gateway/lintel/internal/ids"
	"github.com/lintel-gateway/lintel/internal/secret"
	"github.com/lintel-gateway/lintel/internal/wire"
	"github.com/lintel-gateway/lintel/internal/wire/apig"
	"github.com/lintel-gateway/lintel/internal/wire/apig/catalog"
)

var update = flag.Bool("update", false, "rewrite docs/errors.md and docs/errors.zh.md")

// answered is who answers a code.
type answered struct {
	statuses []int
	declared []*wire.Route
	shared   int // operations that pass a step which answers it
}

// inBodies are codes that stand in the body of a success and in no refusal.
var inBodies = map[string]catalog.Text{
	"APIG.0000": {En: "the body of the statistics operations", Zh: "统计接口的响应体"},
}

// answers says who answers each code, by the tables of routes alone.
func answers(t *testing.T, routes []wire.Route) map[string]*answered {
	t.Helper()
	all := map[string]*answered{}
	at := func(code string, status int) *answered {
		a := all[code]
		if a == nil {
			a = &answered{}
			all[code] = a
		}
		if !slices.Contains(a.statuses, status) {
			a.statuses = append(a.statuses, status)
		}
		return a
	}
	document := described(t, routes)
	for i := range routes {
		r := &routes[i]
		for _, e := range r.Errors {
			a := at(e.Code, e.Status)
			if !slices.Contains(a.declared, r) {
				a.declared = append(a.declared, r)
			}
		}
		for status, codes := range document[r.Method+" "+r.Pattern] {
			for _, code := range codes {
				a := at(code, status)
				if !slices.Contains(a.declared, r) {
					a.shared++
				}
			}
		}
	}
	return all
}

// described are the codes of each operation by status, as our OpenAPI document
// lists them: those that the route declares, and those of the shared steps.
func described(t *testing.T, routes []wire.Route) map[string]map[int][]string {
	t.Helper()
	raw, err := wire.OpenAPI(apig.Dialect(routes), "")
	if err != nil {
		t.Fatal(err)
	}
	var in struct {
		Paths map[string]map[string]struct {
			Responses map[int]struct {
				Description string `json:"description"`
			} `json:"responses"`
		} `json:"paths"`
	}
	if err := json.Unmarshal(raw, &in); err != nil {
		t.Fatal(err)
	}
	all := map[string]map[int][]string{}
	for path, methods := range in.Paths {
		for method, op := range methods {
			codes := map[int][]string{}
			for status, r := range op.Responses {
				for line := range strings.SplitSeq(r.Description, "\n\n") {
					if code, _, _ := strings.Cut(line, " "); strings.HasPrefix(code, "API") && !slices.Contains(codes[status], code) {
						codes[status] = append(codes[status], code)
					}
				}
			}
			all[strings.ToUpper(method)+" "+path] = codes
		}
	}
	return all
}

// allRoutes are those of the platform; nothing behind them is ever called.
func allRoutes(t *testing.T) []wire.Route {
	t.Helper()
	sealer, err := secret.LoadOrCreate(filepath.Join(t.TempDir(), "key"))
	if err != nil {
		t.Fatal(err)
	}
	return newAreas(shared{ids: ids.Random(), clock: clock.System, sealer: sealer}).routes()
}

// TestEveryCodeIsAnsweredOrCannotOccur holds the catalogue against the routes.
func TestEveryCodeIsAnsweredOrCannotOccur(t *testing.T) {
	all := answers(t, allRoutes(t))
	for _, e := range apig.All() {
		_, body := inBodies[e.Code]
		_, advised := catalog.Advice(e.Code)
		switch reachable := all[e.Code] != nil || body; {
		case reachable && !advised:
			t.Errorf("%s is answered by %s and stands among the codes that cannot occur", e.Code, names(all[e.Code].declared))
		case !reachable && advised:
			t.Errorf("%s has advice and nothing answers it", e.Code)
		}
	}
}

func names(routes []*wire.Route) string {
	out := make([]string, len(routes))
	for i, r := range routes {
		out[i] = r.Method + " " + r.Pattern
	}
	return strings.Join(out, ", ")
}

// faults are those of the data plane by the name of their variable.
var faults = map[string]*call.Fault{
	"NotPublished": call.NotPublished, "NoSuchMethod": call.NoSuchMethod, "Orchestration": call.Orchestration,
	"BadAPIRequest": call.BadAPIRequest, "BadBody": call.BadBody, "CallerSlow": call.CallerSlow,
	"RequestTooLarge": call.RequestTooLarge, "URITooLarge": call.URITooLarge, "HeadersTooLarge": call.HeadersTooLarge,
	"CallerGone": call.CallerGone, "BackendUnavailable": call.BackendUnavailable, "BackendTimeout": call.BackendTimeout,
	"Unexpected": call.Unexpected, "BadAppAuth": call.BadAppAuth, "NoAppAuth": call.NoAppAuth, "AppNotAuthorized": call.AppNotAuthorized,
	"BadIAMAuth": call.BadIAMAuth, "NoIAMAuth": call.NoIAMAuth, "AccountDenied": call.AccountDenied, "TokenExpired": call.TokenExpired,
	"UnknownAddress": call.UnknownAddress, "AddressDenied": call.AddressDenied, "IAMUnavailable": call.IAMUnavailable,
	"BadRequest": call.BadRequest, "MethodNotAllowed": call.MethodNotAllowed, "UpgradeRefused": call.UpgradeRefused,
	"BadWebSocket": call.BadWebSocket, "BackendNotHTTP2": call.BackendNotHTTP2, "TooManyTunnels": call.TooManyTunnels,
	"NameNotResolved": call.NameNotResolved, "NoChannel": call.NoChannel, "NoMember": call.NoMember,
	"BackendForbidden": call.BackendForbidden, "HTTPOnly": call.HTTPOnly, "HTTPSOnly": call.HTTPSOnly, "CallsItself": call.CallsItself,
	"NoBackend": call.NoBackend, "NoIdentity": call.NoIdentity, "AuthorizerDenied": call.AuthorizerDenied, "TooManyCalls": call.TooManyCalls,
	"QuotaUsedUp": call.QuotaUsedUp, "AuthorizerBroken": call.AuthorizerBroken, "FunctionBroken": call.FunctionBroken, "SignatureFailed": call.SignatureFailed,
}

// TestEveryFaultHasAdvice reads which faults there are from their own file, so
// that one which is added is missed here.
func TestEveryFaultHasAdvice(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), filepath.FromSlash("../gateway/call/faults.go"), nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	declared := map[string]bool{}
	ast.Inspect(file, func(n ast.Node) bool {
		if spec, ok := n.(*ast.ValueSpec); ok && spec.Type == nil {
			for _, name := range spec.Names {
				declared[name.Name] = ast.IsExported(name.Name) && !strings.HasPrefix(name.Name, "Status")
			}
		}
		_, function := n.(*ast.FuncDecl)
		return !function
	})
	maps.DeleteFunc(declared, func(_ string, fault bool) bool { return !fault })
	advised := map[string]bool{}
	for _, f := range catalog.Faults() {
		advised[f.Name] = true
		if f.Caller == (catalog.Text{}) || (f.Caller.En == "") != (f.Caller.Zh == "") || (f.Owner.En == "") != (f.Owner.Zh == "") {
			t.Errorf("%s: the advice is not whole", f.Name)
		}
		if faults[f.Name] == nil {
			t.Errorf("%s is no fault", f.Name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(declared)) {
		if !advised[name] || faults[name] == nil {
			t.Errorf("%s: no advice in package catalog, or not in the list here", name)
		}
	}
	for _, code := range call.Codes() {
		if !slices.ContainsFunc(slices.Collect(maps.Values(faults)), func(f *call.Fault) bool { return f.Code == code }) {
			t.Errorf("%s: no fault of this code has advice", code)
		}
	}
}

// TestErrorsDocument keeps the documents equal to the catalogue and the routes.
func TestErrorsDocument(t *testing.T) {
	for _, lang := range languages {
		d := &document{lang: lang, routes: allRoutes(t)}
		d.all = answers(t, d.routes)
		golden(t, filepath.FromSlash("../../docs/"+lang.file), d.String())
	}
}

func golden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v; run the test with -update and read what it writes", err)
	}
	lines, wanted := strings.Split(got, "\n"), strings.Split(string(want), "\n")
	for i := range min(len(lines), len(wanted)) {
		if lines[i] != wanted[i] {
			t.Fatalf("%s is out of date, see make generate; line %d is\n%s\nwant\n%s", path, i+1, wanted[i], lines[i])
		}
	}
	if len(lines) != len(wanted) {
		t.Errorf("%s has %d lines, want %d; see make generate", path, len(wanted), len(lines))
	}
}

func sortedStatuses(statuses []int) string {
	out := make([]string, len(statuses))
	for i, s := range slices.SortedFunc(slices.Values(statuses), cmp.Compare) {
		out[i] = fmt.Sprint(s)
	}
	return strings.Join(out, ", ")
}
