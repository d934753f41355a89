package main

import (
	"context"
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"github.com/lintel-gateway/lintel/bench/loader"
)

// idleResult is the memory of a server before and with idle connections.
type idleResult struct {
	Server      string  `json:"server"`
	TLS         bool    `json:"tls"`
	Connections int     `json:"connections"`
	Before      float64 `json:"before_mb"`
	With        float64 `json:"with_mb"`
}

// perConnection is what one takes, in KB.
func (r *idleResult) perConnection() float64 {
	return (r.With - r.Before) * 1024 / float64(r.Connections)
}

// idleTime is how long connections idle before the memory is read.
const idleTime = 5 * time.Second

// idle starts each server anew, so that no load has made its heap large, has as
// many connections as asked for make one request each, and reads its resident
// memory while they do nothing; then the same over TLS.
func (f *field) idle(ctx context.Context) ([]idleResult, error) {
	if f.o.idle == 0 {
		return nil, nil
	}
	var all []idleResult
	for _, secure := range []bool{false, true} {
		for _, s := range f.servers {
			if err := s.stop(); err != nil {
				return nil, err
			}
			if err := s.start(ctx, f.o.out); err != nil {
				return nil, err
			}
			r, err := f.idleOne(ctx, s, secure)
			if err != nil {
				return nil, fmt.Errorf("%s with %d idle connections: %w", r.name(), f.o.idle, err)
			}
			all = append(all, r)
			if err := f.results.write("idle", r); err != nil {
				return nil, err
			}
		}
	}
	return all, nil
}

// name is that of the server, and how it was called.
func (r *idleResult) name() string {
	if r.TLS {
		return r.Server + " TLS"
	}
	return r.Server
}

func (f *field) idleOne(ctx context.Context, s *server, secure bool) (idleResult, error) {
	r := idleResult{Server: s.name, TLS: secure, Connections: f.o.idle}
	to := loader.Options{Address: s.address, TLS: secure, Connections: 1}
	if secure {
		to.Address = s.secure
	}
	request := f.api.request(open, &kinds[0])
	// A program that has answered one call has what it needs for all of them.
	first, err := loader.Open(ctx, to, &request)
	if err != nil {
		return r, err
	}
	defer first.Close()
	if err := first.Run(ctx, 1); err != nil {
		return r, err
	}
	if err := sleep(ctx, idleTime); err != nil {
		return r, err
	}
	if r.Before, err = s.resident(); err != nil {
		return r, err
	}
	// A few at a time: whoever waits for the handshakes of all others before its call may be
	// closed for it.
	for left := f.o.idle; left > 0; left -= to.Connections {
		to.Connections = min(left, 100)
		client, err := loader.Open(ctx, to, &request)
		if err != nil {
			return r, err
		}
		defer client.Close()
		if err := client.InTurn(ctx); err != nil {
			return r, err
		}
	}
	if err := sleep(ctx, idleTime); err != nil {
		return r, err
	}
	r.With, err = s.resident()
	return r, err
}

func sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-time.After(d):
		return nil
	}
}

// idleBar is what an idle connection may take in KB, in the clear: there is no bar for
// what crypto/tls keeps besides.
const idleBar = 6

func printIdle(w io.Writer, all []idleResult) {
	if len(all) == 0 {
		return
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(t, "\n%d idle connections\tMB before\tMB with them\tKB each\tat most %d\t\n", all[0].Connections, idleBar)
	for i := range all {
		r := &all[i]
		verdict := "met"
		switch {
		case r.TLS:
			verdict = ""
		case r.perConnection() > idleBar:
			verdict = "NOT MET"
		}
		fmt.Fprintf(t, "%s\t%.1f\t%.1f\t%.2f\t%s\t\n", r.name(), r.Before, r.With, r.perConnection(), verdict)
	}
	t.Flush()
}
