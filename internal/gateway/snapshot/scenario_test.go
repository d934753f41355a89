package snapshot_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/lintel-gateway/lintel/internal/definition"
	"github.com/lintel-gateway/lintel/internal/gateway/snapshot"
)

type records = []definition.Record

// step applies a batch and then asks. Questions are "host METHOD path" or
// "host env METHOD path".
type step struct {
	apply  records
	err    string // in the error of Apply; "" for none
	ask    map[string]string
	broken string
}

func TestScenarios(t *testing.T) {
	for name, steps := range map[string][]step{
		"publish, republish, unpublish": {
			{apply: records{group(1, "g", "h", "h2"), api(2, "a", "g", "GET /x")},
				ask: map[string]string{"h GET /x": "a@2", "h2 GET /x": "a@2", "h POST /x": "no method", "h GET /y": "no path",
					"h TEST GET /x": "no environment", "other GET /x": "no host"}},
			{apply: records{api(3, "a", "g", "GET /y")},
				ask: map[string]string{"h GET /x": "no path", "h GET /y": "a@3"}},
			{apply: records{unpublish(4, "a")},
				ask: map[string]string{"h GET /y": "no environment"}},
		},
		"an API before its group": {
			{apply: records{api(5, "a", "g", "GET /x")}, ask: map[string]string{"h GET /x": "no host"}},
			{apply: records{group(1, "g", "h")}, ask: map[string]string{"h GET /x": "a@5"}},
		},
		"a group goes and comes back": {
			{apply: records{group(1, "g", "h"), api(2, "a", "g", "GET /x")}},
			{apply: records{record(3, definition.KindGroup, "g", nil)}, ask: map[string]string{"h GET /x": "no host"}},
			{apply: records{group(4, "g", "h2")}, ask: map[string]string{"h GET /x": "no host", "h2 GET /x": "a@2"}},
		},
		"a host moves, whatever comes first": {
			{apply: records{group(1, "g", "h"), group(2, "k", "i"), api(3, "a", "g", "GET /x"), api(4, "b", "k", "GET /x")}},
			{apply: records{group(6, "k", "i", "h")}, ask: map[string]string{"h GET /x": "b@4"}},
			{apply: records{group(5, "g")}, ask: map[string]string{"h GET /x": "b@4", "i GET /x": "b@4"}},
			{apply: records{group(7, "k", "i")}, ask: map[string]string{"h GET /x": "no host"}},
		},
		"environments are apart": {
			{apply: records{group(1, "g", "h"), apiIn(2, "a", "g", "TEST", "GET /x"), apiIn(3, "a", "g", release, "GET /y")},
				ask: map[string]string{"h TEST GET /x": "a@2", "h TEST GET /y": "no path", "h GET /y": "a@3"}},
			{apply: records{record(4, definition.KindAPI, "a/TEST", nil)},
				ask: map[string]string{"h TEST GET /x": "no environment", "h GET /y": "a@3"}},
		},
		"an API moves to another group": {
			{apply: records{group(1, "g", "h"), group(2, "k", "i"), api(3, "a", "g", "GET /x"), api(4, "b", "g", "GET /y")}},
			{apply: records{api(5, "a", "k", "GET /x")},
				ask: map[string]string{"h GET /x": "no path", "h GET /y": "b@4", "i GET /x": "a@5"}},
			{apply: records{api(6, "a", "g", "GET /x"), api(7, "a", "k", "GET /x"), api(8, "a", "g", "GET /z")},
				ask: map[string]string{"h GET /z": "a@8", "h GET /x": "no path", "i GET /x": "no environment"}},
		},
		"older records are skipped": {
			{apply: records{group(1, "g", "h"), api(5, "a", "g", "GET /x")}},
			{apply: records{api(4, "a", "g", "GET /old"), api(5, "a", "g", "GET /same")},
				ask: map[string]string{"h GET /x": "a@5", "h GET /old": "no path", "h GET /same": "no path"}},
			{apply: records{unpublish(4, "a")}, ask: map[string]string{"h GET /x": "a@5"}},
			{apply: records{unpublish(7, "a"), api(6, "a", "g", "GET /x")}, ask: map[string]string{"h GET /x": "no environment"}},
			{apply: records{api(6, "a", "g", "GET /x"), api(7, "a", "g", "GET /x")}, ask: map[string]string{"h GET /x": "no environment"}},
			{apply: records{api(8, "a", "g", "GET /x")}, ask: map[string]string{"h GET /x": "a@8"}},
		},
		"the newest of a batch wins": {
			{apply: records{group(1, "g", "h"), api(9, "a", "g", "GET /9"), api(7, "a", "g", "GET /7"), api(8, "a", "g", "GET /8")},
				ask: map[string]string{"h GET /9": "a@9", "h GET /8": "no path", "h GET /7": "no path"}},
		},
		"a broken record harms nobody": {
			{apply: records{group(1, "g", "h"), api(2, "a", "g", "GET /x"), unbuildable(3, "b", "g"), api(4, "c", "g", "GET /y")},
				err:    "record api/b/RELEASE at revision 3: the backend address is missing",
				ask:    map[string]string{"h GET /x": "a@2", "h GET /y": "c@4"},
				broken: "api/b/RELEASE@3"},
			{apply: records{unbuildable(5, "a", "g")}, err: "revision 5",
				ask: map[string]string{"h GET /x": "a@2"}, broken: "api/a/RELEASE@5 api/b/RELEASE@3"},
			{apply: records{unbuildable(5, "a", "g")}, broken: "api/a/RELEASE@5 api/b/RELEASE@3"},
			{apply: records{api(6, "a", "g", "GET /z"), unpublish(7, "b")}, ask: map[string]string{"h GET /z": "a@6", "h GET /x": "no path"}},
		},
		"a good record older than a broken one": {
			{apply: records{group(1, "g", "h"), unbuildable(5, "a", "g")}, err: "revision 5", broken: "api/a/RELEASE@5"},
			{apply: records{api(3, "a", "g", "GET /x")}, ask: map[string]string{"h GET /x": "a@3"}, broken: "api/a/RELEASE@5"},
			{apply: records{api(4, "a", "g", "GET /y")}, ask: map[string]string{"h GET /y": "a@4", "h GET /x": "no path"}, broken: "api/a/RELEASE@5"},
		},
		"a conflict leaves the older and the last good": {
			{apply: records{group(1, "g", "h"), api(2, "a", "g", "GET /x"), api(3, "b", "g", "GET /y")}},
			{apply: records{api(4, "b", "g", "GET /x")}, err: "API a () has this route already in environment RELEASE",
				ask: map[string]string{"h GET /x": "a@2", "h GET /y": "b@3"}, broken: "api/b/RELEASE@4"},
			{apply: records{api(5, "c", "g", "GET /z")},
				ask: map[string]string{"h GET /x": "a@2", "h GET /y": "b@3", "h GET /z": "c@5"}, broken: "api/b/RELEASE@4"},
			{apply: records{unpublish(6, "a")}, ask: map[string]string{"h GET /x": "b@4", "h GET /y": "no path"}},
		},
		"the last good gives way to whoever takes its place": {
			{apply: records{group(1, "g", "h"), api(2, "a", "g", "GET /x"), api(3, "b", "g", "GET /y")}},
			{apply: records{api(4, "b", "g", "GET /x"), api(5, "c", "g", "GET /y")}, err: "api/b/RELEASE at revision 4",
				ask: map[string]string{"h GET /x": "a@2", "h GET /y": "c@5"}, broken: "api/b/RELEASE@4"},
			{apply: records{api(6, "b", "g", "GET /w")}, ask: map[string]string{"h GET /w": "b@6"}},
		},
		"two APIs swap their paths": {
			{apply: records{group(1, "g", "h"), api(2, "a", "g", "GET /x"), api(3, "b", "g", "GET /y")}},
			{apply: records{api(4, "a", "g", "GET /y"), api(5, "b", "g", "GET /x")},
				ask: map[string]string{"h GET /y": "a@4", "h GET /x": "b@5"}},
		},
		"records that are no definitions": {
			{apply: records{
				record(1, definition.KindGroup, "g", "{"),
				record(2, definition.KindGroup, "other", definition.Group{ID: "g"}),
				record(3, definition.KindGroup, "upper", definition.Group{ID: "upper", Hosts: []string{"H"}}),
				record(4, definition.KindApp, "keyless", definition.App{ID: "keyless", Secret: []byte("app-secret/keyless/s")}),
				record(5, definition.KindApp, "foreign", definition.App{ID: "foreign", Key: "k", Secret: []byte("app-secret/keyless/s")}),
				record(6, definition.KindApp, "empty", definition.App{ID: "empty", Key: "k", Secret: []byte("app-secret/empty/")}),
				app(7, "code", "k", ""),
				app(8, "long", "k", strings.Repeat("c", 181)),
				record(9, definition.KindGrant, "grant", definition.Grant{ID: "grant", AppID: "a"}),
				api(10, "path", "g", "GET x"),
				api(11, "groupless", "", "GET /x"),
				record(12, "market", "m", "{}"),
				group(13, "fine", "h"),
			},
				err: "kind \"market\" is unknown",
				ask: map[string]string{"h GET /x": "no environment"},
				broken: "api/groupless/RELEASE@11 api/path/RELEASE@10 app/code@7 app/empty@6 app/foreign@5 app/keyless@4 " +
					"app/long@8 grant/grant@9 group/g@1 group/other@2 group/upper@3 market/m@12"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld()
			for i, s := range steps {
				err := w.Apply(s.apply)
				if (err == nil) != (s.err == "") || err != nil && !strings.Contains(err.Error(), s.err) {
					t.Fatalf("step %d: Apply says %v, want %q", i, err, s.err)
				}
				for question, want := range s.ask {
					q := strings.Fields(question)
					if len(q) == 3 {
						q = []string{q[0], release, q[1], q[2]}
					}
					if got := w.ask(q[0], q[1], q[2], q[3]); got != want {
						t.Errorf("step %d: %s is %s, want %s", i, question, got, want)
					}
				}
				if got := w.broken(); got != s.broken {
					t.Errorf("step %d: broken are %q, want %q", i, got, s.broken)
				}
			}
		})
	}
}

func TestCallersFollow(t *testing.T) {
	w := newWorld()
	granted := w.callers.Granted("a", release)
	mustApply(t, w, grant(3, "n", "p", "a"), app(2, "p", "key", "code"))
	if p := w.callers.ByKey("key"); p == nil || p.ID != "p" || p.Secret == nil {
		t.Errorf("by key: %+v", p)
	}
	if w.callers.ByCode("code") == nil || !granted.Has("p") {
		t.Error("code or grant missing")
	}
	// A record that cannot be opened leaves the credentials that worked.
	if err := w.Apply(records{record(4, definition.KindApp, "p", definition.App{ID: "p", Key: "key2", Secret: []byte("?")})}); err == nil {
		t.Error("an app with a foreign secret was taken")
	}
	if w.callers.ByKey("key") == nil || w.callers.ByKey("key2") != nil {
		t.Error("the last good credentials are gone")
	}
	mustApply(t, w, record(5, definition.KindGrant, "n", nil), record(6, definition.KindApp, "p", nil))
	if w.callers.ByKey("key") != nil || w.callers.ByCode("code") != nil || granted.Has("p") {
		t.Error("a deleted app or grant is still good")
	}
	mustApply(t, w, app(2, "p", "key", "code"), grant(3, "n", "p", "a"))
	if w.callers.ByKey("key") != nil || granted.Has("p") {
		t.Error("an old record revived a deleted app or grant")
	}
}

// TestErrorsHideSecrets: whatever is wrong with an application, its secrets
// are in no message.
func TestErrorsHideSecrets(t *testing.T) {
	w := newWorld()
	err := w.Apply(records{app(1, "p", "key", "geheim"+strings.Repeat("c", 200))})
	if err == nil || strings.Contains(err.Error(), "geheim") {
		t.Errorf("error is %v", err)
	}
	var broken *snapshot.RecordError
	if !errors.As(err, &broken) || broken.Key.ID != "p" || broken.Revision != 1 {
		t.Errorf("error is %#v", err)
	}
}

func TestRevisionAndRecords(t *testing.T) {
	w := newWorld()
	if w.Revision() != 0 {
		t.Errorf("an empty snapshot has revision %d", w.Revision())
	}
	mustApply(t, w, group(4, "g", "h"), api(2, "a", "g", "GET /x"))
	_ = w.Apply(records{unbuildable(9, "b", "g")})
	mustApply(t, w, unpublish(7, "a"))
	if w.Revision() != 9 {
		t.Errorf("revision %d, want 9", w.Revision())
	}
	held := w.Records()
	if len(held) != 1 || held[0].Key != (definition.Key{Kind: definition.KindGroup, ID: "g"}) || held[0].Revision != 4 {
		t.Errorf("records %v", held)
	}
	if err := w.Apply(records{group(0, "z", "z")}); err == nil || w.Group("z") != nil {
		t.Errorf("a record without revision was taken: %v", err)
	}
}

func TestCheckChangesNothing(t *testing.T) {
	w := newWorld()
	mustApply(t, w, group(1, "g", "h"), group(2, "k", "i"), api(3, "a", "g", "GET /x"), api(4, "b", "g", "GET /y"), app(5, "p", "key"))
	for name, c := range map[string]struct {
		records records
		err     string
	}{
		"new API":                    {records{api(0, "c", "g", "GET /z")}, ""},
		"same API again":             {records{api(0, "a", "g", "GET /x")}, ""},
		"same route, other group":    {records{api(0, "c", "k", "GET /x")}, ""},
		"same route, other env":      {records{apiIn(0, "c", "g", "TEST", "GET /x")}, ""},
		"API before its group":       {records{api(0, "c", "new", "GET /x")}, ""},
		"conflict":                   {records{api(0, "c", "g", "GET /x")}, "API a () has this route already"},
		"conflict within the batch":  {records{api(0, "c", "g", "GET /z"), api(0, "d", "g", "GET /z")}, "API c () has this route already"},
		"swap one by one":            {records{api(0, "a", "g", "GET /y")}, "API b () has this route already"},
		"swap together":              {records{api(0, "a", "g", "GET /y"), api(0, "b", "g", "GET /x")}, ""},
		"place of a deleted API":     {records{unpublish(0, "a"), api(0, "c", "g", "GET /x")}, ""},
		"unbuildable":                {records{unbuildable(0, "c", "g")}, "the backend address is missing"},
		"bad path":                   {records{api(0, "c", "g", "GET /a{b}")}, "not one whole variable"},
		"deletion of the unknown":    {records{unpublish(0, "z")}, ""},
		"host of another group":      {records{group(0, "k", "h")}, "host h leads to group g already"},
		"host moves":                 {records{group(0, "g"), group(0, "k", "h")}, ""},
		"host wanted twice":          {records{group(0, "m", "new"), group(0, "n", "new")}, "host new leads to group m already"},
		"host not canonical":         {records{group(0, "m", "New.")}, "is not canonical"},
		"key of another app":         {records{app(0, "q", "key")}, "app p has this app key already"},
		"key of a deleted app":       {records{record(0, definition.KindApp, "p", nil), app(0, "q", "key")}, ""},
		"own key":                    {records{app(0, "p", "key", "code")}, ""},
		"grant without environment":  {records{record(0, definition.KindGrant, "n", definition.Grant{ID: "n", AppID: "p", APIID: "a"})}, "must all be set"},
		"kind of another generation": {records{record(0, "market", "m", "{}")}, "unknown to this version"},
	} {
		t.Run(name, func(t *testing.T) {
			err := w.CheckAll(c.records)
			if (err == nil) != (c.err == "") || err != nil && !strings.Contains(err.Error(), c.err) {
				t.Errorf("says %v, want %q", err, c.err)
			}
			if len(c.records) == 1 {
				if one := w.Check(c.records[0]); (one == nil) != (err == nil) {
					t.Errorf("Check says %v, CheckAll %v", one, err)
				}
			}
			if w.ask("h", release, "GET", "/x") != "a@3" || w.ask("h", release, "GET", "/y") != "b@4" || w.Group("new") != nil ||
				w.broken() != "" || w.Revision() != 5 || len(w.Records()) != 5 || w.Len() != 5 || w.callers.ByKey("key").ID != "p" {
				t.Error("a check has changed something")
			}
		})
	}
}
