//go:build !race

package statistics_test

import (
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
