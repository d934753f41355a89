package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"time"
)

// flood is a request that is too much in one way, and how it must be answered.
type flood struct{ name, request, want string }

// plain is what a flood's cost is compared with: a call that is served, likewise on a
// connection of its own.
const plain = "a call"

func (h *house) floods() []flood {
	head := "GET /a HTTP/1.1\r\nHost: " + h.host + "\r\nConnection: close\r\n"
	return []flood{
		{plain, head + "\r\n", "HTTP/1.1 200 "},
		{"8,000 small fields", head + strings.Repeat("X: y\r\n", 8000) + "\r\n", "HTTP/1.1 494 "},
		{"20,000 cookies", head + strings.Repeat("Cookie: a=b\r\n", 20_000) + "\r\n", "HTTP/1.1 494 "},
		{"a field of 900 KB", head + "X: " + strings.Repeat("y", 900<<10) + "\r\n\r\n", "HTTP/1.1 494 "},
		{"a field of 2 MB", head + "X: " + strings.Repeat("y", 2<<20) + "\r\n\r\n", "HTTP/1.1 431 "},
		{"a target of 64 KB", "GET /" + strings.Repeat("y", 64<<10) + " HTTP/1.1\r\nHost: " + h.host + "\r\nConnection: close\r\n\r\n", "HTTP/1.1 414 "},
		{"400 requests at once", strings.Repeat("GET /a HTTP/1.1\r\nHost: "+h.host+"\r\n\r\n", 399) + head + "\r\n", "HTTP/1.1 200 "},
		{"a request line of line feeds", strings.Repeat("\n", 1<<20), "HTTP/1.1 400 "},
	}
}

const (
	floodTime      = 4 * time.Second
	floodAttackers = 8
	floodPatience  = 20 * time.Second
	mostFlooded    = 32 // MB
)

// floods is drill 14: each flood for some seconds from attackers who do nothing else,
// each attempt on a new connection, at a gateway that has served as many calls; then
// HTTP/2's (streams.go). Attackers who never pause take both cores from everybody, so what
// other callers see is compared where attackers have a pace.
func floods(ctx context.Context, h *house) (found []finding, err error) {
	list := h.floods()
	call, err := h.flood(ctx, list[0])
	if err != nil {
		return nil, err
	}
	found = append(found, told(plain, "%.0f µs of the gateway's processor time on a connection of its own", call.each))
	for _, f := range list[1:] {
		if err := h.again(ctx); err != nil {
			return nil, err
		}
		if _, err := h.flood(ctx, list[0]); err != nil {
			return nil, err
		}
		base, err := h.state()
		if err != nil {
			return nil, err
		}
		r, err := h.flood(ctx, f)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", f.name, err)
		}
		grown := r.most - base.resident
		found = append(found, demanded(f.name, fmt.Sprintf("%d times in %v, each answered %s; %.0f µs of processor time each, %.1f calls' worth; %.1f MB more",
			r.attempts, floodTime, strings.TrimSpace(f.want[9:]), r.each, r.each/call.each, grown), fmt.Sprintf("at most %d MB more", mostFlooded), grown <= mostFlooded))
	}
	if err := h.again(ctx); err != nil {
		return nil, err
	}
	streams, err := h.streams(ctx)
	return append(found, streams...), err
}

// flooded is what one flood did.
type flooded struct {
	attempts int
	each     float64 // µs of the gateway's processor time for one attempt
	most     float64 // MB resident
}

func (h *house) flood(ctx context.Context, f flood) (r flooded, err error) {
	if err := h.attempt(f); err != nil {
		return r, err
	}
	w, err := h.watch()
	if err != nil {
		return r, err
	}
	end := time.Now().Add(floodTime)
	var mu sync.Mutex
	var fault error
	var all sync.WaitGroup
	for range floodAttackers {
		all.Go(func() {
			for time.Now().Before(end) && ctx.Err() == nil {
				one := h.attempt(f)
				mu.Lock()
				r.attempts++
				if one != nil {
					fault = one
				}
				mu.Unlock()
				if one != nil {
					return
				}
			}
		})
	}
	all.Wait()
	last, err := w.stop()
	if err := errors.Join(err, fault); err != nil {
		return r, err
	}
	r.each = float64(last.cpu-w.before.cpu) / 1e3 / float64(r.attempts)
	r.most = w.most(resident)
	return r, nil
}

// attempt sends one flood on a new connection and wants its answer. That the gateway
// closes while it is still being sent is as good, as long as the answer is there.
func (h *house) attempt(f flood) error {
	conn, err := net.DialTimeout("tcp", h.gateway, floodPatience)
	if err != nil {
		return err
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(floodPatience)); err != nil {
		return err
	}
	_, sent := io.WriteString(conn, f.request)
	answer, err := io.ReadAll(io.LimitReader(conn, 1<<20))
	if !strings.HasPrefix(string(answer), f.want) {
		return fmt.Errorf("answered %.60q (sending: %v, reading: %v), want %s", answer, sent, err, f.want)
	}
	return nil
}
