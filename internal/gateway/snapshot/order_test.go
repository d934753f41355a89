package snapshot_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/lintel-gateway/lintel/internal/definition"
	"github.com/lintel-gateway/lintel/internal/gateway/snapshot"
)

// TestOrderDoesNotMatter applies one set of records in two orders, cut into
// batches at random, and compares everything that can be seen. The set holds
// broken records, deletions, hosts and keys that several claim, and routes that
// overlap for as long as records have overtaken each other. Only a lasting
// conflict of routes is left out, as the package comment says.
func TestOrderDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		set := drawRecords(t)
		first := applied(t, set)
		second := applied(t, set)
		if first != second {
			t.Fatalf("two orders of the same records:\n%s\n%s", first, second)
		}
	})
}

func drawRecords(t *rapid.T) records {
	var set records
	revision := uint64(0)
	next := func() uint64 { revision++; return revision }
	shared := rapid.SampledFrom([]string{"1", "2", "3"})
	groups := rapid.SampledFrom([]string{"g", "k"})
	newest := map[string]int{} // index of the newest good record of an API
	for range rapid.IntRange(1, 40).Draw(t, "records") {
		id := shared.Draw(t, "id")
		deleted := rapid.IntRange(0, 3).Draw(t, "deleted") == 0
		switch rapid.SampledFrom([]string{"api", "api", "api", "bad api", "group", "app", "bad app", "grant"}).Draw(t, "kind") {
		case "api":
			newest[id] = len(set)
			if deleted {
				set = append(set, unpublish(next(), id))
			} else {
				set = append(set, api(next(), id, groups.Draw(t, "group"), "GET /"+shared.Draw(t, "path")))
			}
		case "bad api":
			set = append(set, unbuildable(next(), id, "g"))
		case "group":
			id := groups.Draw(t, "group")
			if deleted {
				set = append(set, record(next(), definition.KindGroup, id, nil))
			} else {
				set = append(set, group(next(), id, rapid.SliceOfN(rapid.SampledFrom([]string{"h", "i"}), 0, 2).Draw(t, "hosts")...))
			}
		case "app":
			if deleted {
				set = append(set, record(next(), definition.KindApp, id, nil))
			} else {
				set = append(set, app(next(), id, "key"+shared.Draw(t, "key"), "code"+shared.Draw(t, "code")))
			}
		case "bad app":
			set = append(set, record(next(), definition.KindApp, id, "{}"))
		case "grant":
			if deleted {
				set = append(set, record(next(), definition.KindGrant, id, nil))
			} else {
				set = append(set, grant(next(), id, shared.Draw(t, "app"), shared.Draw(t, "api")))
			}
		}
	}
	for id, i := range newest {
		if r := set[i]; !r.Deleted() {
			set[i] = api(r.Revision, id, groups.Draw(t, "group"), "GET /own/"+id)
		}
	}
	return set
}

// applied describes a world after the set was applied in a random order.
func applied(t *rapid.T, set records) string {
	w := newWorld()
	order := rapid.Permutation(set).Draw(t, "order")
	for len(order) > 0 {
		n := rapid.IntRange(1, len(order)).Draw(t, "batch")
		_ = w.Apply(order[:n]) // errors depend on the order, what is served does not
		order = order[n:]
	}
	var b strings.Builder
	for _, host := range []string{"h", "i"} {
		for _, path := range []string{"/1", "/2", "/3", "/x", "/own/1", "/own/2", "/own/3"} {
			fmt.Fprintf(&b, "%s%s=%s ", host, path, w.ask(host, release, "GET", path))
		}
	}
	for _, n := range []string{"1", "2", "3"} {
		if p := w.callers.ByKey("key" + n); p != nil {
			fmt.Fprintf(&b, "key%s=%s ", n, p.ID)
		}
		if p := w.callers.ByCode("code" + n); p != nil {
			fmt.Fprintf(&b, "code%s=%s ", n, p.ID)
		}
		for _, m := range []string{"1", "2", "3"} {
			fmt.Fprint(&b, w.callers.Granted(n, release).Has(m), " ")
		}
	}
	fmt.Fprintf(&b, "%v broken %s revision %d", w.Records(), w.broken(), w.Revision())
	return b.String()
}

// TestTombstonesAreBounded deletes more than is remembered. What was forgotten
// is still not revived, and what is new is still taken.
func TestTombstonesAreBounded(t *testing.T) {
	w := newWorld()
	const extra = 100
	n := uint64(snapshot.MaxTombstones + extra)
	batch := make(records, 0, n)
	for i := uint64(1); i <= n; i++ {
		batch = append(batch, record(i, definition.KindGrant, fmt.Sprint(i), nil))
	}
	mustApply(t, w, batch...)
	for _, i := range []uint64{2, extra, extra + 1, n} {
		mustApply(t, w, grant(i, fmt.Sprint(i), "p", "a"))
		mustApply(t, w, grant(i-1, fmt.Sprint(i), "p", "a"))
	}
	if w.callers.Granted("a", release).Has("p") {
		t.Error("an old record revived a deleted grant")
	}
	mustApply(t, w, grant(extra, "straggler", "q", "a"))
	if w.callers.Granted("a", release).Has("q") {
		t.Error("a record at the floor was taken")
	}
	mustApply(t, w, grant(extra+1, "late", "q", "a"), grant(n+1, "2", "p", "a"))
	if g := w.callers.Granted("a", release); !g.Has("q") || !g.Has("p") {
		t.Error("a record above the floor was not taken")
	}
}

// TestAFloodOfDeletionsHidesNothing: who was away for long is told in one batch of more
// deletions than are remembered, at the revision of the whole, and of what is new, which is
// older than that.
func TestAFloodOfDeletionsHidesNothing(t *testing.T) {
	w := newWorld()
	const last = 1000
	batch := records{group(1, "g", "h")}
	for i := range snapshot.MaxTombstones + 100 {
		batch = append(batch, record(last, definition.KindGrant, fmt.Sprint(i), nil))
	}
	batch = append(batch, api(7, "a", "g", "GET /a"), grant(8, "new", "p", "a"))
	mustApply(t, w, batch...)
	if got := w.ask("h", release, "GET", "/a"); got != "a@7" {
		t.Errorf("the new API answers %s", got)
	}
	if !w.callers.Granted("a", release).Has("p") {
		t.Error("the new grant was skipped")
	}
	mustApply(t, w, api(9, "late", "g", "GET /late"))
	if got := w.ask("h", release, "GET", "/late"); got == "late@9" {
		t.Error("a straggler of a later batch was taken")
	}
}

// TestShrunk: it is said once for each sixteenth, and not of what is small.
func TestShrunk(t *testing.T) {
	w := newWorld()
	revision := uint64(0)
	put := func(from, to int, gone bool) {
		t.Helper()
		var batch records
		for i := from; i < to; i++ {
			revision++
			if r := grant(revision, fmt.Sprint(i), "p", "a"); gone {
				batch = append(batch, record(revision, definition.KindGrant, fmt.Sprint(i), nil))
			} else {
				batch = append(batch, r)
			}
		}
		mustApply(t, w, batch...)
	}
	expect := func(step string, want bool) {
		t.Helper()
		if got := w.Shrunk(); got != want {
			t.Errorf("%s: %t", step, got)
		}
	}
	const all, part = 80_000, 5_000
	expect("empty", false)
	put(0, all, false)
	expect("full", false)
	put(0, part-1, true)
	expect("a little less than a sixteenth", false)
	put(part-1, part, true)
	expect("a sixteenth", true)
	expect("the same", false)
	put(part, 2*part-1, true)
	expect("a sixteenth of what was left", true)
	put(2*part-1, all-4000, true)
	expect("most", true)
	put(all-4000, all, true)
	expect("few records, though all there were", false)
}

// TestVisitsAreRefused: a table that would search too long refuses the API that
// made it so, and keeps the others.
func TestVisitsAreRefused(t *testing.T) {
	w := newWorld()
	var batch records
	batch = append(batch, group(1, "g", "h"))
	for i := range 1 << 11 {
		var path strings.Builder
		for bit := range 11 {
			if i>>bit&1 == 0 {
				path.WriteString("/a")
			} else {
				fmt.Fprintf(&path, "/{v%d}", bit)
			}
		}
		batch = append(batch, api(uint64(i+2), fmt.Sprint(i), "g", "GET "+path.String()))
	}
	err := w.Apply(batch)
	if err == nil || !strings.Contains(err.Error(), "would let one request visit") {
		t.Fatalf("Apply says %v", errors.Unwrap(err))
	}
	if got := w.ask("h", release, "GET", strings.Repeat("/a", 11)); got != "0@2" {
		t.Errorf("the first API answers %s", got)
	}
	if n := len(w.Broken()); n == 0 || n >= 1<<11 {
		t.Errorf("%d APIs are broken", n)
	}
}
