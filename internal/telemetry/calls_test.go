package telemetry_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/lintel-gateway/lintel/internal/telemetry"
)

// TestCallsOfAllCores: whoever counted, the sums are of all, and a bucket holds what
// is as long as its limit and not a nanosecond more.
func TestCallsOfAllCores(t *testing.T) {
	m := telemetry.NewMetrics(telemetry.MetricsOptions{FaultCodes: []string{"APIG.0101", "APIG.0101"}})
	var wg sync.WaitGroup
	for lane := range uint32(8) {
		wg.Go(func() {
			for range 500 {
				m.Call(lane, &telemetry.CallStat{Status: 200, Took: 25 * time.Millisecond, Asked: true, Backend: 10*time.Millisecond + 1})
				m.Call(lane, &telemetry.CallStat{Status: 404, Fault: "APIG.0101", Took: time.Hour})
			}
		})
	}
	wg.Wait()
	_, text := get(t, telemetry.NewOps(m, nil), "GET", "/metrics")
	for _, want := range []string{
		`lintel_gateway_calls_total{class="2xx"} 4000`,
		`lintel_gateway_calls_total{class="4xx"} 4000`,
		`lintel_gateway_faults_total{code="APIG.0101"} 4000`,
		`lintel_gateway_faults_total{code="other"} 0`,
		`lintel_gateway_call_duration_seconds_bucket{le="0.01"} 0`,
		`lintel_gateway_call_duration_seconds_bucket{le="0.025"} 4000`,
		`lintel_gateway_call_duration_seconds_bucket{le="60"} 4000`,
		`lintel_gateway_call_duration_seconds_bucket{le="+Inf"} 8000`,
		`lintel_gateway_call_duration_seconds_count 8000`,
		`lintel_gateway_call_duration_seconds_sum 1.44001e+07`,
		`lintel_gateway_backend_duration_seconds_bucket{le="0.01"} 0`,
		`lintel_gateway_backend_duration_seconds_bucket{le="0.025"} 4000`,
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %s in /metrics", want)
		}
	}
}
