package snapshot_test

import (
	"strings"
	"testing"

	"github.com/lintel-gateway/lintel/internal/definition"
	"github.com/lintel-gateway/lintel/internal/gateway/call"
)

// TestEntrance: what a group's record says of all its calls reaches the next
// call, follows the record, and goes with it; what cannot be enforced is refused
// before it is recorded.
func TestEntrance(t *testing.T) {
	w := newWorld()
	of := func(revision uint64, limit *definition.GroupLimit) definition.Record {
		return record(revision, definition.KindGroup, "g", definition.Group{ID: "g", Hosts: []string{"h", "own"}, SubDomain: "own", Limit: limit})
	}
	apply := func(r definition.Record) {
		t.Helper()
		if err := w.Apply([]definition.Record{r}); err != nil {
			t.Fatal(err)
		}
	}
	meets := func() *call.Entrance {
		t.Helper()
		g := w.Group("h")
		if g == nil {
			t.Fatal("no group")
		}
		c := &call.Call{Request: call.Request{Method: "GET", Path: "/x"}}
		if p, _ := g.Lookup(release, c); p == nil {
			t.Fatal("no API")
		}
		return c.Target.Entrance
	}
	apply(api(1, "a", "g", "GET /x"))
	apply(of(2, nil))
	held := w.Group("h")
	if e := meets(); e == nil || e.SubDomain != "own" || e.Limit != nil {
		t.Errorf("%+v", e)
	}
	apply(of(3, &definition.GroupLimit{Calls: 5, Interval: 2, Unit: "HOUR"}))
	if e := meets(); e.Limit == nil || e.Limit.Limit != 5 || e.Limit.Seconds != 7200 {
		t.Errorf("%+v", e.Limit)
	}
	for want, r := range map[string]definition.Record{
		"limit 0 of group": of(4, &definition.GroupLimit{Interval: 1, Unit: "DAY"}),
		`time_unit "WEEK"`: of(5, &definition.GroupLimit{Calls: 1, Interval: 1, Unit: "WEEK"}),
		"time_interval 0":  of(6, &definition.GroupLimit{Calls: 1, Unit: "DAY"}),
		`sub_domain "none" is none of hosts`: record(7, definition.KindGroup, "g",
			definition.Group{ID: "g", Hosts: []string{"h"}, SubDomain: "none"}),
	} {
		if err := w.Check(r); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("checked: %v, want …%s…", err, want)
		}
		if err := w.Apply([]definition.Record{r}); err == nil || meets().Limit.Limit != 5 {
			t.Errorf("%s: %v; the last good record must go on", want, err)
		}
	}
	apply(of(8, nil))
	if e := meets(); e.Limit != nil {
		t.Errorf("%+v", e.Limit)
	}
	apply(record(9, definition.KindGroup, "g", nil))
	c := &call.Call{Request: call.Request{Method: "GET", Path: "/x"}}
	if held.Lookup(release, c); c.Target.Entrance != nil {
		t.Errorf("of a group that is gone: %+v", c.Target.Entrance)
	}
}
