package function_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/lintel-gateway/lintel/internal/function"
	"github.com/lintel-gateway/lintel/internal/function/functiontest"
)

// TestWarmCall: a call of a module that was called before and does nothing
// costs at most 50 µs and next to no memory, however much memory it may have.
// The machine of a test has other work, so the best of some rounds counts.
func TestWarmCall(t *testing.T) {
	if raceDetector || testing.Short() {
		t.Skip("times under the detector say nothing")
	}
	r := start(t, function.Options{})
	for name, f := range map[string]*function.Function{
		"64 KB": small(functiontest.Build(functiontest.Program{Memory: 1}), 16, 5000),
		"1 GB":  small(functiontest.Wants(1024*16), 1024, 5000),
	} {
		call := func() {
			if _, err := r.Invoke(t.Context(), f, []byte("{}")); err != nil {
				t.Fatal(err)
			}
		}
		call() // compiles
		best := time.Hour
		for range 20 {
			var took []time.Duration
			for range 200 {
				begun := time.Now()
				call()
				took = append(took, time.Since(begun))
			}
			slices.Sort(took)
			best = min(best, took[len(took)/2])
		}
		allocations := testing.AllocsPerRun(100, call)
		t.Logf("%s: %v, %v allocations", name, best, allocations)
		if best > 50*time.Microsecond || allocations > 110 {
			t.Errorf("%s: %v and %v allocations", name, best, allocations)
		}
	}
}

// BenchmarkWarm is a call of a function that was called before.
func BenchmarkWarm(b *testing.B) {
	for name, module := range map[string][]byte{
		"empty": functiontest.Build(functiontest.Program{Memory: 1}), "answers": functiontest.Says("{}", ""),
		"echo": functiontest.Echo(), "16 MB": functiontest.Wants(256),
	} {
		b.Run(name, func(b *testing.B) {
			r := start(b, function.Options{})
			f := owned("p", module, 5000)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := r.Invoke(context.Background(), f, []byte(`{}`)); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
