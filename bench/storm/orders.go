package main

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"runtime"
	"syscall"
	"time"
)

// order is what a sender is told, one in a line of JSON.
type order struct {
	// API is known from now on, with the number that follows those that are known,
	// or is known already.
	API *target `json:"api,omitempty"`
	// Recent says that this API changes now.
	Recent bool `json:"recent,omitempty"`
	// Run begins a phase.
	Run *pacing `json:"run,omitempty"`
}

// pacing is the load of a phase.
type pacing struct {
	Rate   int           `json:"rate"` // calls a second
	Length time.Duration `json:"length_ns"`
}

// servant is a sender in its own process: it is told what to do by one file, and tells
// what became of its calls by another.
type servant struct {
	s       sender
	in, out int
	pending []byte // of in: the beginning of a line
	apis    []*target
	recent  [256]*target // those that changed last
	changed int
	run     *pacing // a phase that is to begin
	closed  bool    // in was closed

	unsent []byte // for out
	told   moment // when something was sent last
	fault  error  // why results are missing
}

const (
	// tellAt and tellEvery say when results are sent: each by itself would wake the
	// command, which shares the cores, a thousand times a second.
	tellAt    = 32 << 10
	tellEvery = moment(50 * time.Millisecond)
	mostTold  = 64 << 20 // results that the command has not taken
)

// serveSender does what in orders until it is closed.
func serveSender(gateway string, in, out int) error {
	v := &servant{in: in, out: out}
	v.s = sender{pick: v.pick, hand: v.hand, orders: v.orders}
	if err := v.s.open(gateway, callers); err != nil {
		return err
	}
	if err := errors.Join(syscall.SetNonblock(in, true), syscall.SetNonblock(out, true), look(v.s.epoll, in, ordersEvent)); err != nil {
		return err
	}
	for !v.closed {
		if v.run == nil {
			if err := v.s.receive(moment(callTime)); err != nil {
				return err
			}
			continue
		}
		run := v.run
		v.run = nil
		runtime.GC()
		result := ""
		if err := errors.Join(v.s.run(run.Rate, run.Length), v.fault); err != nil {
			result = err.Error()
		}
		v.unsent = appendResult(v.unsent, lastResult, &sent{}, result)
		if err := errors.Join(syscall.SetNonblock(out, false), v.tell(), syscall.SetNonblock(out, true)); err != nil {
			return err
		}
	}
	return v.s.close()
}

// orders reads what is there of in. When the command is gone in the middle of a phase,
// the next results, which nobody reads, end this process.
func (v *servant) orders() error {
	var b [64 << 10]byte
	n, again, err := read(v.in, b[:])
	if again || err != nil {
		return err
	}
	if n == 0 {
		v.closed = true
		return syscall.EpollCtl(v.s.epoll, syscall.EPOLL_CTL_DEL, v.in, nil)
	}
	v.pending = append(v.pending, b[:n]...)
	for {
		line, rest, whole := bytes.Cut(v.pending, []byte("\n"))
		if !whole {
			v.pending = append(v.pending[:0], line...)
			return nil
		}
		var o order
		if err := json.Unmarshal(line, &o); err != nil {
			return fmt.Errorf("order %q: %w", line, err)
		}
		if err := v.obey(&o); err != nil {
			return fmt.Errorf("order %q: %w", line, err)
		}
		v.pending = rest
	}
}

func (v *servant) obey(o *order) error {
	if o.Run != nil {
		v.run = o.Run
		return nil
	}
	if o.API == nil || o.API.Number < 0 || o.API.Number > len(v.apis) {
		return fmt.Errorf("%d APIs are known, and this is not one of them nor the next", len(v.apis))
	}
	if o.API.Number == len(v.apis) {
		v.apis = append(v.apis, o.API)
	}
	if o.Recent {
		v.recent[v.changed%len(v.recent)] = v.apis[o.API.Number]
		v.changed++
	}
	return nil
}

// pick is the API of a paced call: one in five is one that changed lately.
func (v *servant) pick() *target {
	if rand.IntN(5) == 0 {
		if a := v.recent[rand.IntN(len(v.recent))]; a != nil {
			return a
		}
	}
	return v.apis[rand.IntN(len(v.apis))]
}

func (v *servant) hand(c *sent) {
	text := ""
	if c.err != nil {
		text = c.err.Error()
	}
	if v.fault == nil {
		v.unsent = appendResult(v.unsent, uint32(c.of.Number), c, text)
	}
	if len(v.unsent) >= tellAt || c.end-v.told > tellEvery {
		v.fault = errors.Join(v.fault, v.tell())
		v.told = c.end
	}
}

// tell sends what is unsent, as far as there is room.
func (v *servant) tell() error {
	for len(v.unsent) > 0 {
		n, err := syscall.Write(v.out, v.unsent)
		if err == syscall.EINTR {
			continue
		}
		if err == syscall.EAGAIN {
			break
		}
		if err != nil {
			return err
		}
		v.unsent = append(v.unsent[:0], v.unsent[n:]...)
	}
	if len(v.unsent) > mostTold {
		return fmt.Errorf("%d bytes of results wait for the command", len(v.unsent))
	}
	return nil
}

// A result is a head of resultHead bytes, little-endian: number of the API, item, due, start,
// end, lengths of the error's text and of the answer, and then these two.
const (
	resultHead = 4 + 4 + 3*8 + 4 + 4
	lastResult = 1<<32 - 1 // in place of a number: the phase is over
)

func appendResult(to []byte, number uint32, c *sent, text string) []byte {
	e := binary.LittleEndian
	to = e.AppendUint32(e.AppendUint32(to, number), uint32(c.item))
	to = e.AppendUint64(e.AppendUint64(e.AppendUint64(to, uint64(c.due)), uint64(c.start)), uint64(c.end))
	to = e.AppendUint32(e.AppendUint32(to, uint32(len(text))), uint32(len(c.raw)))
	return append(append(to, text...), c.raw...)
}

// readResult reads one; the answer is valid until the next one is read into room.
func readResult(from *bufio.Reader, room *[]byte) (number uint32, c sent, err error) {
	var head [resultHead]byte
	if _, err := io.ReadFull(from, head[:]); err != nil {
		return 0, c, err
	}
	e := binary.LittleEndian
	c.item = int(e.Uint32(head[4:]))
	c.due, c.start, c.end = moment(e.Uint64(head[8:])), moment(e.Uint64(head[16:])), moment(e.Uint64(head[24:]))
	text, raw := e.Uint32(head[32:]), e.Uint32(head[36:])
	if text > 8*answerRoom || raw > answerRoom {
		return 0, c, fmt.Errorf("a result of %d and %d bytes", text, raw)
	}
	*room = append((*room)[:0], make([]byte, text+raw)...)
	if _, err := io.ReadFull(from, *room); err != nil {
		return 0, c, err
	}
	if text > 0 {
		c.err = errors.New(string((*room)[:text]))
	}
	c.raw = (*room)[text:]
	return e.Uint32(head[:]), c, nil
}
