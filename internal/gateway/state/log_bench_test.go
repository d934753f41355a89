package state_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/lintel-gateway/lintel/internal/definition"
)

// apis makes definitions of the usual size, about 1 KB.
func apis(n int) records {
	batch := make(records, n)
	for i := range batch {
		d := definition.API{
			ID: fmt.Sprintf("%032x", i), Name: fmt.Sprintf("api_%d", i), GroupID: fmt.Sprintf("%032x", i/100),
			ProjectID: fmt.Sprintf("%032x", 1), EnvID: "DEFAULT_ENVIRONMENT_RELEASE_ID", EnvName: "RELEASE",
			PublishID: fmt.Sprintf("%032x", i), VersionID: fmt.Sprintf("%032x", i),
			Method: "GET", Path: fmt.Sprintf("/v1/things/%d/{id}", i), Match: definition.MatchNormal,
			Protocol: definition.ProtocolHTTPS, Auth: definition.AuthApp,
			Params: []definition.Param{
				{Name: "id", In: definition.InPath, Type: definition.TypeString, Required: true},
				{Name: "limit", In: definition.InQuery, Type: definition.TypeNumber},
			},
			Backend: definition.Backend{
				Kind: definition.BackendHTTP,
				HTTP: &definition.HTTPBackend{Scheme: "http", Address: "backend.internal:8080", Method: "GET", Path: "/things/{id}", TimeoutMS: 5000},
				Mappings: []definition.Mapping{
					{Name: "id", In: definition.InPath, Origin: definition.OriginRequest, Value: "id", From: definition.InPath},
					{Name: "limit", In: definition.InQuery, Origin: definition.OriginRequest, Value: "limit", From: definition.InQuery},
				},
			},
		}
		body, err := definition.Encode(d)
		if err != nil {
			panic(err)
		}
		batch[i] = definition.Record{Key: definition.Key{Kind: definition.KindAPI, ID: d.ID + "/" + d.EnvID}, Revision: uint64(i + 1), Body: body}
	}
	return batch
}

func BenchmarkLoad100000(b *testing.B) {
	dir := b.TempDir()
	l, _, _ := load(b, dir)
	mustAppend(b, l, apis(100_000)...)
	b.SetBytes(l.Status().Bytes)
	mustClose(b, l)
	b.ReportAllocs()
	for b.Loop() {
		l, list, _ := load(b, dir)
		if len(list) != 100_000 {
			b.Fatal(len(list))
		}
		mustClose(b, l)
	}
}

func BenchmarkAppend(b *testing.B) {
	for _, n := range []int{1, 1000} {
		b.Run(fmt.Sprintf("batch of %d", n), func(b *testing.B) {
			l, _, _ := load(b, b.TempDir())
			batch := apis(n)
			revision := uint64(0)
			for b.Loop() {
				for i := range batch {
					revision++
					batch[i].Revision = revision
				}
				mustAppend(b, l, batch...)
			}
		})
	}
}

func BenchmarkCompact100000(b *testing.B) {
	batch := apis(100_000)
	for b.Loop() {
		b.StopTimer()
		l, _, _ := load(b, b.TempDir())
		mustAppend(b, l, batch...)
		for i := range batch {
			batch[i].Revision += 100_000
		}
		mustAppend(b, l, batch...)
		b.StartTimer()
		mustAppend(b, l, batch[0]) // one more than twice the live records
		l.Settle()
		b.StopTimer()
		if s := l.Status(); s.Records != 100_000 || s.Compact != nil {
			b.Fatalf("%+v", s)
		}
		mustClose(b, l)
		b.StartTimer()
	}
}

// BenchmarkAppendBesideCompaction100000 tells how long the longest of the changes
// takes that come while a log of 100,000 is compacted, and how long that is. The
// first is the part of the second for which publishing waits.
func BenchmarkAppendBesideCompaction100000(b *testing.B) {
	batch := apis(100_000)
	var longest, whole time.Duration
	for b.Loop() {
		l, _, _ := load(b, b.TempDir())
		mustAppend(b, l, batch...)
		for i := range batch {
			batch[i].Revision += 100_000
		}
		mustAppend(b, l, batch...)
		began, changes := time.Now(), 0
		for ; changes == 0 || l.Compacting(); changes++ {
			batch[changes].Revision += 1_000_000
			one := time.Now()
			mustAppend(b, l, batch[changes]) // the first one begins it
			longest = max(longest, time.Since(one))
		}
		whole += time.Since(began)
		if s := l.Status(); s.Records > 100_000+changes || s.Compact != nil {
			b.Fatalf("%+v", s)
		}
		mustClose(b, l)
	}
	b.ReportMetric(float64(longest.Microseconds())/1e3, "longest-ms")
	b.ReportMetric(float64(whole.Microseconds())/1e3/float64(b.N), "compaction-ms")
}
