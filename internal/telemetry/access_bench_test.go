package telemetry_test

import (
	"encoding/json"
	"sync/atomic"
	"testing"
	"time"

	"github.com/lintel-gateway/lintel/internal/telemetry"
)

// devNull takes everything, so that the buffer never fills.
type devNull struct{}

func (devNull) Write(p []byte) (int, error) { return len(p), nil }
func (devNull) Close() error                { return nil }

func BenchmarkAccessRecord(b *testing.B) {
	l := telemetry.NewAccessLog(devNull{}, telemetry.AccessOptions{})
	r := record()
	b.ReportAllocs()
	for b.Loop() {
		l.Record(0, r)
	}
	b.ReportMetric(float64(len(r.Line())), "bytes/line")
	if err := l.Close(b.Context()); err != nil {
		b.Fatal(err)
	}
}

func BenchmarkAccessRecordParallel(b *testing.B) {
	l := telemetry.NewAccessLog(devNull{}, telemetry.AccessOptions{})
	b.ReportAllocs()
	var lanes atomic.Uint32
	b.RunParallel(func(p *testing.PB) {
		r, lane := record(), lanes.Add(1)
		for p.Next() {
			l.Record(lane, r)
		}
	})
	if err := l.Close(b.Context()); err != nil {
		b.Fatal(err)
	}
}

// BenchmarkAccessRecordStandard is what the hand-written encoder is measured
// against.
func BenchmarkAccessRecordStandard(b *testing.B) {
	r := record()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := json.Marshal(r); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkMetricsCall(b *testing.B) {
	m := telemetry.NewMetrics(telemetry.MetricsOptions{FaultCodes: []string{"APIG.0101"}})
	b.ReportAllocs()
	for b.Loop() {
		m.Call(0, &telemetry.CallStat{Status: 200, Took: time.Millisecond, Asked: true, Backend: time.Millisecond})
	}
}
