package dial_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/lintel-gateway/lintel/internal/dial"
)

var (
	first  = netip.MustParseAddr("192.0.2.1")
	second = netip.MustParseAddr("192.0.2.2")
	broken = &net.DNSError{Err: "server misbehaving", Name: "x.test", IsTemporary: true}
	absent = &net.DNSError{Err: "no such host", Name: "x.test", IsNotFound: true}
)

// dns is a DNS that answers what it is told to.
type dns struct {
	mu     sync.Mutex
	answer []netip.Addr
	err    error
	takes  time.Duration
	asked  atomic.Int64
}

func (d *dns) says(err error, answer ...netip.Addr) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.answer, d.err = answer, err
}

func (d *dns) lookup(ctx context.Context, _ string) ([]netip.Addr, error) {
	d.asked.Add(1)
	d.mu.Lock()
	takes, answer, err := d.takes, d.answer, d.err
	d.mu.Unlock()
	select {
	case <-time.After(takes):
		return answer, err
	case <-ctx.Done():
		return nil, &net.DNSError{Err: ctx.Err().Error(), IsTimeout: true}
	}
}

// cached runs a test with a resolver over d in the time of synctest.
func cached(t *testing.T, d *dns, test func(t *testing.T, r *dial.Resolver)) {
	synctest.Test(t, func(t *testing.T) {
		r := dial.NewResolver(dial.ResolverOptions{Lookup: d.lookup})
		defer r.Close()
		test(t, r)
	})
}

// expect looks a name up and compares what comes and how often DNS was asked.
func expect(t *testing.T, d *dns, r *dial.Resolver, want netip.Addr, wantErr error, asked int64) {
	t.Helper()
	addrs, err := r.Lookup(t.Context(), "x.test")
	if wantErr != nil {
		if !errors.Is(err, wantErr) || addrs != nil {
			t.Errorf("%v, %v, want %v", addrs, err, wantErr)
		}
	} else if err != nil || len(addrs) != 1 || addrs[0] != want {
		t.Errorf("%v, %v, want %v", addrs, err, want)
	}
	if n := d.asked.Load(); n != asked {
		t.Errorf("DNS was asked %d times, want %d", n, asked)
	}
}

func TestAnswersAreFreshFor30Seconds(t *testing.T) {
	d := &dns{}
	cached(t, d, func(t *testing.T, r *dial.Resolver) {
		d.says(nil, first)
		expect(t, d, r, first, nil, 1)
		d.says(nil, second)
		time.Sleep(30*time.Second - 1)
		expect(t, d, r, first, nil, 1)
		time.Sleep(time.Nanosecond)
		expect(t, d, r, second, nil, 2)
		if addrs, err := r.Lookup(t.Context(), "X.TEST"); err != nil || addrs[0] != second || d.asked.Load() != 2 {
			t.Errorf("in capitals: %v, %v after %d look-ups", addrs, err, d.asked.Load())
		}
	})
}

func TestTheLastGoodAnswerServesWhileDNSFails(t *testing.T) {
	d := &dns{}
	cached(t, d, func(t *testing.T, r *dial.Resolver) {
		d.says(nil, first)
		expect(t, d, r, first, nil, 1)
		d.says(broken)
		time.Sleep(30 * time.Second)
		expect(t, d, r, first, nil, 2)
		expect(t, d, r, first, nil, 2) // a failure is not asked about again at once
		time.Sleep(5 * time.Second)
		expect(t, d, r, first, nil, 3)
		time.Sleep(5*time.Minute - 5*time.Second - 1)
		expect(t, d, r, first, nil, 4)
		time.Sleep(5 * time.Second)
		expect(t, d, r, first, broken, 5)
		d.says(nil, second)
		time.Sleep(5 * time.Second)
		expect(t, d, r, second, nil, 6)
	})
}

func TestASlowDNSDelaysByItsGraceOnly(t *testing.T) {
	d := &dns{}
	cached(t, d, func(t *testing.T, r *dial.Resolver) {
		d.says(nil, first)
		expect(t, d, r, first, nil, 1)
		d.says(nil, second)
		d.mu.Lock()
		d.takes = 2 * time.Second
		d.mu.Unlock()
		time.Sleep(30 * time.Second)
		began := time.Now()
		expect(t, d, r, first, nil, 2)
		if took := time.Since(began); took != 250*time.Millisecond {
			t.Errorf("waited %v, want 250ms", took)
		}
		time.Sleep(2 * time.Second)
		expect(t, d, r, second, nil, 2)
	})
}

func TestFailuresAreRememberedBriefly(t *testing.T) {
	for name, test := range map[string]struct {
		err  error
		wait time.Duration
	}{"absent": {absent, 5 * time.Second}, "broken": {broken, time.Second}} {
		t.Run(name, func(t *testing.T) {
			d := &dns{}
			cached(t, d, func(t *testing.T, r *dial.Resolver) {
				d.says(test.err)
				expect(t, d, r, first, test.err, 1)
				d.says(nil, first)
				time.Sleep(test.wait - 1)
				expect(t, d, r, first, test.err, 1)
				time.Sleep(time.Nanosecond)
				expect(t, d, r, first, nil, 2)
			})
		})
	}
}

// TestAnAbsentNameIsAbsent: a name that DNS no longer knows is not served from
// what was once good.
func TestAnAbsentNameIsAbsent(t *testing.T) {
	d := &dns{}
	cached(t, d, func(t *testing.T, r *dial.Resolver) {
		d.says(nil, first)
		expect(t, d, r, first, nil, 1)
		d.says(absent)
		time.Sleep(30 * time.Second)
		expect(t, d, r, first, absent, 2)
		d.says(nil) // no error and no address
		time.Sleep(5 * time.Second)
		_, err := r.Lookup(t.Context(), "x.test")
		var fault *net.DNSError
		if !errors.As(err, &fault) || !fault.IsNotFound {
			t.Errorf("no addresses: %v", err)
		}
	})
}

// TestOneLookUpInFlight: many callers, one question; who asked first may leave.
func TestOneLookUpInFlight(t *testing.T) {
	d := &dns{takes: time.Second}
	cached(t, d, func(t *testing.T, r *dial.Resolver) {
		d.says(nil, first)
		ctx, leave := context.WithCancel(t.Context())
		var wg sync.WaitGroup
		wg.Go(func() {
			if _, err := r.Lookup(ctx, "x.test"); !errors.Is(err, context.Canceled) {
				t.Errorf("who left got %v", err)
			}
		})
		synctest.Wait()
		for range 50 {
			wg.Go(func() {
				if addrs, err := r.Lookup(t.Context(), "x.test"); err != nil || addrs[0] != first {
					t.Errorf("%v, %v", addrs, err)
				}
			})
		}
		synctest.Wait()
		leave()
		wg.Wait()
		if n := d.asked.Load(); n != 1 {
			t.Errorf("DNS was asked %d times, want once", n)
		}
	})
}

func TestALookUpEnds(t *testing.T) {
	d := &dns{takes: time.Hour}
	cached(t, d, func(t *testing.T, r *dial.Resolver) {
		began := time.Now()
		_, err := r.Lookup(t.Context(), "x.test")
		var fault *net.DNSError
		if took := time.Since(began); !errors.As(err, &fault) || !fault.IsTimeout || took != 5*time.Second {
			t.Errorf("%v after %v, want a time-out after 5s", err, took)
		}
		go func() { time.Sleep(time.Second); r.Close() }()
		if _, err := r.Lookup(t.Context(), "y.test"); err == nil {
			t.Error("an answer from a closed resolver")
		}
		if _, err := r.Lookup(t.Context(), "z.test"); err == nil || d.asked.Load() != 2 {
			t.Errorf("after Close: %v, %d look-ups", err, d.asked.Load())
		}
	})
}

// TestNamesAreBounded: many names push each other out, and names that are being
// looked up stay.
func TestNamesAreBounded(t *testing.T) {
	d := &dns{}
	cached(t, d, func(t *testing.T, r *dial.Resolver) {
		dial.Bound(r, 10)
		d.says(nil, first)
		for i := range 100 {
			if _, err := r.Lookup(t.Context(), fmt.Sprintf("n%d.test", i)); err != nil {
				t.Fatal(err)
			}
		}
		if n := dial.Names(r); n != 10 {
			t.Errorf("%d names are kept, want 10", n)
		}
		d.mu.Lock()
		d.takes = time.Second
		d.mu.Unlock()
		var wg sync.WaitGroup
		for i := range 10 {
			wg.Go(func() {
				if _, err := r.Lookup(t.Context(), fmt.Sprintf("slow%d.test", i)); err != nil {
					t.Error(err)
				}
			})
		}
		synctest.Wait()
		if _, err := r.Lookup(t.Context(), "one.more.test"); err == nil {
			t.Error("an eleventh look-up began")
		}
		wg.Wait()
	})
}

func TestACachedAnswerAllocatesNothing(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector allocates")
	}
	d := &dns{answer: []netip.Addr{first}}
	r := dial.NewResolver(dial.ResolverOptions{Lookup: d.lookup})
	defer r.Close()
	ask := func() {
		if _, err := r.Lookup(t.Context(), "x.test"); err != nil {
			t.Fatal(err)
		}
	}
	ask()
	if n := testing.AllocsPerRun(100, ask); n != 0 {
		t.Errorf("%v allocations, want 0", n)
	}
}

func BenchmarkCachedLookup(b *testing.B) {
	d := &dns{answer: []netip.Addr{first}}
	r := dial.NewResolver(dial.ResolverOptions{Lookup: d.lookup})
	defer r.Close()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := r.Lookup(b.Context(), "backend.example.com"); err != nil {
			b.Fatal(err)
		}
	}
}
