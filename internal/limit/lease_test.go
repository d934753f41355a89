package limit_test

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/lintel-gateway/lintel/internal/clock"
	"github.com/lintel-gateway/lintel/internal/limit"
	"github.com/lintel-gateway/lintel/internal/limit/limittest"
)

// admitting is a Memory whose calls are admitted without knowing what remains, which
// is asked for behind each of them: by a call that a limit of 0 refuses, so that it is
// counted nowhere.
type admitting struct{ *limit.Memory }

func (a admitting) Take(ctx context.Context, wants []limit.Want) (refused int) {
	refused = a.Admit(wants)
	asking := append(slices.Clone(wants), limit.Want{Key: limit.Key{Name: limit.NewName("never", "", "")}, Period: 86400})
	a.Memory.Take(ctx, asking)
	for i := range wants {
		wants[i].Remain = asking[i].Remain
	}
	return refused
}

func TestAdmit(t *testing.T) {
	limittest.Run(t, func(testing.TB) *limittest.Subject {
		fake := clock.NewFake(noon)
		m := limit.NewMemory(fake.Now, limit.DefaultCallers)
		return &limittest.Subject{Limiter: admitting{m}, Now: fake.Now, Advance: fake.Advance, Counters: m.Counters}
	})
}

func ofPlace(place string, most, period int64) limit.Want {
	return limit.Want{Key: limit.Key{Name: limit.NewName("api", "", place)}, Limit: most, Period: period}
}

// TestLeasesModel compares calls on several lanes, one after the other, with counting
// in a map: whatever lies in leases, nobody is refused while there is room and nobody
// is admitted when there is none.
func TestLeasesModel(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		type counter struct {
			place  string
			period int64
		}
		type state struct{ window, count int64 }
		fake := clock.NewFake(noon)
		const lanes = 4
		m, counts := limit.NewLanes(fake.Now, limit.DefaultCallers, lanes), map[counter]state{}
		limits := map[string]int64{}
		for range rapid.IntRange(1, 60).Draw(r, "steps") {
			fake.Advance(time.Duration(rapid.SampledFrom([]int{0, 0, 0, 500, 7000}).Draw(r, "advance")) * time.Millisecond)
			now := fake.Now().Unix()
			var wants []limit.Want
			for _, place := range rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"a", "b", "c"}), 1, 3, rapid.ID[string]).Draw(r, "places") {
				if limits[place] == 0 || rapid.IntRange(0, 9).Draw(r, "edit") == 0 {
					limits[place] = rapid.SampledFrom([]int64{3, 64, 150, 400, 1000}).Draw(r, "limit")
				}
				wants = append(wants, ofPlace(place, limits[place], rapid.SampledFrom([]int64{10, 60}).Draw(r, "period")))
			}
			on, exact := rapid.IntRange(0, lanes-1).Draw(r, "lane"), rapid.IntRange(0, 7).Draw(r, "exact") == 0
			for range rapid.IntRange(1, 120).Draw(r, "calls") {
				expected := limit.Admitted
				for i, w := range wants {
					at := counter{w.Key.Name.String(), w.Period}
					if counts[at].window != now/w.Period {
						counts[at] = state{now / w.Period, 0}
					}
					if counts[at].count >= w.Limit && expected == limit.Admitted {
						expected = i
					}
				}
				for _, w := range wants {
					at := counter{w.Key.Name.String(), w.Period}
					if s := counts[at]; expected == limit.Admitted {
						counts[at] = state{s.window, s.count + 1}
					}
				}
				got := 0
				if exact {
					got = m.Take(r.Context(), wants)
				} else {
					got = m.AdmitOn(on, wants)
				}
				if got != expected {
					r.Fatalf("lane %d, %+v: %d, want %d", on, wants, got, expected)
				}
				for _, w := range wants {
					if remain := max(w.Limit-counts[counter{w.Key.Name.String(), w.Period}].count, 0); exact && w.Remain != remain {
						r.Fatalf("%+v: remain %d, want %d", wants, w.Remain, remain)
					}
				}
			}
		}
	})
}

// TestLeasesAreGiven: what the model is about happens, and what a lane has left is
// found by the next one.
func TestLeasesAreGiven(t *testing.T) {
	fake := clock.NewFake(noon)
	m := limit.NewLanes(fake.Now, limit.DefaultCallers, 4)
	wants := []limit.Want{ofPlace("api", 1000, 60)}
	for range 200 {
		if m.AdmitOn(0, wants) != limit.Admitted {
			t.Fatal("refused")
		}
	}
	if leases, left := m.Leases(); leases != 1 || left == 0 {
		t.Fatalf("%d leases with %d calls", leases, left)
	}
	for call := range 800 {
		if m.AdmitOn(1+call%3, wants) != limit.Admitted {
			t.Fatalf("call %d of 1000 was refused", 201+call)
		}
	}
	for lane := range 4 {
		if m.AdmitOn(lane, wants) == limit.Admitted {
			t.Errorf("lane %d admitted one more", lane)
		}
	}
	fake.Advance(time.Minute)
	if m.AdmitOn(0, wants); m.Take(t.Context(), wants) != limit.Admitted || wants[0].Remain != 998 {
		t.Errorf("%d remain in the next window, want 998", wants[0].Remain)
	}
}

// TestLeasesOfSmallLimits: there are none.
func TestLeasesOfSmallLimits(t *testing.T) {
	m := limit.NewLanes(clock.NewFake(noon).Now, limit.DefaultCallers, 2)
	for range 40 {
		m.AdmitOn(0, []limit.Want{ofPlace("api", 63, 60)})
	}
	if leases, _ := m.Leases(); leases != 0 {
		t.Errorf("%d leases of a limit of 63", leases)
	}
}

// TestLeasesSetBack: a clock that is set back by less than a window goes on in the
// window that had begun, with the leases of it; by more, everything begins anew.
func TestLeasesSetBack(t *testing.T) {
	fake := clock.NewFake(noon)
	m := limit.NewLanes(fake.Now, limit.DefaultCallers, 2)
	wants := []limit.Want{ofPlace("api", 100, 60)}
	admitted := func() (n int) {
		for call := range 300 {
			if m.AdmitOn(call%2, wants) == limit.Admitted {
				n++
			}
		}
		return n
	}
	for range 50 {
		m.AdmitOn(0, wants)
	}
	fake.Advance(-50 * time.Second)
	if n := admitted(); n != 50 {
		t.Errorf("50 s back: %d calls were admitted, want the 50 that remained", n)
	}
	fake.Advance(-time.Hour)
	if n := admitted(); n != 100 {
		t.Errorf("an hour back: %d calls were admitted, want 100", n)
	}
}

// TestLeasesTwoLimits: while calls of an older edit are under way, two limits are wanted
// of one counter. None is admitted beyond the one that it names.
func TestLeasesTwoLimits(t *testing.T) {
	m := limit.NewLanes(clock.NewFake(noon).Now, limit.DefaultCallers, 2)
	low, high := []limit.Want{ofPlace("api", 100, 60)}, []limit.Want{ofPlace("api", 400, 60)}
	for range 50 {
		m.AdmitOn(0, low)
	}
	for range 200 {
		m.AdmitOn(1, high)
	}
	if m.AdmitOn(0, low) == limit.Admitted {
		t.Error("the 251st call was admitted under a limit of 100")
	}
	if m.Take(t.Context(), high) != limit.Admitted || high[0].Remain != 149 {
		t.Errorf("%d remain of 400 behind 251 calls", high[0].Remain)
	}
}

// TestLeasesOneName: the counter of a policy that several APIs share is found by all
// of their names.
func TestLeasesOneName(t *testing.T) {
	m := limit.NewLanes(clock.NewFake(noon).Now, limit.DefaultCallers, 1)
	n := 0
	for range 300 {
		if m.AdmitOn(0, []limit.Want{ofPlace("shared", 200, 60)}) == limit.Admitted { // a name of its own each time
			n++
		}
	}
	if n != 200 {
		t.Errorf("%d calls were admitted, want 200", n)
	}
}

// TestLeasesAreBounded: many busy callers have 65,536 leases together, lanes forget
// some of them, and each caller has its limit all the same; in the next window leases
// go to others.
func TestLeasesAreBounded(t *testing.T) {
	const callers, rounds, lanes, most = 40_000, 9, 2, 64
	fake := clock.NewFake(noon)
	m := limit.NewLanes(fake.Now, limit.DefaultCallers, lanes)
	everybody := func(first, callers int) {
		for round := range rounds {
			for i := range callers {
				w := [1]limit.Want{ofCaller(first+i, most)}
				if m.AdmitOn(round%lanes, w[:]) != limit.Admitted {
					t.Fatalf("caller %d was refused in round %d", i, round)
				}
			}
		}
	}
	everybody(0, callers)
	if leases, left := m.Leases(); leases > 65_536 || leases < 50_000 || left == 0 {
		t.Errorf("%d leases with %d calls", leases, left)
	}
	for _, i := range []int{0, 1, callers - 1} {
		n := rounds
		for w := [1]limit.Want{ofCaller(i, most)}; m.AdmitOn(n%lanes, w[:]) == limit.Admitted; n++ {
		}
		if n != most {
			t.Errorf("caller %d had %d calls, want %d", i, n, most)
		}
	}
	fake.Advance(24 * time.Hour)
	everybody(callers, callers/4)
	if leases, left := m.Leases(); leases > 65_536 || left == 0 {
		t.Errorf("the next day: %d leases with %d calls", leases, left)
	}
}

func ofCaller(n int, most int64) limit.Want {
	return limit.Want{Key: limit.Key{Name: appName, Caller: fmt.Sprintf("app %08d", n)}, Limit: most, Period: 86400}
}

var appName = limit.NewName("app", policyID, placeID)

// TestLeasesConcurrent: goroutines on all lanes, some of which ask what remains,
// admit exactly what the limits allow together.
func TestLeasesConcurrent(t *testing.T) {
	const lanes, workers, calls = 4, 16, 2000
	m := limit.NewLanes(clock.NewFake(noon).Now, limit.DefaultCallers, lanes)
	apps := [...]int64{1000, 1500, 2000, 2500}
	var admitted atomic.Int64
	var wg sync.WaitGroup
	for worker := range workers {
		wg.Go(func() {
			for call := range calls {
				app := (worker + call) % len(apps)
				ip := limit.Want{Key: limit.Key{Name: ipName, Address: netip.AddrFrom4([4]byte{192, 0, 2, byte(app / 2)})}, Limit: 3500, Period: 86400}
				wants := []limit.Want{ip, ofPlace(fmt.Sprint("app ", app), apps[app], 86400), ofPlace("api", 6000, 86400)}
				if worker%2 == 0 {
					wants[0], wants[2] = wants[2], wants[0]
				}
				refused := 0
				if call%100 == 0 {
					refused = m.Take(t.Context(), wants)
				} else {
					refused = m.AdmitOn(worker%lanes, wants)
				}
				if refused == limit.Admitted {
					admitted.Add(1)
				}
			}
		})
	}
	wg.Wait()
	// Addresses: 1000+1500 of 3500, and 2000+2500 of 3500: 2500 + 3500 = 6000.
	if n := admitted.Load(); n != 6000 {
		t.Errorf("%d calls were admitted, want exactly 6000", n)
	}
}

var ipName = limit.NewName("ip", "", "")

// TestLeasesTurn: windows turn under calls on all lanes. Each window admits its limit
// at most, and what remains says that every call of the last one was counted.
func TestLeasesTurn(t *testing.T) {
	const lanes, workers, most = 4, 8, 500
	fake := clock.NewFake(noon)
	m := limit.NewLanes(fake.Now, limit.DefaultCallers, lanes)
	var turns, admitted atomic.Int64
	ended := make(chan struct{})
	var clockwork, wg sync.WaitGroup
	clockwork.Go(func() {
		for {
			select {
			case <-ended:
				return
			case <-time.After(100 * time.Microsecond):
				fake.Advance(10 * time.Second)
				turns.Add(1)
			}
		}
	})
	crowd := func(calls int) {
		for worker := range workers {
			wg.Go(func() {
				for range calls {
					if m.AdmitOn(worker%lanes, []limit.Want{ofPlace("turn", most, 10), ofPlace("turn too", most+1, 10)}) == limit.Admitted {
						admitted.Add(1)
					}
				}
			})
		}
		wg.Wait()
	}
	crowd(5000)
	close(ended)
	clockwork.Wait()
	if n, bound := admitted.Load(), (turns.Load()+1)*most; n > bound || n == 0 {
		t.Errorf("%d calls were admitted in %d windows, at most %d may be", n, turns.Load()+1, bound)
	}
	fake.Advance(10 * time.Second)
	admitted.Store(0)
	crowd(50)
	wants := []limit.Want{ofPlace("turn", most, 10)}
	if m.Take(t.Context(), wants); wants[0].Remain != most-1-admitted.Load() {
		t.Errorf("%d were admitted, and %d of %d remain", admitted.Load(), wants[0].Remain, most)
	}
}

func TestAdmitAllocations(t *testing.T) {
	if race {
		t.Skip("the race detector allocates")
	}
	m, wants := limit.NewMemory(clock.System, 0), four("caller")
	if n := testing.AllocsPerRun(1000, func() { m.Admit(wants) }); n > 0 {
		t.Errorf("%v allocations for a call with four limits", n)
	}
}

func BenchmarkAdmitFour(b *testing.B) {
	m, wants := limit.NewMemory(clock.System, 0), four("caller")
	b.ReportAllocs()
	for b.Loop() {
		m.Admit(wants)
	}
}

// BenchmarkAdmitFourParallel is for -cpu 1,2: one API, one caller, one address.
func BenchmarkAdmitFourParallel(b *testing.B) {
	m := limit.NewMemory(clock.System, 0)
	b.RunParallel(func(pb *testing.PB) {
		wants := four("caller")
		for pb.Next() {
			m.Admit(wants)
		}
	})
}
