package main

import (
	"errors"
	"strings"
	"testing"
	"time"
)

const report = `Running 4s test @ http://127.0.0.1:8000/v1/open/42
  1 threads and 64 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency     1.01ms  812.00us  22.11ms   94.10%
    Req/Sec    65.51k     4.21k   72.00k    68.00%
  Latency Distribution
     50%  667.00us
     75%    1.10ms
     90%    1.80ms
     99%   12.86ms
  130002 requests in 2.00s, 27.65MB read
Requests/sec:  64932.18
Transfer/sec:     13.81MB
`

func TestParseWrk(t *testing.T) {
	clean := load{Requests: 130002, Rate: 64932.18, P50: 667, P99: 12860}
	faulty := clean
	faulty.Refused, faulty.Broken = 17, 10
	for name, c := range map[string]struct {
		report string
		want   load
		err    string
	}{
		"clean":           {report, clean, ""},
		"errors":          {report + "  Socket errors: connect 1, read 2, write 3, timeout 4\n  Non-2xx or 3xx responses: 17\n", faulty, ""},
		"nothing":         {"unable to connect\n", load{}, "not understood"},
		"no answers":      {strings.Replace(report, "130002 requests", "0 requests", 1), load{}, "not one request"},
		"without latency": {strings.Replace(report, "     99%   12.86ms\n", "", 1), load{}, "not understood"},
	} {
		got, err := parseWrk(c.report)
		if c.err != "" {
			if err == nil || !strings.Contains(err.Error(), c.err) {
				t.Errorf("%s: error is %v, want %q", name, err, c.err)
			}
			continue
		}
		if err != nil || got != c.want {
			t.Errorf("%s: %+v, %v, want %+v", name, got, err, c.want)
		}
	}
}

func TestParsePerf(t *testing.T) {
	head := "# started on Sun Nov 22 04:00:00 2026\n\n"
	u, k, err := parsePerf(head + "123456,,instructions:u,4000000,100.00,,\n654321,,instructions:k,4000000,100.00,,\n")
	if u != 123456 || k != 654321 || err != nil {
		t.Errorf("%v, %v, %v", u, k, err)
	}
	if _, _, err := parsePerf(head + "<not supported>,,instructions:u,0,100.00,,\n<not supported>,,instructions:k,0,100.00,,\n"); !errors.Is(err, errNotSupported) {
		t.Errorf("a counter that is not there: %v", err)
	}
	for _, bad := range []string{"", "12,,instructions:u,1,100.00,,\n", "x,,instructions:u,1,100.00,,\n"} {
		if _, _, err := parsePerf(bad); err == nil {
			t.Errorf("%q was read", bad)
		}
	}
}

func TestParseStat(t *testing.T) {
	got, err := parseStat("4242 (a (b) c) S 17 4242 4242 0 -1 4194560 1 2 3 4 250 75 0 0 20 0 1 0 1 1 1\n")
	if want := (stat{17, 2500 * time.Millisecond, 750 * time.Millisecond}); err != nil || got != want {
		t.Errorf("%v, %v, want %v", got, err, want)
	}
	for _, bad := range []string{"", "1 (a) S 1", "1 (a) S x 1 1 0 -1 1 1 2 3 4 250 75 0"} {
		if _, err := parseStat(bad); err == nil {
			t.Errorf("%q was read", bad)
		}
	}
}

// callgrindDump has what dumps are made of: names that are given once, calls with
// their inclusive costs, relative positions, a recursion.
const callgrindDump = `version: 1
positions: line
events: Ir
totals: 165

fl=(1) main.go
fn=(1) main.main
10 40
+2 10
cfi=(2) malloc.go
cfn=(2) runtime.mallocgc
calls=5 100
* 100
fn=(2)
100 90
-3 10
cfn=(3) runtime.mallocgc'2
calls=1 100
* 15
fn=(3)
100 15
`

func TestDump(t *testing.T) {
	d := newDump()
	if err := d.add(callgrindDump); err != nil {
		t.Fatal(err)
	}
	if d.own["main.main"] != 50 || d.own["runtime.mallocgc"] != 115 || d.calls["runtime.mallocgc"] != 6 {
		t.Errorf("%v", d)
	}
	if all, some := d.sum("malloc"); all != 165 || some != 115 {
		t.Errorf("sum %v, %v", all, some)
	}
	if list := d.byCost(5); len(list) != 2 || list[0] != (spent{"runtime.mallocgc", 23}) || list[1] != (spent{"main.main", 10}) {
		t.Errorf("by cost %v", list)
	}
	for name, bad := range map[string]string{
		"sum":   strings.Replace(callgrindDump, "totals: 165", "totals: 166", 1),
		"calls": strings.Replace(callgrindDump, "calls=5", "calls=x", 1),
		"cost":  strings.Replace(callgrindDump, "10 40", "10 40 1", 1),
		"total": strings.Replace(callgrindDump, "totals: 165", "totals: x", 1),
		"empty": "",
	} {
		if err := newDump().add(bad); err == nil {
			t.Errorf("%s: a dump that contradicts itself was read", name)
		}
	}
}

func TestPackageOf(t *testing.T) {
	for symbol, want := range map[string]string{
		"runtime.mallocgc": "runtime",
		"github.com/lintel-gateway/lintel/internal/gateway/policy/appauth.(*Policy).Apply":          "internal/gateway/policy/appauth",
		"github.com/lintel-gateway/lintel/internal/gateway/route.(*Table[go.shape.*uint8]).literal": "internal/gateway/route",
		"slices.SortFunc[go.shape.[]net/http.key]":                                                  "slices",
		"memeqbody":                        "assembly",
		"net/http.(*persistConn).readLoop": "net/http",
	} {
		if got := packageOf(symbol); got != want {
			t.Errorf("%s is in %s, want %s", symbol, got, want)
		}
	}
}

func TestParseBenchmark(t *testing.T) {
	ns, allocations, err := parseBenchmark("goos: linux\nBenchmarkChain-2   \t  300000\t      3664.5 ns/op\t      12 B/op\t       3 allocs/op\nPASS\n")
	if ns != 3664.5 || allocations != 3 || err != nil {
		t.Errorf("%v, %v, %v", ns, allocations, err)
	}
	if _, _, err := parseBenchmark("PASS\n"); err == nil {
		t.Error("a benchmark that did not run was read")
	}
}
