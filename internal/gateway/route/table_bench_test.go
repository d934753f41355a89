package route_test

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/lintel-gateway/lintel/internal/gateway/route"
	"github.com/lintel-gateway/lintel/internal/message"
)

// request is a path that the made-up APIs answer.
type request struct {
	table        int
	method, path string
}

// apis makes n routes as a large installation has them: services, resources,
// ids and sub-resources, every seventh a prefix.
func apis(n, from int) ([]route.Entry[*int], []request) {
	entries := make([]route.Entry[*int], 0, n)
	requests := make([]request, 0, n)
	methods := []string{"GET", "POST", "PUT", "DELETE"}
	for i := from; i < from+n; i++ {
		method := methods[i%4]
		service, resource := i/40, i/4%10
		path := fmt.Sprintf("/v1/service-%d/resource-%d", service, resource)
		call := path
		match := "NORMAL"
		switch i % 7 {
		case 1, 2, 3:
			path, call = path+"/{id}", path+"/0af3c1"
		case 4, 5:
			path, call = path+"/{id}/items/{item}", path+"/0af3c1/items/42"
		case 6:
			path, call, match = path+"/files", path+"/files/a/b.txt", "SWA"
		}
		entries = append(entries, route.Entry[*int]{Method: method, Path: path, Match: match, Value: &i})
		requests = append(requests, request{method: method, path: call})
	}
	return entries, requests
}

// tables spreads n APIs over groups.
func tables(tb testing.TB, n, groups int) ([]*route.Table[*int], []request) {
	var built []*route.Table[*int]
	var requests []request
	for g := range groups {
		entries, calls := apis(n/groups, g*n/groups)
		for i := range calls {
			calls[i].table = g
		}
		built = append(built, build(tb, entries))
		requests = append(requests, calls...)
	}
	return built, requests
}

func BenchmarkLookup(b *testing.B) {
	for _, c := range []struct {
		name         string
		apis, groups int
	}{
		{"1 group of 100", 100, 1},
		{"1 group of 100000", 100_000, 1},
		{"1000 groups of 100", 100_000, 1000},
		{"100000 groups of 1", 100_000, 100_000},
	} {
		b.Run(c.name, func(b *testing.B) {
			built, requests := tables(b, c.apis, c.groups)
			params := make(message.Fields, 0, 8)
			b.ReportAllocs()
			i := 0
			for b.Loop() {
				i = (i + 7919) % len(requests) // far apart, so that caches help as little as in life
				r := &requests[i]
				if m := built[r.table].Lookup(r.method, r.path, params); !m.Found {
					b.Fatalf("%s %s not found", r.method, r.path)
				}
			}
		})
	}
}

// BenchmarkWorst is the longest search that a table can be made to do.
func BenchmarkWorst(b *testing.B) {
	builder := route.NewBuilder[int]()
	for i := range 1 << 12 {
		_ = builder.Add(route.Entry[int]{Method: "GET", Match: "NORMAL", Path: mixed(i, 12) + "/end", Value: i})
	}
	table := builder.Table()
	path := strings.Repeat("/a", 12) + "/other"
	for b.Loop() {
		table.Lookup("GET", path, nil)
	}
}

func BenchmarkBuild100000(b *testing.B) {
	entries, _ := apis(100_000, 0)
	for b.Loop() {
		build(b, entries)
	}
}

// TestMemoryPerAPI measures what a table costs beside the templates, which the
// definitions hold anyway. The bound is generous; the number is in the log.
func TestMemoryPerAPI(t *testing.T) {
	const n = 100_000
	entries, _ := apis(n, 0)
	before := heap()
	table := build(t, entries)
	grown := heap() - before
	t.Logf("%.0f bytes per API in a table of %d", float64(grown)/n, table.Len())
	if grown > 200*n {
		t.Errorf("a table of %d APIs takes %d bytes", n, grown)
	}
	runtime.KeepAlive(entries)
	runtime.KeepAlive(table)
}

func heap() int64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
