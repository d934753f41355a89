package snapshot_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/lintel-gateway/lintel/internal/definition"
	"github.com/lintel-gateway/lintel/internal/gateway/call"
	"github.com/lintel-gateway/lintel/internal/gateway/snapshot"
)

// restored is a world to which records were given back in parts.
func restored(t *testing.T, parts ...records) (world, error) {
	t.Helper()
	w := newWorld()
	r := w.Restore()
	for _, part := range parts {
		r.Take(part)
	}
	return w, r.Done()
}

// TestRestoreIsApply: what is restored answers as what was applied, whatever the
// parts are and however records are ordered in them.
func TestRestoreIsApply(t *testing.T) {
	w, err := restored(t,
		records{api(3, "a", "g", "GET /x"), group(1, "g", "h"), api(9, "b", "g", "GET /9")},
		records{api(5, "a", "g", "GET /y/{v}"), unpublish(8, "c"), api(7, "c", "g", "GET /gone")},
		records{app(10, "p", "key"), grant(11, "n", "p", "a"), unpublish(12, "b")})
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{"/x": "no path", "/y/1": "a@5", "/9": "no path", "/gone": "no path"} {
		if got := w.ask("h", release, "GET", path); got != want {
			t.Errorf("%s is %s, want %s", path, got, want)
		}
	}
	if w.Len() != 4 || w.Revision() != 12 || w.broken() != "" || w.callers.ByKey("key") == nil {
		t.Errorf("%d records at revision %d, broken %q", w.Len(), w.Revision(), w.broken())
	}
	mustApply(t, w, api(6, "c", "g", "GET /late"), api(13, "b", "g", "GET /13"))
	if w.ask("h", release, "GET", "/late") != "no path" || w.ask("h", release, "GET", "/13") != "b@13" {
		t.Error("an older record revived what was deleted, or a newer one was skipped")
	}
}

// TestRestoredWithoutABuild: a restored record that cannot be built is found by its
// first call, which is answered as if it had never been there, or by Verify.
func TestRestoredWithoutABuild(t *testing.T) {
	parts := records{group(1, "g", "h"), named(unbuildable(2, "a", "g"), "GET /x/{id}"), api(3, "b", "g", "GET /{any}/{id}"), api(4, "c", "g", "GET /c")}
	t.Run("called", func(t *testing.T) {
		w, err := restored(t, parts)
		if err != nil {
			t.Fatal(err)
		}
		if got := w.ask("h", release, "GET", "/x/1"); got != "b@3" {
			t.Errorf("the route behind the broken one: %s", got)
		}
		if w.broken() != "api/a/RELEASE@2" {
			t.Errorf("broken are %q", w.broken())
		}
		mustApply(t, w, api(5, "a", "g", "GET /x/{id}"))
		if got := w.ask("h", release, "GET", "/x/1"); got != "a@5" || w.broken() != "" {
			t.Errorf("a newer record: %s, broken %q", got, w.broken())
		}
	})
	t.Run("verified", func(t *testing.T) {
		w, err := restored(t, parts)
		if err != nil {
			t.Fatal(err)
		}
		err = w.Verify(t.Context(), func() {})
		if err == nil || !strings.Contains(err.Error(), "record api/a/RELEASE at revision 2: the backend address is missing") {
			t.Errorf("Verify says %v", err)
		}
		if w.broken() != "api/a/RELEASE@2" || w.ask("h", release, "GET", "/x/1") != "b@3" || w.ask("h", release, "GET", "/c") != "c@4" {
			t.Errorf("broken are %q", w.broken())
		}
		if err := w.Verify(t.Context(), func() {}); err != nil {
			t.Errorf("again: %v", err)
		}
	})
	t.Run("given up", func(t *testing.T) {
		var many records
		for i := range 500 {
			many = append(many, api(uint64(10+i), fmt.Sprintf("m%d", i), "g", fmt.Sprintf("GET /m%d", i)))
		}
		w, err := restored(t, many)
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := w.Verify(ctx, func() {}); err == nil {
			t.Error("Verify went on to the end without time")
		}
	})
}

// TestVerifyTidies: memory is given back on the way of a long trial, and not for few APIs.
func TestVerifyTidies(t *testing.T) {
	for n, want := range map[int]int{500: 0, 4200: 1, 8300: 2} {
		many := records{group(1, "g", "h")}
		for i := range n {
			many = append(many, api(uint64(10+i), fmt.Sprintf("m%d", i), "g", fmt.Sprintf("GET /m%d", i)))
		}
		w, err := restored(t, many)
		if err != nil {
			t.Fatal(err)
		}
		calls := 0
		if err := w.Verify(t.Context(), func() { calls++ }); err != nil || calls != want {
			t.Errorf("%d APIs: %v, tidied %d times, want %d", n, err, calls, want)
		}
	}
}

// TestRestoredRecordsThatAreNone: what is no definition at all is refused at once,
// and two that claim a route are told apart by revision.
func TestRestoredRecordsThatAreNone(t *testing.T) {
	w, err := restored(t, records{
		group(1, "g", "h"), record(2, definition.KindAPI, "a/RELEASE", "{"), api(3, "path", "g", "GET x"), api(5, "late", "g", "GET /y"), api(4, "first", "g", "GET /y"),
		record(6, definition.KindAPI, "other/RELEASE", definition.API{ID: "a", EnvID: release, EnvName: release, GroupID: "g"}), api(7, "groupless", "", "GET /z"),
	})
	if err == nil {
		t.Fatal("nothing was refused")
	}
	if got := w.broken(); got != "api/a/RELEASE@2 api/groupless/RELEASE@7 api/late/RELEASE@5 api/other/RELEASE@6 api/path/RELEASE@3" {
		t.Errorf("broken are %q", got)
	}
	if got := w.ask("h", release, "GET", "/y"); got != "first@4" {
		t.Errorf("the route that two claim leads to %s", got)
	}
}

// TestFirstCallsTogether calls one restored API from many goroutines: one plan
// remains, which all later calls get.
func TestFirstCallsTogether(t *testing.T) {
	w, err := restored(t, records{group(1, "g", "h"), api(2, "a", "g", "GET /x")})
	if err != nil {
		t.Fatal(err)
	}
	plans := make([]any, 16)
	var wait sync.WaitGroup
	for i := range plans {
		wait.Go(func() {
			c := &call.Call{Request: call.Request{Method: "GET", Path: "/x"}}
			p, outcome := w.Group("h").Lookup(release, c)
			if outcome == snapshot.Found {
				plans[i] = p
			}
		})
	}
	wait.Wait()
	for i, p := range plans {
		if p == nil || p != plans[0] {
			t.Errorf("call %d got another plan", i)
		}
	}
}

// named gives a record of an API a route.
func named(r definition.Record, route string) definition.Record {
	var d definition.API
	unmarshal(r, &d)
	d.Method, d.Path, _ = strings.Cut(route, " ")
	return record(r.Revision, r.Kind, r.ID, d)
}
