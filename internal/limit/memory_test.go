package limit_test

import (
	"encoding/binary"
	"math"
	"net/netip"
	"runtime"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/lintel-gateway/lintel/internal/clock"
	"github.com/lintel-gateway/lintel/internal/limit"
	"github.com/lintel-gateway/lintel/internal/limit/limittest"
)

var noon = time.Date(2026, 1, 2, 12, 0, 0, 500, time.UTC)

func TestMemory(t *testing.T) {
	limittest.Run(t, func(testing.TB) *limittest.Subject {
		fake := clock.NewFake(noon)
		m := limit.NewMemory(fake.Now, limit.DefaultCallers)
		return &limittest.Subject{Limiter: m, Now: fake.Now, Advance: fake.Advance, Counters: m.Counters}
	})
}

func TestSeconds(t *testing.T) {
	for _, test := range []struct {
		interval int64
		unit     string
		want     int64
		fault    string
	}{
		{1, "SECOND", 1, ""}, {10, "SECOND", 10, ""}, {5, "MINUTE", 300, ""}, {2, "HOUR", 7200, ""}, {1, "DAY", 86400, ""},
		{1<<31 - 1, "DAY", (1<<31 - 1) * 86400, ""}, {math.MaxInt64 / 86400, "DAY", math.MaxInt64 / 86400 * 86400, ""},
		{math.MaxInt64/86400 + 1, "DAY", math.MaxInt64, ""}, {math.MaxInt64, "SECOND", math.MaxInt64, ""}, {math.MaxInt64, "HOUR", math.MaxInt64, ""},
		{0, "DAY", 0, "time_interval 0"}, {-1, "DAY", 0, "time_interval -1"}, {1, "WEEK", 0, `time_unit "WEEK"`}, {1, "day", 0, `time_unit "day"`}, {1, "", 0, "time_unit"},
	} {
		got, err := limit.Seconds(test.interval, test.unit)
		if got != test.want || (err == nil) != (test.fault == "") || err != nil && !strings.Contains(err.Error(), test.fault) {
			t.Errorf("%d %s: %d, %v; want %d, …%s…", test.interval, test.unit, got, err, test.want, test.fault)
		}
	}
}

func ofAddress(n uint32, most int64) limit.Want {
	var a [4]byte
	binary.BigEndian.PutUint32(a[:], n)
	return limit.Want{Key: limit.Key{Name: limit.NewName("ip", "", "api"), Address: netip.AddrFrom4(a)}, Limit: most, Period: 86400}
}

// TestBound floods the limiter with addresses: memory stays bounded, callers
// that were there before keep their counters, and strangers get at most the
// limit of one for each of the 256 parts.
func TestBound(t *testing.T) {
	const callers, most = 2560, 3
	fake := clock.NewFake(noon)
	m := limit.NewMemory(fake.Now, callers)
	take := func(n uint32) bool {
		return m.Take(t.Context(), []limit.Want{ofAddress(n, most)}) == limit.Admitted
	}
	for range most - 1 {
		if !take(0) {
			t.Fatal("an early caller was refused")
		}
	}
	admitted := 0
	for n := range uint32(100_000) {
		if take(n + 1) {
			admitted++
		}
	}
	if n := m.Counters(); n > callers+256 {
		t.Errorf("%d counters, at most %d are allowed", n, callers+256)
	}
	// Each of the counters was met by one address at least, and the shared ones
	// gave what one caller may have.
	if admitted > callers+256*most || admitted < callers/2 {
		t.Errorf("%d of 100,000 strangers were admitted, want at most %d", admitted, callers+256*most)
	}
	if !take(0) || take(0) {
		t.Error("the early caller has not its own limit any more")
	}
	everybody := limit.Want{Key: limit.Key{Name: limit.NewName("api", "", "another")}, Limit: 1, Period: 1}
	if m.Take(t.Context(), []limit.Want{everybody}) != limit.Admitted {
		t.Error("a limit of everybody's has no counter of its own")
	}
	fake.Advance(24 * time.Hour) // and everything is free again
	fresh := 0
	for n := range uint32(500) { // so few that no part has more than its bound
		if take(n) {
			fresh++
		}
	}
	if fresh != 500 {
		t.Errorf("%d of 500 callers were admitted in the next window", fresh)
	}
}

// TestMemoryShrinks: after a busy day a few callers sweep the rest away.
func TestMemoryShrinks(t *testing.T) {
	fake := clock.NewFake(noon)
	m := limit.NewMemory(fake.Now, limit.DefaultCallers)
	for n := range uint32(50_000) {
		m.Take(t.Context(), []limit.Want{ofAddress(n, 1)})
	}
	fake.Advance(24 * time.Hour)
	for n := range uint32(25_000) {
		m.Take(t.Context(), []limit.Want{ofAddress(n+1_000_000, 1)})
	}
	if n := m.Counters(); n < 25_000 || n > 26_000 {
		t.Errorf("%d counters for 25,000 callers", n)
	}
}

func TestTooManyWantsPanic(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("nine wants were taken")
		}
	}()
	wants := make([]limit.Want, 9)
	for i := range wants {
		wants[i] = ofAddress(uint32(i), 1)
	}
	limit.NewMemory(clock.System, 0).Take(t.Context(), wants)
}

// four are the limits of a usual call.
func four(caller string) []limit.Want {
	return []limit.Want{
		{Key: limit.Key{Name: limit.NewName("ip", policyID, placeID), Address: netip.MustParseAddr("203.0.113.9")}, Limit: math.MaxInt64, Period: 60},
		{Key: limit.Key{Name: limit.NewName("app", policyID, placeID), Caller: caller}, Limit: math.MaxInt64, Period: 60},
		{Key: limit.Key{Name: limit.NewName("user", policyID, placeID), Caller: caller}, Limit: math.MaxInt64, Period: 60},
		{Key: limit.Key{Name: limit.NewName("api", policyID, placeID)}, Limit: math.MaxInt64, Period: 60},
	}
}

const (
	policyID = "5dd5dfa3a7a343b6b4b5c4bd1d7b4a7c"
	placeID  = "d49b1cbfcc814a5fb2a061b568e376eb/DEFAULT_ENVIRONMENT_RELEASE_ID"
)

func TestMemoryAllocations(t *testing.T) {
	if race {
		t.Skip("the race detector allocates")
	}
	m, wants := limit.NewMemory(clock.System, 0), four("caller")
	if n := testing.AllocsPerRun(1000, func() { m.Take(t.Context(), wants) }); n > 0 {
		t.Errorf("%v allocations for a call with four limits", n)
	}
}

func BenchmarkTakeOne(b *testing.B) {
	m, wants := limit.NewMemory(clock.System, 0), four("caller")[3:]
	b.ReportAllocs()
	for b.Loop() {
		m.Take(b.Context(), wants)
	}
}

func BenchmarkTakeFour(b *testing.B) {
	m, wants := limit.NewMemory(clock.System, 0), four("caller")
	b.ReportAllocs()
	for b.Loop() {
		m.Take(b.Context(), wants)
	}
}

// BenchmarkTakeFourParallel has one API and a caller for each goroutine.
func BenchmarkTakeFourParallel(b *testing.B) {
	m := limit.NewMemory(clock.System, 0)
	var callers atomic.Int64
	b.RunParallel(func(pb *testing.PB) {
		wants := four("caller " + strconv.FormatInt(callers.Add(1), 10))
		for pb.Next() {
			m.Take(b.Context(), wants)
		}
	})
}

// BenchmarkFlood is an attack: every call comes from another address, until the
// bound is reached and beyond. B/caller is what the counters hold in the end.
func BenchmarkFlood(b *testing.B) {
	before := heap()
	m := limit.NewMemory(clock.System, limit.DefaultCallers)
	n := uint32(0)
	for b.Loop() {
		w := [1]limit.Want{ofAddress(n, 1)}
		m.Take(b.Context(), w[:])
		n++
	}
	b.ReportMetric(float64(heap()-before)/float64(m.Counters()), "B/counter")
	b.ReportMetric(float64(m.Counters()), "counters")
}

func heap() uint64 {
	runtime.GC()
	var s runtime.MemStats
	runtime.ReadMemStats(&s)
	return s.HeapAlloc
}
