//go:build !race

package statistics_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/lintel-gateway/lintel/internal/statistics"
)

func TestAddDoesNotAllocate(t *testing.T) {
	c := statistics.NewCollector()
	one := call("0123456789abcdef0123456789abcdef", 200, time.Millisecond, 0)
	c.Add(0, noon, one)
	if n := testing.AllocsPerRun(1000, func() { c.Add(0, noon, one) }); n != 0 {
		t.Errorf("%v allocations per call", n)
	}
}

// TestManyDoNotAllocate: nor does counting the APIs of a large description, each of
// which was called in the minute.
func TestManyDoNotAllocate(t *testing.T) {
	c := statistics.NewCollector()
	var calls []*statistics.Call
	for i := range 609 {
		one := call(fmt.Sprintf("%032x", i*0x9e3779b9), 200, time.Millisecond, 0)
		one.Lasting = true
		calls = append(calls, one)
	}
	all := func() {
		for _, one := range calls {
			c.Add(0, noon, one)
		}
	}
	all()
	if n := testing.AllocsPerRun(20, all); n != 0 {
		t.Errorf("%v allocations for 609 calls", n)
	}
}
