package statistics_test

import (
	"fmt"
	"io/fs"
	"syscall"
	"testing"
	"time"

	"github.com/lintel-gateway/lintel/internal/clock"
	"github.com/lintel-gateway/lintel/internal/manage/statistics"
	calls "github.com/lintel-gateway/lintel/internal/statistics"
	"github.com/lintel-gateway/lintel/internal/store"
)

// BenchmarkFlush stores a minute in which 60,000 APIs of 1,000 groups were
// called, which happens once a minute beside everything else that is written: cpu-ms
// is the processor time of the process, and longest-ms how long somebody else
// waited for the writer at most.
func BenchmarkFlush(b *testing.B) {
	db, err := store.Open(b.Context(), "sqlite:"+b.TempDir()+"/flush.db", store.Options{Schemas: []fs.FS{statistics.Schema(), neighbours}})
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	now := clock.NewFake(noon)
	collector := calls.NewCollector()
	area := statistics.New(statistics.Deps{DB: db, Clock: now.Now, Calls: collector})
	var longest time.Duration
	for b.Loop() {
		b.StopTimer()
		now.Advance(time.Minute)
		for i := range 60_000 {
			collector.Add(0, now.Now(), &calls.Call{APIID: fmt.Sprintf("%032d", i), GroupID: fmt.Sprintf("%032d", i%1000), Status: 200, Latency: time.Millisecond})
		}
		end, ended := make(chan struct{}), make(chan time.Duration)
		go func() {
			var most time.Duration
			for {
				select {
				case <-end:
					ended <- most
					return
				case <-time.After(time.Millisecond):
				}
				began := time.Now()
				if err := db.Write(b.Context(), func(*store.Tx) error { most = max(most, time.Since(began)); return nil }); err != nil {
					b.Error(err)
				}
			}
		}()
		b.StartTimer()
		if err := area.Flush(b.Context()); err != nil {
			b.Fatal(err)
		}
		b.StopTimer()
		close(end)
		longest = max(longest, <-ended)
		b.StartTimer()
	}
	b.ReportMetric(float64(spent(b).Milliseconds())/float64(b.N), "cpu-ms/op") // what fills the collector included
	b.ReportMetric(float64(longest.Microseconds())/1000, "longest-ms")
}

// spent is the processor time of this process so far.
func spent(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
