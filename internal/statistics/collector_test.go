package statistics_test

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/lintel-gateway/lintel/internal/statistics"
)

// noon is the start of a minute.
var noon = time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)

func call(api string, status int, latency, backend time.Duration) *statistics.Call {
	return &statistics.Call{
		APIID: api, GroupID: "group", Status: status, Latency: latency, Asked: backend > 0, Backend: backend, In: 10, Out: 100,
	}
}

func drain(t *testing.T, c *statistics.Collector) (rows []statistics.Row) {
	t.Helper()
	if err := c.Drain(func(part []statistics.Row) error { rows = append(rows, part...); return nil }); err != nil {
		t.Fatal(err)
	}
	return rows
}

func TestCallsAddUpByAPIAndMinute(t *testing.T) {
	c := statistics.NewCollector()
	c.Add(0, noon, call("a", 200, 5*time.Millisecond, 3*time.Millisecond))
	c.Add(0, noon.Add(59*time.Second), call("a", 404, 2*time.Millisecond, 0))
	c.Add(0, noon.Add(59*time.Second), call("a", 502, 9*time.Millisecond, 8*time.Millisecond))
	c.Add(0, noon.Add(59*time.Second), call("a", 302, time.Millisecond, 0))
	c.Add(0, noon.Add(time.Minute), call("a", 200, time.Millisecond, 0))
	c.Add(0, noon, call("", 404, time.Millisecond, 0)) // met no API

	want := statistics.Sums{
		Calls: 4, OK: 1, Refused: 1, Failed: 1, Latency: 17_000, LatencyMax: 9_000,
		Asked: 2, Backend: 11_000, BackendMax: 8_000, Inner: 6_000, InnerMax: 2_000, In: 40, Out: 400,
	}
	rows := c.API("a", noon.Unix())
	slices.SortFunc(rows, func(a, b statistics.Row) int { return int(a.Minute - b.Minute) })
	if len(rows) != 2 || rows[0].Sums != want || rows[0].Minute != noon.Unix() || rows[1].Calls != 1 || rows[1].Minute != noon.Unix()+60 {
		t.Errorf("%+v", rows)
	}
	if rows := c.API("a", noon.Unix()+60); len(rows) != 1 {
		t.Errorf("from the second minute on: %+v", rows)
	}
	if rows := c.API("b", 0); rows != nil {
		t.Errorf("of another API: %+v", rows)
	}
}

func TestGroupHasItsAPIsOnly(t *testing.T) {
	c := statistics.NewCollector()
	for i := range 100 {
		c.Add(0, noon, call(fmt.Sprint("api", i), 200, time.Millisecond, 0))
	}
	other := call("elsewhere", 200, time.Millisecond, 0)
	other.GroupID = "other"
	c.Add(0, noon, other)
	var sum statistics.Sums
	for _, row := range c.Group("group", noon.Unix()) {
		sum.Add(&row.Sums)
	}
	if sum.Calls != 100 || sum.Out != 10_000 || sum.LatencyMax != 1000 {
		t.Errorf("%+v", sum)
	}
}

func TestDrainedRowsAreGone(t *testing.T) {
	c := statistics.NewCollector()
	for i := range 1000 {
		c.Add(0, noon, call(fmt.Sprint("api", i), 200, time.Millisecond, 0))
	}
	most := 0
	var rows []statistics.Row
	if err := c.Drain(func(part []statistics.Row) error {
		most, rows = max(most, len(part)), append(rows, part...)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if len(rows) != 1000 || most > 600 {
		t.Errorf("%d rows, up to %d at a time", len(rows), most)
	}
	if again := drain(t, c); len(again) != 0 {
		t.Errorf("%d rows twice", len(again))
	}
}

// TestRefusedRowsStay: what the store refused is kept, with what was counted
// meanwhile.
func TestRefusedRowsStay(t *testing.T) {
	c := statistics.NewCollector()
	c.Add(0, noon, call("a", 200, time.Millisecond, 0))
	c.Add(0, noon, call("b", 200, time.Millisecond, 0))
	away := errors.New("away")
	err := c.Drain(func([]statistics.Row) error {
		c.Add(0, noon, call("a", 500, 3*time.Millisecond, 0)) // calls go on
		return away
	})
	if !errors.Is(err, away) {
		t.Fatal(err)
	}
	rows := c.API("a", 0)
	if len(rows) != 1 || rows[0].Calls != 2 || rows[0].Failed != 1 || rows[0].LatencyMax != 3000 {
		t.Errorf("%+v", rows)
	}
	if rows := drain(t, c); len(rows) != 2 {
		t.Errorf("%+v", rows)
	}
}

// TestRoomIsBounded: a minute of more APIs than there is room for loses the
// calls of the surplus and says how many.
func TestRoomIsBounded(t *testing.T) {
	c := statistics.NewCollector()
	const apis = 300_000
	for i := range apis {
		c.Add(0, noon, call(fmt.Sprint("api", i), 200, time.Millisecond, 0))
	}
	rows := drain(t, c)
	if lost := c.Lost(); lost == 0 || len(rows)+int(lost) != apis || len(rows) > 64*4096 {
		t.Errorf("%d rows, %d calls lost", len(rows), lost)
	}
}

// TestEveryCallIsMetOnce: adding, draining and reading at once. Whoever reads
// under View sees each call either stored or not.
func TestEveryCallIsMetOnce(t *testing.T) {
	c := statistics.NewCollector()
	var mu sync.Mutex
	stored := int64(0)
	const calls = 20_000
	var all sync.WaitGroup
	for lane := range uint32(2) {
		all.Go(func() {
			for range calls / 2 {
				c.Add(lane, noon, call("a", 200, time.Millisecond, 0))
			}
		})
	}
	done := make(chan struct{})
	var reading sync.WaitGroup
	reading.Go(func() {
		last := int64(0)
		for {
			var seen int64
			err := c.View(func() error {
				for _, row := range c.API("a", 0) {
					seen += row.Calls
				}
				mu.Lock()
				defer mu.Unlock()
				seen += stored
				return nil
			})
			if err != nil || seen < last || seen > calls {
				t.Errorf("%d calls after %d, %v", seen, last, err)
				return
			}
			last = seen
			select {
			case <-done:
				return
			default:
			}
		}
	})
	store := func(rows []statistics.Row) error {
		mu.Lock()
		defer mu.Unlock()
		for _, row := range rows {
			stored += row.Calls
		}
		return nil
	}
	for range 50 {
		if err := c.Drain(store); err != nil {
			t.Error(err)
		}
	}
	all.Wait()
	close(done)
	reading.Wait()
	if err := c.Drain(store); err != nil || stored != calls {
		t.Errorf("%d of %d calls, %v", stored, calls, err)
	}
}

func TestNilCollectorCountsNothing(t *testing.T) {
	var c *statistics.Collector
	c.Add(0, noon, call("a", 200, 0, 0))
	if c.Lost() != 0 {
		t.Error("something was lost")
	}
}
