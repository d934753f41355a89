package statistics_test

import (
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/lintel-gateway/lintel/internal/statistics"
)

// BenchmarkAdd is what counting costs a call.
func BenchmarkAdd(b *testing.B) {
	c := statistics.NewCollector()
	apis := make([]*statistics.Call, 10_000)
	for i := range apis {
		apis[i] = call(fmt.Sprintf("%032x", i), 200, time.Millisecond, 500*time.Microsecond)
	}
	b.Run("one API", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			c.Add(0, noon, apis[0])
		}
	})
	b.Run("one API, all processors", func(b *testing.B) {
		var lanes atomic.Uint32
		b.RunParallel(func(pb *testing.PB) {
			lane := lanes.Add(1)
			for pb.Next() {
				c.Add(lane, noon, apis[0])
			}
		})
	})
	b.Run("10,000 APIs, all processors", func(b *testing.B) {
		var start atomic.Int64
		b.RunParallel(func(pb *testing.PB) {
			i := int(start.Add(4999))
			lane := uint32(i)
			for pb.Next() {
				c.Add(lane, noon, apis[i%len(apis)])
				i++
			}
		})
	})
}
