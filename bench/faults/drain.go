package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/lintel-gateway/lintel/bench/loader"
)

const (
	waiting    = 200 // calls whose backend has not answered when SIGTERM comes
	streaming  = 100 // calls whose answer is under way then
	busy       = 50  // kept connections that make one call after the other
	drainLimit = 30 * time.Second
	heldBack   = 2 * time.Second // how long the backend keeps the calls after SIGTERM
)

// ending is how a connection ended for its caller.
type ending struct {
	whole  bool  // the answer that was under way came to its end
	closes bool  // and said Connection: close
	reset  bool  // the end was a reset
	err    error // what else went wrong
	calls  int   // whole answers, of busy callers
	lost   int   // calls of theirs without a byte of an answer
}

// drain is drill 26: SIGTERM with idle connections, WebSockets, calls under way and callers
// who go on calling.
func drain(ctx context.Context, h *house) ([]finding, error) {
	get := loader.Request{Method: "GET", Path: "/a", Host: h.host}
	ws := loader.Request{Method: "GET", Path: "/ws", Host: h.host}
	idle, err := h.keep(h.s.kept*4/5, h.gateway, false)
	if err != nil {
		return nil, err
	}
	secure, err := h.keep(h.s.kept/5, h.tlsAt, true)
	if err != nil {
		return nil, err
	}
	idle = append(idle, secure...)
	sockets, err := h.sockets(ws)
	if err != nil {
		return nil, err
	}
	served := h.backend.served.Load()
	var mu sync.Mutex
	ends := map[string][]ending{}
	var all sync.WaitGroup
	run := func(kind string, n int, one func() ending) {
		for range n {
			all.Go(func() {
				e := one()
				mu.Lock()
				ends[kind] = append(ends[kind], e)
				mu.Unlock()
			})
		}
	}
	run("waiting", waiting, func() ending { return h.inFlight("/held", loader.Answer) })
	run("streaming", streaming, func() ending { return h.inFlight("/stream", lastWord) })
	if err := h.begun(ctx, waiting+streaming); err != nil {
		return nil, err
	}
	for _, conn := range idle {
		run("idle", 1, func() ending { return idleEnd(conn) })
	}
	for _, conn := range sockets {
		run("sockets", 1, func() ending { return idleEnd(conn) })
	}
	run("busy", busy, func() ending { return h.callOn(&get) })
	if err := sleep(ctx, time.Second); err != nil {
		return nil, err
	}
	before, err := h.state()
	if err != nil {
		return nil, err
	}
	told := time.Now()
	if err := h.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return nil, err
	}
	time.AfterFunc(heldBack, h.backend.release)
	select {
	case <-h.done:
	case <-time.After(drainLimit + 10*time.Second):
		return nil, errors.New("lintel does not end")
	}
	took := time.Since(told)
	all.Wait()
	return h.drained(before, took, ends, int(h.backend.served.Load()-served)), nil
}

// drained makes findings of how everything ended.
func (h *house) drained(before state, took time.Duration, ends map[string][]ending, served int) []finding {
	found := []finding{told("open when SIGTERM came", "%d descriptors, %.0f MB resident", before.files, before.resident)}
	for _, kind := range []string{"waiting", "streaming"} {
		whole, closes, n := 0, 0, len(ends[kind])
		for _, e := range ends[kind] {
			if e.whole {
				whole++
			}
			if e.closes {
				closes++
			}
		}
		found = append(found, demanded("calls under way, "+kind, fmt.Sprintf("%d of %d answered whole, %d with Connection: close", whole, n, closes), "all whole", whole == n))
		if kind == "waiting" { // a streaming answer's head was sent before SIGTERM
			found = append(found, demanded("Connection: close", fmt.Sprintf("%d of %d", closes, n), "all", closes == n))
		}
	}
	for _, kind := range []string{"idle", "sockets"} {
		resets, odd := 0, 0
		for _, e := range ends[kind] {
			if e.reset {
				resets++
			} else if e.err != nil {
				odd++
			}
		}
		found = append(found, demanded(kind, fmt.Sprintf("%d ended, %d by a reset, %d otherwise", len(ends[kind]), resets, odd), "none reset", resets+odd == 0))
	}
	calls, lost := 0, 0
	var odd error
	for _, e := range ends["busy"] {
		calls, lost, odd = calls+e.calls, lost+e.lost, errors.Join(odd, e.err)
	}
	code := h.cmd.ProcessState.ExitCode()
	return append(found,
		demanded("callers who went on calling", fmt.Sprintf("%d connections: %d calls answered whole, the backend saw %d; %d sent to a closing connection and not forwarded; faults: %v", busy, calls, served, lost, odd),
			"none cut, none forwarded without an answer", odd == nil && served == calls),
		demanded("end of the process", fmt.Sprintf("exit code %d, %.2f s after SIGTERM, %.2f s after the last call could end", code, took.Seconds(), (took-heldBack).Seconds()),
			fmt.Sprintf("exit code 0 within %v", drainLimit), code == 0 && took <= drainLimit))
}

// keep opens connections that have made one call each.
func (h *house) keep(n int, address string, secure bool) ([]net.Conn, error) {
	list := make([]net.Conn, 0, n)
	for range n {
		conn, err := dial(address, secure)
		if err != nil {
			return list, err
		}
		list = append(list, conn)
		in := bufio.NewReaderSize(conn, 512)
		if err := ask(conn, in, h.host, "/a"); err != nil {
			return list, err
		}
	}
	return list, nil
}

// sockets opens WebSockets that have said one word each.
func (h *house) sockets(r loader.Request) ([]net.Conn, error) {
	list := make([]net.Conn, 0, h.s.sockets)
	for range h.s.sockets {
		conn, err := dial(h.gateway, false)
		if err != nil {
			return list, err
		}
		list = append(list, conn)
		if _, err := io.WriteString(conn, "GET "+r.Path+" HTTP/1.1\r\nHost: "+r.Host+
			"\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"); err != nil {
			return list, err
		}
		answer, err := http.ReadResponse(bufio.NewReaderSize(conn, 512), nil)
		if err != nil || answer.StatusCode != http.StatusSwitchingProtocols {
			return list, fmt.Errorf("no WebSocket: %v, %w", answer, err)
		}
		if _, err := conn.Write(loader.ClientFrame); err != nil {
			return list, err
		}
		frame := make([]byte, len(loader.ServerFrame))
		if _, err := io.ReadFull(conn, frame); err != nil || string(frame) != string(loader.ServerFrame) {
			return list, fmt.Errorf("the echo is %q, %w", frame, err)
		}
	}
	return list, nil
}

// begun waits until the backend has that many calls of /held and /stream.
func (h *house) begun(ctx context.Context, n int64) error {
	for end := time.Now().Add(floodPatience); h.backend.began.Load() < n; {
		if time.Now().After(end) {
			return fmt.Errorf("only %d of %d calls reached the backend", h.backend.began.Load(), n)
		}
		if err := sleep(ctx, 20*time.Millisecond); err != nil {
			return err
		}
	}
	return nil
}

// inFlight makes one call that ends after SIGTERM.
func (h *house) inFlight(path, suffix string) (e ending) {
	conn, err := dial(h.gateway, false)
	if err != nil {
		return ending{err: err}
	}
	defer conn.Close()
	if _, err := io.WriteString(conn, request(h.host, path)); err != nil {
		return ending{err: err}
	}
	in := bufio.NewReader(conn)
	answer, err := http.ReadResponse(in, nil)
	if err != nil {
		return ending{err: err}
	}
	e.closes = answer.Close
	body, err := io.ReadAll(answer.Body)
	e.whole = err == nil && answer.StatusCode == http.StatusOK && strings.HasSuffix(string(body), suffix)
	return e
}

// idleEnd waits for the end of a connection on which nothing is under way.
func idleEnd(conn net.Conn) (e ending) {
	defer conn.Close()
	if err := conn.SetReadDeadline(time.Now().Add(2 * drainLimit)); err != nil {
		return ending{err: err}
	}
	_, err := io.Copy(io.Discard, conn) // a WebSocket may say goodbye
	if errors.Is(err, syscall.ECONNRESET) {
		return ending{reset: true}
	}
	return ending{err: err}
}

// callOn makes calls on one connection until the gateway closes it.
func (h *house) callOn(r *loader.Request) (e ending) {
	conn, err := dial(h.gateway, false)
	if err != nil {
		return ending{err: err}
	}
	defer conn.Close()
	in := bufio.NewReader(conn)
	for {
		if _, err := io.WriteString(conn, request(r.Host, r.Path)); err != nil {
			e.lost++
			return e
		}
		if _, err := in.Peek(1); err != nil { // closed before a byte of an answer
			e.lost++
			return e
		}
		answer, err := http.ReadResponse(in, nil)
		if err == nil {
			var body []byte
			if body, err = io.ReadAll(answer.Body); err == nil && (answer.StatusCode != http.StatusOK || string(body) != loader.Answer) {
				err = fmt.Errorf("answered %s %.60q", answer.Status, body)
			}
		}
		if err != nil {
			e.err = err
			return e
		}
		if e.calls++; answer.Close {
			return e
		}
		time.Sleep(5 * time.Millisecond)
	}
}

func sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-time.After(d):
		return nil
	}
}
