package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/lintel-gateway/lintel/bench/loader"
)

// load is what the load generator saw.
type load struct {
	Requests int     `json:"requests"`
	Rate     float64 `json:"requests_per_second"`
	P50      float64 `json:"p50_us"`
	P99      float64 `json:"p99_us"`
	Refused  int     `json:"refused"`       // answers that are not 2xx
	Broken   int     `json:"socket_errors"` // connect, read, write, time-out
}

// wrk loads one address with the same request over keep-alive connections. dir is
// for the script that a body needs.
func wrk(ctx context.Context, dir string, o loader.Options, r *loader.Request, duration time.Duration) (load, error) {
	fields, err := r.Fields(time.Now())
	if err != nil {
		return load{}, err
	}
	args := []string{"-t1", "-c" + strconv.Itoa(o.Connections),
		fmt.Sprintf("-d%ds", int(duration.Seconds())), "--latency"}
	for _, h := range fields {
		if h.Name != "Content-Length" { // wrk adds its own
			args = append(args, "-H", h.Name+": "+h.Value)
		}
	}
	if r.Body > 0 {
		script := filepath.Join(dir, "wrk-body.lua")
		text := fmt.Sprintf("wrk.method = %q\nwrk.body = string.rep(%q, %d)\n", r.Method, "a", r.Body)
		if err := os.WriteFile(script, []byte(text), 0o600); err != nil {
			return load{}, err
		}
		args = append(args, "-s", script)
	}
	url := "http://" + o.Address + r.Target()
	if o.TLS {
		url = "https" + strings.TrimPrefix(url, "http")
	}
	return runWrk(ctx, append(args, url)...)
}

// runWrk runs wrk on the core of the load; the last argument is the URL.
func runWrk(ctx context.Context, args ...string) (load, error) {
	var out, problems bytes.Buffer
	cmd := exec.CommandContext(ctx, "taskset", append([]string{"-c", strconv.Itoa(loadCore), "wrk"}, args...)...)
	cmd.Stdout, cmd.Stderr = &out, &problems
	if err := cmd.Run(); err != nil {
		return load{}, fmt.Errorf("wrk %s: %w: %s%s", args[len(args)-1], err, out.Bytes(), problems.Bytes())
	}
	return parseWrk(out.String())
}

var (
	wrkRequests = regexp.MustCompile(`(?m)^\s*(\d+) requests in `)
	wrkRate     = regexp.MustCompile(`(?m)^Requests/sec:\s+([\d.]+)`)
	wrkP50      = regexp.MustCompile(`(?m)^\s+50%\s+([\d.]+)(us|ms|s|m)\s*$`)
	wrkP99      = regexp.MustCompile(`(?m)^\s+99%\s+([\d.]+)(us|ms|s|m)\s*$`)
	wrkRefused  = regexp.MustCompile(`Non-2xx or 3xx responses: (\d+)`)
	wrkBroken   = regexp.MustCompile(`Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)`)
)

// parseWrk reads wrk's report. It leaves the lines about errors out when there
// are none, and every other line is always there.
func parseWrk(report string) (load, error) {
	var l load
	find := func(re *regexp.Regexp) []string {
		if m := re.FindStringSubmatch(report); m != nil {
			return m[1:]
		}
		return nil
	}
	requests, rate, p50, p99 := find(wrkRequests), find(wrkRate), find(wrkP50), find(wrkP99)
	if requests == nil || rate == nil || p50 == nil || p99 == nil {
		return l, fmt.Errorf("wrk's report is not understood:\n%s", report)
	}
	// The expressions let only digits and points through.
	l.Requests, _ = strconv.Atoi(requests[0])
	l.Rate, _ = strconv.ParseFloat(rate[0], 64)
	l.P50, l.P99 = microseconds(p50), microseconds(p99)
	for _, n := range find(wrkRefused) {
		l.Refused, _ = strconv.Atoi(n)
	}
	for _, n := range find(wrkBroken) {
		more, _ := strconv.Atoi(n)
		l.Broken += more
	}
	if l.Requests == 0 {
		return l, fmt.Errorf("not one request was answered:\n%s", report)
	}
	return l, nil
}

func microseconds(valueAndUnit []string) float64 {
	v, _ := strconv.ParseFloat(valueAndUnit[0], 64)
	return v * map[string]float64{"us": 1, "ms": 1e3, "s": 1e6, "m": 60e6}[valueAndUnit[1]]
}
