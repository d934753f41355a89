package limittest

import (
	"fmt"
	"net/netip"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/lintel-gateway/lintel/internal/limit"
)

// Subject is a limiter under test, which has counted nothing.
type Subject struct {
	Limiter limit.Limiter
	// Now and Advance are the limiter's clock, which moves only here.
	Now     func() time.Time
	Advance func(time.Duration)
	// Counters is how many counters it holds, once it had the occasion to give up
	// those that are over.
	Counters func() int
}

// Run runs the suite. open makes a subject for each test.
func Run(t *testing.T, open func(testing.TB) *Subject) {
	for _, test := range []struct {
		name string
		run  func(*testing.T, *Subject)
	}{
		{"exactly the limit", exact},
		{"all or none", allOrNone},
		{"the first that is full is named", named},
		{"windows are aligned", aligned},
		{"keys and periods are apart", apart},
		{"a limit changes", changes},
		{"nothing wanted", nothing},
		{"the longest period", longest},
		{"a clock that is set back", setBack},
		{"counters go away", goAway},
		{"many at once", concurrent},
		{"many at once with several limits", concurrentSeveral},
		{"many at once while windows turn", turning},
	} {
		t.Run(test.name, func(t *testing.T) { test.run(t, open(t)) })
	}
	t.Run("like the plain model", func(t *testing.T) {
		rapid.Check(t, func(r *rapid.T) { model(r, open(t)) })
	})
}

func key(what, place string) limit.Key { return limit.Key{Name: limit.NewName(what, "", place)} }

func want(what string, most, period int64) limit.Want {
	return limit.Want{Key: key(what, "place"), Limit: most, Period: period}
}

func (s *Subject) take(t testing.TB, wants ...limit.Want) (refused int, left []limit.Want) {
	t.Helper()
	return s.Limiter.Take(t.Context(), wants), wants
}

func exact(t *testing.T, s *Subject) {
	for i := range 8 {
		refused, left := s.take(t, want("api", 5, 60))
		wantRefused, remain := limit.Admitted, int64(4-i)
		if i >= 5 {
			wantRefused, remain = 0, 0
		}
		if refused != wantRefused || left[0].Remain != remain {
			t.Errorf("call %d: refused %d, remain %d; want %d, %d", i+1, refused, left[0].Remain, wantRefused, remain)
		}
	}
}

func allOrNone(t *testing.T, s *Subject) {
	for range 3 {
		s.take(t, want("ip", 3, 60))
	}
	for range 4 {
		refused, left := s.take(t, want("api", 10, 60), want("ip", 3, 60), want("app", 7, 60))
		if refused != 1 || left[0].Remain != 10 || left[1].Remain != 0 || left[2].Remain != 7 {
			t.Fatalf("refused by %d, remain %d %d %d; want 1 and 10 0 7: a refused call counts nowhere", refused, left[0].Remain, left[1].Remain, left[2].Remain)
		}
	}
	if refused, left := s.take(t, want("api", 10, 60), want("app", 7, 60)); refused != limit.Admitted || left[0].Remain != 9 || left[1].Remain != 6 {
		t.Errorf("refused %d, %+v", refused, left)
	}
}

func named(t *testing.T, s *Subject) {
	s.take(t, want("a", 1, 60), want("b", 1, 60))
	if refused, _ := s.take(t, want("c", 1, 60), want("b", 1, 60), want("a", 1, 60)); refused != 1 {
		t.Errorf("refused by %d, want 1", refused)
	}
	if refused, _ := s.take(t, limit.Want{Key: key("zero", ""), Limit: 0, Period: 1}); refused != 0 {
		t.Error("a limit of 0 admits a call")
	}
}

// aligned: a window ends at a multiple of its period, however late it was first
// used.
func aligned(t *testing.T, s *Subject) {
	for _, period := range []int64{1, 7, 60, 3600, 86400} {
		w := want(fmt.Sprint("aligned ", period), 1, period)
		s.take(t, w)
		last := time.Unix((s.Now().Unix()/period+1)*period, 0).Add(-time.Nanosecond).Sub(s.Now())
		s.Advance(last)
		if refused, _ := s.take(t, w); refused == limit.Admitted {
			t.Errorf("%d s: a second call in the last nanosecond of the window", period)
		}
		s.Advance(time.Nanosecond)
		if refused, _ := s.take(t, w); refused != limit.Admitted {
			t.Errorf("%d s: no call in the first moment of the next window", period)
		}
	}
}

func apart(t *testing.T, s *Subject) {
	first, second := netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("2001:db8::1")
	keys := []limit.Key{
		{Name: limit.NewName("ip", "p", "x"), Caller: "c", Address: first},
		{Name: limit.NewName("app", "p", "x"), Caller: "c", Address: first},
		{Name: limit.NewName("ip", "q", "x"), Caller: "c", Address: first},
		{Name: limit.NewName("ip", "p", "y"), Caller: "c", Address: first},
		{Name: limit.NewName("ip", "p", "x"), Caller: "d", Address: first},
		{Name: limit.NewName("ip", "p", "x"), Caller: "c", Address: second},
		{Name: limit.NewName("ip", "px", "")}, {Name: limit.NewName("ipp", "x", "")}, {Name: limit.NewName("ip", "", "px")},
	}
	for _, period := range []int64{60, 61} {
		for _, k := range keys {
			w := limit.Want{Key: k, Limit: 1, Period: period}
			if refused, _ := s.take(t, w); refused != limit.Admitted {
				t.Errorf("%+v of %d s was counted elsewhere", k, period)
			}
			if refused, _ := s.take(t, w); refused == limit.Admitted {
				t.Errorf("%+v of %d s was not counted", k, period)
			}
		}
	}
}

// changes: what was counted stays when a limit is raised or lowered.
func changes(t *testing.T, s *Subject) {
	for range 5 {
		s.take(t, want("api", 5, 60))
	}
	for _, step := range []struct {
		most, remain int64
		refused      int
	}{{7, 1, limit.Admitted}, {3, 0, 0}, {7, 0, limit.Admitted}, {7, 0, 0}, {100, 92, limit.Admitted}} {
		if refused, left := s.take(t, want("api", step.most, 60)); refused != step.refused || left[0].Remain != step.remain {
			t.Errorf("limit %d: refused %d, remain %d; want %d, %d", step.most, refused, left[0].Remain, step.refused, step.remain)
		}
	}
}

func nothing(t *testing.T, s *Subject) {
	if refused, _ := s.take(t); refused != limit.Admitted {
		t.Errorf("refused %d, want Admitted", refused)
	}
}

// longest: periods that no clock reaches the end of.
func longest(t *testing.T, s *Subject) {
	for interval, unit := range map[int64]string{1<<31 - 1: limit.Day, 1<<62 + 5: limit.Hour} {
		period, err := limit.Seconds(interval, unit)
		if err != nil {
			t.Fatal(err)
		}
		w := want(unit, 2, period)
		for i, refused := range []int{limit.Admitted, limit.Admitted, 0} {
			if got, _ := s.take(t, w); got != refused {
				t.Errorf("call %d of a period of %d s: %d, want %d", i+1, period, got, refused)
			}
			s.Advance(240 * time.Hour)
		}
	}
}

func setBack(t *testing.T, s *Subject) {
	w := want("api", 1, 10)
	s.Advance(time.Unix((s.Now().Unix()/10+1)*10, 0).Sub(s.Now()))
	s.take(t, w)
	s.Advance(-time.Second)
	if refused, _ := s.take(t, w); refused == limit.Admitted {
		t.Error("a clock that was set back by a second gave the window anew")
	}
	s.Advance(-time.Hour)
	if refused, _ := s.take(t, w); refused != limit.Admitted {
		t.Error("a clock that was set back by an hour lets nobody call for an hour")
	}
}

// goAway: callers of long ago take no memory.
func goAway(t *testing.T, s *Subject) {
	const callers = 5000
	ask := func(round int) {
		for i := range callers {
			w := want("app", 1, 1)
			w.Key.Caller = fmt.Sprint(round, " ", i)
			s.take(t, w)
		}
	}
	ask(0)
	for round := range 10 {
		s.Advance(2 * time.Second)
		ask(round + 1)
	}
	if n := s.Counters(); n < callers || n > 2*callers {
		t.Errorf("%d counters after eleven times %d callers of which only the last may be live", n, callers)
	}
}

const workers = 16

// crowd lets all workers ask calls times each, and counts those admitted.
func crowd(t *testing.T, s *Subject, calls int, wants func(worker, call int) []limit.Want) (admitted int64) {
	var n atomic.Int64
	var wg sync.WaitGroup
	for worker := range workers {
		wg.Go(func() {
			for call := range calls {
				if s.Limiter.Take(t.Context(), wants(worker, call)) == limit.Admitted {
					n.Add(1)
				}
			}
		})
	}
	wg.Wait()
	return n.Load()
}

func concurrent(t *testing.T, s *Subject) {
	if n := crowd(t, s, 500, func(int, int) []limit.Want { return []limit.Want{want("api", 1234, 86400)} }); n != 1234 {
		t.Errorf("%d calls were admitted, want exactly 1234", n)
	}
}

// concurrentSeveral: every call has the API's limit, that of its address and
// that of its app; the API's is the largest number that the others allow
// together, so that each refused call that was counted anywhere would be missed.
func concurrentSeveral(t *testing.T, s *Subject) {
	apps := [...]int64{100, 150, 200, 250}
	wants := func(worker, call int) []limit.Want {
		app := (worker + call) % len(apps)
		address := want("ip", 350, 86400)
		address.Key.Address = netip.AddrFrom4([4]byte{192, 0, 2, byte(app / 2)})
		list := []limit.Want{address, want(fmt.Sprint("app ", app), apps[app], 86400), want("api", 600, 86400)}
		if worker%2 == 0 { // the order of wants must not matter
			list[0], list[2] = list[2], list[0]
		}
		return list
	}
	// Addresses: 100+150 of 350, and 200+250 of 350: 250 + 350 = 600.
	if n := crowd(t, s, 500, wants); n != 600 {
		t.Errorf("%d calls were admitted, want exactly 600", n)
	}
	_, left := s.take(t, wants(1, 0)...)
	if left[2].Remain != 0 {
		t.Errorf("the API has %d calls left, want 0", left[2].Remain)
	}
}

// turning: the clock turns windows while calls come; each window admits its
// limit and no more.
func turning(t *testing.T, s *Subject) {
	const windows, most, small = 20, 40, 15
	var total, ofOne int64
	for range windows {
		total += crowd(t, s, 10, func(worker, call int) []limit.Want {
			return []limit.Want{want("api", most, 10)}
		})
		ofOne += crowd(t, s, 10, func(worker, call int) []limit.Want {
			return []limit.Want{want("one", small, 10), want("both", most, 10)}
		})
		s.Advance(10 * time.Second)
	}
	if total != windows*most || ofOne != windows*small {
		t.Errorf("%d and %d calls were admitted in %d windows, want %d and %d", total, ofOne, windows, windows*most, windows*small)
	}
	// Now the windows turn under the calls: what is admitted is at most the limit
	// of each window that there was, and what is left of the last says that each
	// admitted call was counted.
	var turns atomic.Int64
	stop := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		for {
			select {
			case <-stop:
				return
			default:
				s.Advance(10 * time.Second)
				turns.Add(1)
				time.Sleep(100 * time.Microsecond)
			}
		}
	})
	n := crowd(t, s, 2000, func(int, int) []limit.Want { return []limit.Want{want("turn", most, 10), want("turn too", most+1, 10)} })
	close(stop)
	wg.Wait()
	if most := (turns.Load() + 1) * most; n > most || n == 0 {
		t.Errorf("%d calls were admitted in %d windows, at most %d may be", n, turns.Load()+1, most)
	}
}

// model compares with counting in a map, one call after the other.
func model(r *rapid.T, s *Subject) {
	type counter struct {
		name   string
		period int64
	}
	of := func(w limit.Want) counter { return counter{w.Key.Name.String(), w.Period} }
	type state struct{ window, count int64 }
	counts := map[counter]state{}
	for range rapid.IntRange(1, 60).Draw(r, "steps") {
		s.Advance(time.Duration(rapid.IntRange(0, 4000).Draw(r, "advance")) * time.Millisecond)
		now := s.Now().Unix()
		var wants []limit.Want
		for _, place := range rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"a", "b", "c", "d", "e"}), 0, 4, rapid.ID[string]).Draw(r, "places") {
			wants = append(wants, limit.Want{
				Key: key("x", place), Limit: int64(rapid.IntRange(0, 5).Draw(r, "limit")), Period: int64(rapid.IntRange(1, 5).Draw(r, "period")),
			})
		}
		expected := limit.Admitted
		for i, w := range wants {
			at := of(w)
			if c := counts[at]; c.window != now/w.Period {
				counts[at] = state{now / w.Period, 0}
			}
			if counts[at].count >= w.Limit && expected == limit.Admitted {
				expected = i
			}
		}
		for _, w := range wants {
			at := of(w)
			if c := counts[at]; expected == limit.Admitted {
				counts[at] = state{c.window, c.count + 1}
			}
		}
		if got := s.Limiter.Take(r.Context(), wants); got != expected {
			r.Fatalf("%+v: %d, want %d", wants, got, expected)
		}
		for _, w := range wants {
			if remain := max(w.Limit-counts[of(w)].count, 0); w.Remain != remain {
				r.Fatalf("%+v: remain %d, want %d", w, w.Remain, remain)
			}
		}
	}
}
