package main

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/lintel-gateway/lintel/bench/loader"
)

// state is what the gateway's process has at one moment.
type state struct {
	at       time.Time
	files    int     // open descriptors
	resident float64 // MB
	cpu      time.Duration
}

// tick is the unit of /proc/<pid>/stat: USER_HZ, 100 on every Linux that Go runs on.
const tick = 10 * time.Millisecond

func (h *house) state() (s state, err error) {
	dir := fmt.Sprintf("/proc/%d/", h.cmd.Process.Pid)
	s.at = time.Now()
	// The size of this folder is the number of descriptors since Linux 6.2.
	info, err := os.Stat(dir + "fd")
	if err != nil {
		return s, err
	}
	if s.files = int(info.Size()); s.files == 0 {
		list, err := os.ReadDir(dir + "fd")
		if err != nil {
			return s, err
		}
		s.files = len(list)
	}
	status, err := os.ReadFile(dir + "status")
	if err != nil {
		return s, err
	}
	for line := range strings.Lines(string(status)) {
		if kb, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			n, err := strconv.ParseFloat(strings.TrimSuffix(strings.TrimSpace(kb), " kB"), 64)
			if err != nil {
				return s, err
			}
			s.resident = n / 1024
		}
	}
	stat, err := os.ReadFile(dir + "stat")
	if err != nil {
		return s, err
	}
	fields := strings.Fields(string(stat[strings.LastIndexByte(string(stat), ')')+1:])) // proc_pid_stat(5); the name may hold blanks
	if len(fields) < 13 {
		return s, fmt.Errorf("not a line of /proc/<pid>/stat: %.60q", stat)
	}
	for _, at := range []int{11, 12} { // utime, stime
		n, err := strconv.ParseInt(fields[at], 10, 64)
		if err != nil {
			return s, err
		}
		s.cpu += time.Duration(n) * tick
	}
	return s, nil
}

// watch looks at the gateway ten times a second until it is stopped.
type watch struct {
	before state
	all    []state
	end    chan struct{}
	over   sync.WaitGroup
	err    error
}

func (h *house) watch() (*watch, error) {
	w := &watch{end: make(chan struct{})}
	var err error
	if w.before, err = h.state(); err != nil {
		return nil, err
	}
	w.over.Go(func() {
		for w.err == nil {
			select {
			case <-w.end:
				return
			case <-time.After(100 * time.Millisecond):
			}
			var s state
			if s, w.err = h.state(); w.err == nil {
				w.all = append(w.all, s)
			}
		}
	})
	return w, nil
}

// stop answers the last look.
func (w *watch) stop() (state, error) {
	close(w.end)
	w.over.Wait()
	if w.err == nil && len(w.all) == 0 {
		w.err = fmt.Errorf("the drill was over before the gateway was looked at")
	}
	if w.err != nil {
		return state{}, w.err
	}
	return w.all[len(w.all)-1], nil
}

// most is the largest of a figure.
func (w *watch) most(figure func(state) float64) float64 {
	most := figure(w.before)
	for _, s := range w.all {
		most = max(most, figure(s))
	}
	return most
}

func files(s state) float64    { return float64(s.files) }
func resident(s state) float64 { return s.resident }

// held is how long the gateway had descriptors of the attackers, from when it had all of
// them, give or take those that come and go: how long the last of them was suffered.
func (w *watch) held() time.Duration {
	all, last := time.Time{}, w.before.at
	for _, s := range w.all {
		if all.IsZero() && files(s) >= w.most(files)-spare {
			all = s.at
		}
		if files(s) > files(w.before)+spare {
			last = s.at
		}
	}
	return last.Sub(all)
}

// spare is how many descriptors come and go by themselves: the other callers' and
// kept connections to the backend.
const spare = 20

// others are the callers who do nothing wrong: paced, each answer compared to the
// byte, measured from when each was due.
const (
	othersRate   = 200 // a second
	othersWindow = 4 * time.Second
)

// latencies are those of windows of time.
type latencies struct{ p50, p99 []time.Duration }

// others calls for as many windows as there are while more answers true.
func (h *house) others(ctx context.Context, more func(done int) bool) (latencies, error) {
	var l latencies
	for more(len(l.p99)) {
		got, err := loader.Pace(ctx, loader.Options{Address: h.gateway, Connections: 16},
			&loader.Request{Method: "GET", Path: "/a", Host: h.host}, othersRate, othersWindow)
		if err != nil {
			return l, fmt.Errorf("another caller: %w", err)
		}
		l.p50, l.p99 = append(l.p50, got.P50), append(l.p99, got.P99)
	}
	return l, nil
}

func median(of []time.Duration) time.Duration {
	sorted := slices.Sorted(slices.Values(of))
	if len(sorted) == 0 {
		return 0
	}
	return sorted[len(sorted)/2]
}

// calm is their latency before anything is done.
func (h *house) calm(ctx context.Context) (latencies, error) {
	if _, err := h.others(ctx, func(n int) bool { return n < 1 }); err != nil { // what is made once
		return latencies{}, err
	}
	return h.others(ctx, func(n int) bool { return n < 5 })
}

// compared is the finding about other callers. Below 5 ms the machine, whose two cores the
// attackers use as well, says more than the gateway.
func compared(before, meanwhile latencies) finding {
	const noise = 5 * time.Millisecond
	a, b := median(before.p99), median(meanwhile.p99)
	return demanded("p99 of others, median of windows of 4 s", fmt.Sprintf("%.2f ms before, %.2f ms meanwhile (%.2f times; p50 %.2f, %.2f)",
		ms(a), ms(b), float64(b)/float64(a), ms(median(before.p50)), ms(median(meanwhile.p50))),
		"at most twice, or 5 ms", b <= max(2*a, noise))
}

func ms(d time.Duration) float64 { return float64(d) / 1e6 }
