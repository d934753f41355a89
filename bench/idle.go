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
// memory while they do nothing.
func (f *field) idle(ctx context.Context) ([]idleResult, error) {
	if f.o.idle == 0 {
		return nil, nil
	}
	var all []idleResult
	for _, s := range f.servers {
		if err := s.stop(); err != nil {
			return nil, err
		}
		if err := s.start(ctx, f.o.out); err != nil {
			return nil, err
		}
		r, err := f.idleOne(ctx, s)
		if err != nil {
			return nil, fmt.Errorf("%s with %d idle connections: %w", s.name, f.o.idle, err)
		}
		all = append(all, r)
		if err := f.results.write("idle", r); err != nil {
			return nil, err
		}
	}
	return all, nil
}

func (f *field) idleOne(ctx context.Context, s *server) (idleResult, error) {
	r := idleResult{Server: s.name, Connections: f.o.idle}
	request := f.api.request(open, &kinds[0])
	// A program that has answered one call has what it needs for all of them.
	first, err := loader.Open(ctx, loader.Options{Address: s.address, Connections: 1}, &request)
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
	client, err := loader.Open(ctx, loader.Options{Address: s.address, Connections: f.o.idle}, &request)
	if err != nil {
		return r, err
	}
	defer client.Close()
	if err := client.InTurn(ctx); err != nil {
		return r, err
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

// idleBar is what an idle connection may take in KB.
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
		if r.perConnection() > idleBar {
			verdict = "NOT MET"
		}
		fmt.Fprintf(t, "%s\t%.1f\t%.1f\t%.2f\t%s\t\n", r.Server, r.Before, r.With, r.perConnection(), verdict)
	}
	t.Flush()
}
