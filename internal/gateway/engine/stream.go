package engine

import (
	"io"
	"math"
	"strconv"
	"sync"

	"github.com/lintel-gateway/lintel/internal/gateway/call"
	"github.com/lintel-gateway/lintel/internal/gateway/http1"
	"github.com/lintel-gateway/lintel/internal/message"
)

// together is up to how many bytes head and body are collected to leave in one write:
// copying them costs less than a second system call. What is longer is sent from where
// it lies.
const together = 16 << 10

// chunkLine is more than what frames a chunk.
const chunkLine = 32

// piece collects or sends a piece of the body, no more than is left of it.
func (a *answer) piece(p []byte, left *int64) error {
	p = p[:min(int64(len(p)), *left)]
	if len(p) == 0 {
		return nil // an empty chunk would end the body
	}
	*left -= int64(len(p))
	out := a.k.c.Out()
	if len(out)+len(p)+chunkLine <= together {
		if a.chunked {
			out = http1.AppendChunk(out, p)
		} else {
			out = append(out, p...)
		}
		a.k.c.SetOut(out)
		a.pending += int64(len(p))
		return nil
	}
	if a.chunked {
		a.k.c.SetOut(append(strconv.AppendInt(out, int64(len(p)), 16), "\r\n"...))
	}
	if err := a.flush(); err != nil {
		return err
	}
	if err := a.k.c.Send(p); err != nil {
		return err
	}
	a.waited = true
	a.c.Response.Sent += int64(len(p))
	if a.chunked {
		a.k.c.SetOut(append(a.k.c.Out(), "\r\n"...))
	}
	return nil
}

// flush sends what was collected.
func (a *answer) flush() error {
	a.pace()
	err := a.k.c.Flush()
	if err == nil {
		a.c.Response.Sent += a.pending
	}
	a.pending = 0
	return err
}

// pace gives the caller the write time-out for what is sent next, when the time that it
// was given before may be old. Asking for the time is not free (150 instructions), and
// when the head of a backend's answer came is known.
func (a *answer) pace() {
	if !a.waited {
		return
	}
	a.waited = false
	if t := a.c.Timing.Heard; a.first && t > 0 {
		a.k.wrote = t
	} else {
		a.k.wrote = http1.Now()
	}
	a.first = false
	a.k.c.WriteBy(a.k.wrote.Add(a.k.e.o.WriteTimeout))
}

// stream sends the body of a stream, and its end.
func (a *answer) stream(length int64) error {
	r := &a.c.Response
	left := length
	if length < 0 {
		left = math.MaxInt64
	}
	var err error
	if s, ok := r.Stream.(call.Pieces); ok {
		err = a.pieces(s, &left)
	} else {
		err = a.reads(r.Stream, &left)
	}
	switch {
	case err != nil && err != io.EOF:
		return err
	case length >= 0 && left > 0:
		return errCut
	}
	if a.chunked {
		var trailers message.Fields
		if r.Trailers != nil {
			trailers = r.Trailers()
		}
		a.k.c.SetOut(http1.AppendLastChunk(a.k.c.Out(), trailers))
	}
	return a.flush()
}

// pieces sends what the stream hands out. Pieces that are there are collected, the head
// before them.
func (a *answer) pieces(s call.Pieces, left *int64) error {
	for *left > 0 {
		p, err := s.Next(false)
		if p == nil && err == nil {
			if err := a.before(); err != nil {
				return err
			}
			a.waited = true
			p, err = s.Next(true)
		}
		if werr := a.piece(p, left); werr != nil {
			return werr
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// reads is pieces for a stream that copies what it has.
func (a *answer) reads(s io.Reader, left *int64) error {
	buf := blocks.Get().(*[block]byte)
	defer blocks.Put(buf)
	for *left > 0 {
		if err := a.before(); err != nil {
			return err
		}
		a.waited = true
		n, err := s.Read(buf[:min(*left, block)])
		if werr := a.piece(buf[:n], left); werr != nil {
			return werr
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// before sends what was collected before the stream is waited for: it may be a
// conversation. The head of a body with a length waits for the first piece, with which
// it nearly always comes from a backend.
func (a *answer) before() error {
	if a.pending == 0 && !a.chunked && !a.untilClose {
		return nil
	}
	return a.flush()
}

// block is how much is read at once of a stream that is no call.Pieces.
const block = 32 << 10

var blocks = sync.Pool{New: func() any { return new([block]byte) }}
