package statistics_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	"unsafe"

	"github.com/lintel-gateway/lintel/internal/statistics"
)

// TestLanesMakeOneRow: whatever lanes counted the calls of an API and minute, it is
// one row for who reads and for the store, which could not write one row twice in one
// statement.
func TestLanesMakeOneRow(t *testing.T) {
	c := statistics.NewCollector()
	const lanes, each = 200, 50
	var all sync.WaitGroup
	for lane := range uint32(lanes) {
		all.Go(func() {
			for i := range each {
				c.Add(lane, noon, call("0123456789abcdef0123456789abcdef", 200, time.Duration(i)*time.Microsecond, 0))
			}
		})
	}
	all.Wait()
	if rows := c.API("0123456789abcdef0123456789abcdef", noon.Unix()); len(rows) != 1 || rows[0].Calls != lanes*each || rows[0].LatencyMax != each-1 {
		t.Errorf("read: %+v", rows)
	}
	if rows := drain(t, c); len(rows) != 1 || rows[0].Calls != lanes*each || rows[0].GroupID != "group" {
		t.Errorf("drained: %+v", rows)
	}
}

// TestPlacesAreShared: many more APIs than a front has places, of which some change
// the minute and the group meanwhile; each is counted for itself.
func TestPlacesAreShared(t *testing.T) {
	c := statistics.NewCollector()
	const apis = 1000
	want := map[string]int64{}
	add := func(api, group string, ended time.Time) {
		one := call(api, 200, time.Millisecond, 0)
		one.GroupID = group
		c.Add(0, ended, one)
		want[fmt.Sprint(api, " ", statistics.MinuteOf(ended))]++
	}
	for _, minute := range []time.Duration{0, 1, 0, 2} { // one call ends before it is counted
		for i := range apis {
			api := fmt.Sprintf("%0*d", i%12+1, i)
			add(api, "group", noon.Add(minute*time.Minute))
			if i%3 == 0 {
				add(api, "group", noon.Add(minute*time.Minute))
			}
		}
	}
	got := map[string]int64{}
	for _, row := range drain(t, c) {
		k := fmt.Sprint(row.APIID, " ", row.Minute)
		if got[k] != 0 {
			t.Errorf("%s has two rows", k)
		}
		got[k] = row.Calls
	}
	if len(got) != len(want) {
		t.Errorf("%d rows, want %d", len(got), len(want))
	}
	for k, n := range want {
		if got[k] != n {
			t.Errorf("%s has %d calls, want %d", k, got[k], n)
		}
	}
	add("0000", "moved", noon.Add(2*time.Minute)) // its place still has the group of before
	if rows := drain(t, c); len(rows) != 1 || rows[0].GroupID != "moved" {
		t.Errorf("%+v", rows)
	}
}

// TestTextsMayChange: the texts of a call lie in a buffer that the next call uses.
func TestTextsMayChange(t *testing.T) {
	c := statistics.NewCollector()
	buffer := []byte("api-a group")
	one := call("", 200, time.Millisecond, 0)
	one.APIID, one.GroupID = unsafe.String(&buffer[0], 5), unsafe.String(&buffer[6], 5)
	for lane := range uint32(2) {
		for _, last := range "abab" {
			buffer[4] = byte(last)
			c.Add(lane, noon, one)
		}
	}
	copy(buffer, "xxxxxxxxxxx")
	rows := drain(t, c)
	slices.SortFunc(rows, func(a, b statistics.Row) int { return strings.Compare(a.APIID, b.APIID) })
	if len(rows) != 2 {
		t.Fatalf("%+v", rows)
	}
	for i, api := range []string{"api-a", "api-b"} {
		if r := &rows[i]; r.APIID != api || r.GroupID != "group" || r.Calls != 4 {
			t.Errorf("%+v", r)
		}
	}
}
