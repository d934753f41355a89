package function_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/lintel-gateway/lintel/internal/function"
	"github.com/lintel-gateway/lintel/internal/function/functiontest"
)

const (
	// grace is how long after its deadline a function may go on (drill 23).
	grace = 20 * time.Millisecond
	// touched is what the system takes to free 512 MB that were touched, which
	// holds up nobody but the call that touched them.
	touched = 120 * time.Millisecond
)

// TestStoppedInTime: whatever a module does, it ends with its time. Branches and
// Fills have no loop, where the engine alone would look at the deadline, and
// would hold up the collector, and so every call of the gateway, until they end.
func TestStoppedInTime(t *testing.T) {
	if raceDetector {
		t.Skip("the detector slows the host down, not what is compiled")
	}
	const timeout = 200 * time.Millisecond
	r := start(t, function.Options{})
	for name, module := range map[string][]byte{
		"an endless loop":              functiontest.Loops(),
		"recursion without a loop":     functiontest.Branches(60),
		"a flood of calls of the host": functiontest.Asks(0),
		"a long row of fills":          functiontest.Fills(128, 1000),
		"fills of much memory":         functiontest.Fills(512*16, 1000),
		"a flood of the log":           functiontest.Floods(2),
		"a long sleep":                 functiontest.Sleeps(60_000, "x"),
	} {
		t.Run(name, func(t *testing.T) {
			memoryMB, givenBack := 16, time.Duration(0)
			if name == "fills of much memory" {
				memoryMB, givenBack = 512, touched
			}
			f := small(module, memoryMB, int(timeout.Milliseconds()))
			if _, err := r.Compile(t.Context(), module); err != nil {
				t.Fatal(err)
			}
			var took, pause time.Duration
			for range 5 { // the machine of a test has other work
				stopCollecting := collect()
				got, err := r.Invoke(t.Context(), f, nil)
				took, pause = got.Duration, stopCollecting()
				fails(t, err, function.Timeout, "200 ms")
				if took <= timeout+grace+givenBack && pause <= timeout-grace {
					break
				}
			}
			t.Logf("ran for %v; the collector took up to %v", took, pause)
			if took > timeout+grace+givenBack {
				t.Errorf("stopped after %v", took)
			}
			if pause > timeout-grace {
				t.Errorf("the collector, and with it everybody, waited for %v", pause)
			}
		})
	}
}

// collect runs the collector again and again until it is told to stop, and
// answers the longest time that one run took.
func collect() (stop func() time.Duration) {
	done, longest := make(chan struct{}), make(chan time.Duration)
	go func() {
		var most time.Duration
		for {
			select {
			case <-done:
				longest <- most
				return
			default:
			}
			begun := time.Now()
			runtime.GC()
			most = max(most, time.Since(begun))
		}
	}()
	return func() time.Duration { close(done); return <-longest }
}

// TestNothingIsLeft: one call's data is never there for the next, in memory that
// a module begins with, in memory that it grew, or in its globals.
func TestNothingIsLeft(t *testing.T) {
	r := start(t, function.Options{})
	first, second := owned("p", functiontest.Leaves(4, 12), 30_000), owned("q", functiontest.Leaves(8, 24), 30_000)
	var all sync.WaitGroup
	for _, f := range []*function.Function{first, second, first, second} {
		all.Go(func() {
			for range 10 {
				got, err := r.Invoke(context.Background(), f, nil)
				if err != nil || string(got.Output) != "clean" {
					t.Errorf("%s: %q, %v", f.URN, got.Output, err)
					return
				}
			}
		})
	}
	all.Wait()
}

// TestMemoryIsGivenBack: what modules touch is not kept by the process, also
// when the engine cannot make an instance.
func TestMemoryIsGivenBack(t *testing.T) {
	if raceDetector {
		t.Skip("the detector keeps memory of its own")
	}
	r := start(t, function.Options{})
	f := small(functiontest.Fills(32*16, 1), 32, 5000)
	broken := small(functiontest.Build(functiontest.Program{Memory: 1, More: "outside", MoreAt: 1 << 17}), 32, 5000)
	call := func() {
		if _, err := r.Invoke(t.Context(), f, nil); err != nil {
			t.Fatal(err)
		}
		_, err := r.Invoke(t.Context(), broken, nil)
		fails(t, err, function.Failed, "")
	}
	call()
	before := mapped(t)
	for range 40 { // 1,280 MB are touched
		call()
	}
	if grown := mapped(t) - before; grown > 64<<20 {
		t.Errorf("40 calls of 32 MB left %d MB of address space behind", grown>>20)
	}
}

// mapped is the address space of the process in bytes.
func mapped(t *testing.T) int64 {
	t.Helper()
	text, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		t.Skip("there is no /proc here: ", err)
	}
	var pages int64
	if _, err := fmt.Sscan(string(text), &pages); err != nil {
		t.Fatal(err)
	}
	return pages * int64(os.Getpagesize())
}

// TestLargeModules: a module of 50 MB is refused before anything reads it, and
// one whose every function is a compiler's worst case as well.
func TestLargeModules(t *testing.T) {
	r := start(t, function.Options{})
	padded, filling := functiontest.Padded(50<<20), functiontest.Fills(1, 20_000)
	begun := time.Now()
	_, err := r.Compile(t.Context(), padded)
	fails(t, err, function.Module, "8388608 are allowed")
	_, err = r.Compile(t.Context(), filling)
	fails(t, err, function.Module, "jumps")
	if took := time.Since(begun); took > 100*time.Millisecond && !raceDetector {
		t.Errorf("refused after %v", took)
	}
}

// TestChecksChangeNothing: a module answers the same with the places at which
// it can be stopped as without.
func TestChecksChangeNothing(t *testing.T) {
	r := start(t, function.Options{})
	begun := time.Now()
	if _, err := r.Invoke(t.Context(), wasi(functiontest.Branches(18)), nil); err != nil {
		t.Fatal(err)
	}
	t.Logf("%d calls within the module took %v", 1<<19, time.Since(begun))
	_, err := r.Invoke(t.Context(), wasi(functiontest.Recurses()), nil)
	fails(t, err, function.Failed, "stack")
}

// TestEventsThatNobodyWaitsFor are bounded in bytes.
func TestEventsThatNobodyWaitsFor(t *testing.T) {
	r := start(t, function.Options{})
	f := owned("p", functiontest.Sleeps(300, "x"), 5000)
	event, taken := make([]byte, function.MaxEvent), 0
	for range 64 {
		err := r.Queue(f, event)
		if err != nil {
			fails(t, err, function.Busy, "wait")
			break
		}
		taken++
	}
	if taken != 10 { // of 6 MB in 64 MB
		t.Errorf("%d events were taken", taken)
	}
	fails(t, r.Queue(f, make([]byte, function.MaxEvent+1)), function.Large, "event")
}

// TestCoresAreLentWhileSleeping: calls of a project compute one after the other
// when it has one core, but sleep side by side.
func TestCoresAreLentWhileSleeping(t *testing.T) {
	r := start(t, function.Options{Cores: 1, PerFunction: 8, PerProject: 8})
	f := owned("p", functiontest.Sleeps(200, "x"), 5000)
	begun := time.Now()
	var all sync.WaitGroup
	for range 5 {
		all.Go(func() {
			if _, err := r.Invoke(context.Background(), f, nil); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if took := time.Since(begun); took > 800*time.Millisecond {
		t.Errorf("five sleeps of 200 ms took %v", took)
	}
	// Who computes is waited for no longer than the function may run.
	stop := looping(r, "p", 1)
	defer stop()
	time.Sleep(20 * time.Millisecond)
	_, err := r.Invoke(t.Context(), owned("p", functiontest.Says("x", ""), 50), nil)
	fails(t, err, function.Busy, "no processor")
	if _, err := r.Invoke(t.Context(), owned("q", functiontest.Says("x", ""), 5000), nil); err != nil {
		t.Errorf("another project: %v", err)
	}
}

// TestPieces: filling and copying in pieces is what the instructions say, with
// ranges that overlap, and fails outside of the memory.
func TestPieces(t *testing.T) {
	r := start(t, function.Options{})
	const pages = 24
	for _, m := range []struct{ to, from, n int }{
		{300_000, 100_000, 1_000_000}, {100_000, 300_000, 1_000_000}, {200_000, 200_000, 500_000}, {100_000, 100_001, 70_000},
		{100_001, 100_000, 70_000}, {2000, 900_000, 65_536}, {2000, 900_000, 65_537}, {5000, 9000, 0}, {pages<<16 - 131_072, 4096, 131_072},
	} {
		want := make([]byte, pages<<16)
		for i := range want {
			want[i] = byte(i >> 15)
		}
		copy(want[m.to:m.to+m.n], want[m.from:m.from+m.n])
		got, err := r.Invoke(t.Context(), wasi(functiontest.Moves(pages, m.to, m.from, m.n)), nil)
		if err != nil || !bytes.Equal(got.Output, want[1024:]) {
			t.Errorf("%+v: %d bytes, %v", m, len(got.Output), err)
		}
	}
	for _, module := range [][]byte{
		functiontest.Moves(pages, pages<<16-100_000, 0, 100_001), functiontest.Moves(pages, 0, pages<<16-100_000, 100_001),
		functiontest.Moves(pages, 0, 0, -1), functiontest.FillsAt(pages, 100, pages<<16), functiontest.FillsAt(pages, -1, 2), functiontest.FillsAt(1, 65_000, 600),
	} {
		_, err := r.Invoke(t.Context(), wasi(module), nil)
		fails(t, err, function.Failed, "out of bounds memory access")
	}
}
