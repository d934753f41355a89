//go:build !race

package telemetry_test

import (
	"testing"
	"time"

	"github.com/lintel-gateway/lintel/internal/telemetry"
)

// TestNoAllocations gates what every call pays. The race detector allocates by
// itself.
func TestNoAllocations(t *testing.T) {
	l := telemetry.NewAccessLog(devNull{}, telemetry.AccessOptions{})
	r := record()
	m := telemetry.NewMetrics(telemetry.MetricsOptions{FaultCodes: []string{"APIG.0101"}})
	for name, f := range map[string]func(){
		"access record": func() { l.Record(0, r) },
		"call metrics": func() {
			m.Call(0, &telemetry.CallStat{Status: 404, Fault: "APIG.0101", Took: time.Millisecond, Asked: true, Backend: time.Microsecond})
		},
		"unknown fault": func() { m.Call(0, &telemetry.CallStat{Status: 999, Fault: "what?"}) },
	} {
		if n := testing.AllocsPerRun(1000, f); n != 0 {
			t.Errorf("%s: %v allocations", name, n)
		}
	}
	if err := l.Close(t.Context()); err != nil {
		t.Error(err)
	}
}
