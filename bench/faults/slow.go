package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// How slowly attackers come and how long they try.
const (
	slowRate = 1000 // connections a second
	slowTime = 75   // seconds
)

// closedWithin is how long a slow caller may be suffered at most: heads and bodies that
// do not come, and 32 KB of an answer that are not read (edge.Options).
var closedWithin = map[string]time.Duration{"H": 15 * time.Second, "B": 15 * time.Second, "X": 40 * time.Second}

// slowly is a drill of slowhttptest in one of its modes: H heads, B bodies, X readers.
func slowly(mode string, flags ...string) func(context.Context, *house) ([]finding, error) {
	return func(ctx context.Context, h *house) ([]finding, error) {
		before, err := h.calm(ctx)
		if err != nil {
			return nil, err
		}
		w, err := h.watch()
		if err != nil {
			return nil, err
		}
		text, meanwhile, err := h.slowTest(ctx, mode, flags)
		end, stopped := w.stop()
		if err != nil {
			return nil, err
		}
		if stopped != nil {
			return nil, stopped
		}
		n := h.s.slow
		most, held, grown := w.most(files)-float64(w.before.files), w.held(), w.most(resident)-w.before.resident
		spent := end.cpu - w.before.cpu
		lasted := end.at.Sub(w.before.at)
		// Of the processor time the other callers' share is in it, too.
		return []finding{
			told("attackers", "%d connections in %d s", n, n/slowRate),
			demanded("descriptors at most", fmt.Sprintf("%.0f more", most), fmt.Sprintf("%d more", 2*n+100), most <= float64(2*n+100)),
			demanded("all closed after", fmt.Sprintf("%.1f s", held.Seconds()), closedWithin[mode].String(), held <= closedWithin[mode]),
			demanded("memory at most", fmt.Sprintf("%.1f MB more, %.1f KB each", grown, grown*1024/float64(n)), "64 KB each", grown*1024/float64(n) <= 64),
			told("processor, others included", "%.1f %% of a core over %.0f s", 100*spent.Seconds()/lasted.Seconds(), lasted.Seconds()),
			compared(before, meanwhile),
			demanded("probes of slowhttptest", available(text), "available throughout", available(text) == "available throughout"),
		}, nil
	}
}

// slowTest runs slowhttptest with the other callers beside it, and answers what it
// said. The gateway is its proxy, so that it need not resolve the group's name.
func (h *house) slowTest(ctx context.Context, mode string, flags []string) (text string, meanwhile latencies, err error) {
	path, method := map[string]string{"H": "/a", "B": "/a", "X": "/large"}[mode], "GET"
	if mode == "B" {
		method = "POST"
	}
	args := append([]string{"-" + mode, "-c", strconv.Itoa(h.s.slow), "-r", strconv.Itoa(slowRate), "-l", strconv.Itoa(slowTime), "-p", "5", "-v", "1",
		"-t", method, "-u", "http://" + h.host + path, "-d", h.gateway}, flags...)
	name := filepath.Join(h.s.out, h.name+"-slowhttptest.log")
	log, err := os.Create(name)
	if err != nil {
		return "", meanwhile, err
	}
	defer log.Close()
	ctx, cancel := context.WithTimeout(ctx, (slowTime+30)*time.Second)
	defer cancel()
	// It asks all its connections in a loop, which a thousand machines would not do on these
	// two cores: it gets what is left of them.
	cmd := exec.CommandContext(ctx, "nice", append([]string{"-n", "19", "slowhttptest"}, args...)...)
	cmd.Stdout, cmd.Stderr = log, log
	if err := cmd.Start(); err != nil {
		return "", meanwhile, err
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	var waited error
	over := false
	// Those who are under way when it ends are one window too many at most.
	meanwhile, err = h.others(ctx, func(n int) bool {
		select {
		case waited = <-ended:
			over = true
		default:
		}
		return !over
	})
	if !over {
		cancel()
		waited = <-ended
	}
	if err != nil {
		return "", meanwhile, err
	}
	if waited != nil {
		return "", meanwhile, fmt.Errorf("slowhttptest: %w; see %s", waited, name)
	}
	b, err := os.ReadFile(name)
	return string(b), meanwhile, err
}

// available says what slowhttptest's own probes found.
func available(text string) string {
	yes, no := 0, 0
	for line := range strings.Lines(text) {
		if !strings.Contains(line, "service available:") {
			continue
		}
		if strings.Contains(line, "YES") {
			yes++
		} else {
			no++
		}
	}
	switch {
	case yes+no == 0:
		return "none"
	case no > 0:
		return fmt.Sprintf("%d of %d found it unavailable", no, yes+no)
	}
	return "available throughout"
}
