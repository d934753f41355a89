package snapshot_test

import (
	"fmt"
	"runtime"
	"strconv"
	"sync"
	"testing"

	"github.com/lintel-gateway/lintel/internal/definition"
	"github.com/lintel-gateway/lintel/internal/gateway/call"
	"github.com/lintel-gateway/lintel/internal/gateway/snapshot"
)

// TestNoHalfStates swaps the paths of two APIs, moves a host between groups and
// adds and removes neighbours, 2,000 times, while readers check that every
// answer is one that a whole batch has made.
func TestNoHalfStates(t *testing.T) {
	w := newWorld()
	paths := [2]string{"GET /p", "GET /q"}
	batch := func(n uint64) records {
		first := (n - 1) * 8
		here, there := "g", "k"
		if n%2 == 0 {
			here, there = there, here
		}
		b := records{
			api(first+1, "a", "g", paths[n%2]), api(first+2, "b", "g", paths[1-n%2]),
			group(first+3, here, here, "moves"), group(first+4, there, there),
			api(first+5, "c", "k", "GET /p"), api(first+6, "neighbour", "g", fmt.Sprintf("GET /n%d", n)),
		}
		if n%3 == 0 {
			b = append(b, unpublish(first+7, "neighbour"))
		}
		// The version tells which half of the swap an answer belongs to.
		for i := range 2 {
			b[i] = relabel(b[i], n)
		}
		return b
	}
	mustApply(t, w, batch(1)...)

	stop := make(chan struct{})
	var readers sync.WaitGroup
	for range 3 {
		readers.Go(func() {
			c := &call.Call{}
			for {
				select {
				case <-stop:
					return
				default:
				}
				for i, path := range []string{"/p", "/q"} {
					c.Request = call.Request{Method: "GET", Path: path}
					if _, outcome := w.Group("g").Lookup(release, c); outcome != snapshot.Found {
						t.Errorf("%s: outcome %d", path, outcome)
						return
					}
					n, _ := strconv.Atoi(c.Target.VersionID)
					want := "a"
					if n%2 != i {
						want = "b"
					}
					if c.Target.APIID != want {
						t.Errorf("%s in batch %d is %s, want %s", path, n, c.Target.APIID, want)
						return
					}
				}
				g := w.Group("moves")
				if g == nil {
					t.Error("a host that moves led nowhere")
					return
				}
				c.Request = call.Request{Method: "GET", Path: "/p"}
				if _, outcome := g.Lookup(release, c); outcome != snapshot.Found {
					t.Errorf("a host that moves led to a group without APIs: %d", outcome)
					return
				}
			}
		})
	}
	for n := uint64(2); n <= 2001; n++ {
		if err := w.Apply(batch(n)); err != nil {
			t.Error(err)
			break
		}
	}
	close(stop)
	readers.Wait()
}

// relabel gives an API record the version n.
func relabel(r definition.Record, n uint64) definition.Record {
	var d definition.API
	unmarshal(r, &d)
	d.VersionID = fmt.Sprint(n)
	return record(r.Revision, r.Kind, r.ID, d)
}

// TestDeletingFreesMemory publishes and deletes 5,000 APIs with their groups,
// apps and grants, three times. What may stay are tombstones and the room of
// emptied Go maps. Both have a bound: the third round leaves hardly more than the
// second.
func TestDeletingFreesMemory(t *testing.T) {
	const n, rounds = 5_000, 3
	w := newWorld()
	before := heap()
	var left [rounds]int64
	for round := range rounds {
		revision := uint64(1 + round*10*n)
		mustApply(t, w, installation(n, 200, revision)...)
		full := heap() - before
		if got, want := w.ask("g7.example.com", release, "GET", "/v1/r7/1"), fmt.Sprintf("api7@%d", revision+7); got != want {
			t.Fatalf("api7 answers %s, want %s", got, want)
		}
		batch := w.Records()
		for i := range batch {
			batch[i].Revision += 5 * n
		}
		mustApply(t, w, batch...)
		batch = nil
		left[round] = heap() - before
		t.Logf("%.2f KB per API with its app and grant, %.2f KB after deleting", float64(full)/n/1024, float64(left[round])/n/1024)
		if left[round] > full/2 {
			t.Errorf("%d bytes of %d are still held after everything was deleted", left[round], full)
		}
		if w.Group("g7.example.com") != nil || len(w.Records()) != 0 || w.Len() != 0 {
			t.Error("something is still there")
		}
	}
	if left[2] > left[1]*5/4 {
		t.Errorf("bytes left grow from round to round: %v", left)
	}
	runtime.KeepAlive(w)
}

// installation makes n APIs in groups, an app and a grant for each.
func installation(n, groups int, revision uint64) records {
	var batch records
	for i := range n {
		g := fmt.Sprintf("g%d", i%groups)
		batch = append(batch,
			api(revision+uint64(i), fmt.Sprintf("api%d", i), g, fmt.Sprintf("GET /v1/r%d/{id}", i)),
			app(revision+uint64(i), fmt.Sprintf("app%d", i), fmt.Sprintf("key%d", i), fmt.Sprintf("code%d", i)),
			grant(revision+uint64(i), fmt.Sprintf("grant%d", i), fmt.Sprintf("app%d", i), fmt.Sprintf("api%d", i)))
	}
	for g := range groups {
		batch = append(batch, group(revision+uint64(g), fmt.Sprintf("g%d", g), fmt.Sprintf("g%d.example.com", g)))
	}
	return batch
}

func heap() int64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// BenchmarkApply measures a first load, and one change in a group of each size.
func BenchmarkApply(b *testing.B) {
	b.Run("first load of 100000", func(b *testing.B) {
		batch := installation(100_000, 1000, 1)
		for b.Loop() {
			mustApply(b, newWorld(), batch...)
		}
	})
	for _, size := range []int{100, 1000, 100_000} {
		b.Run(fmt.Sprintf("one change among %d", size), func(b *testing.B) {
			w := newWorld()
			mustApply(b, w, installation(size, 1, 1)...)
			revision := uint64(10 * size)
			for b.Loop() {
				revision++
				mustApply(b, w, api(revision, "api1", "g0", "GET /v1/r1/{id}"))
			}
		})
	}
}

// BenchmarkLookup is host, environment and route together.
func BenchmarkLookup(b *testing.B) {
	const n = 100_000
	w := newWorld()
	mustApply(b, w, installation(n, 1000, 1)...)
	hosts, paths := make([]string, n), make([]string, n)
	for i := range n {
		hosts[i], paths[i] = fmt.Sprintf("g%d.example.com", i%1000), fmt.Sprintf("/v1/r%d/7", i)
	}
	c := &call.Call{}
	c.Target.PathParams = fields(8)
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		i = (i + 7919) % n
		c.Request.Method, c.Request.Path = "GET", paths[i]
		if _, outcome := w.Group(hosts[i]).Lookup(release, c); outcome != snapshot.Found {
			b.Fatal(paths[i], outcome)
		}
	}
}
