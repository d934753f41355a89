package main

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"strconv"
	"syscall"
	"time"
)

// answerRoom is more than any answer of the gateway takes here.
const answerRoom = 16 << 10

// sender makes the paced calls of a phase. It is one thread around one epoll
// instance, in a process of its own, that does nothing but write requests, read answers
// and look at the clock: in goroutines the calls would wait for those that make the
// changes and look for them, which are there in storms only, and the gateway would be
// blamed. Answers are understood and judged elsewhere.
type sender struct {
	watch  watch
	pick   func() *target
	hand   func(*sent) // what became of a call; keeps nothing of it
	orders func() error
	to     syscall.SockaddrInet4
	epoll  int
	lines  []socket
	idle   []int    // indexes of lines, the one used longest ago first
	due    []moment // calls that no line was free for
}

// target is an API as a sender knows it.
type target struct {
	Number int    `json:"number"`
	Host   string `json:"host"`
	Name   string `json:"name"`
}

// sent is a call and what came back.
type sent struct {
	of              *target
	item            int
	due, start, end moment
	raw             []byte // the answer, or what there is of it
	err             error
}

// ordersEvent is the number of what is not a line.
const ordersEvent = -1

// socket is one keep-alive connection of a sender.
type socket struct {
	fd     int // -1 for none
	busy   bool
	call   sent // while busy
	used   moment
	calls  int
	held   int
	closes bool // the gateway closes it after this answer
	in     [answerRoom]byte
	out    []byte
}

// open prepares the sender; connections are made when they are used.
func (s *sender) open(address string, lines int) error {
	to, err := net.ResolveTCPAddr("tcp4", address)
	if err != nil {
		return err
	}
	s.to = syscall.SockaddrInet4{Port: to.Port, Addr: [4]byte(to.IP.To4())}
	s.lines = make([]socket, lines)
	for i := range s.lines {
		s.lines[i].fd = -1
		s.idle = append(s.idle, i)
	}
	s.epoll, err = syscall.EpollCreate1(syscall.EPOLL_CLOEXEC)
	return err
}

func (s *sender) close() error {
	faults := []error{syscall.Close(s.epoll)}
	for i := range s.lines {
		faults = append(faults, s.lines[i].close())
	}
	return errors.Join(faults...)
}

func (l *socket) close() error {
	if l.fd < 0 {
		return nil
	}
	err := syscall.Close(l.fd)
	l.fd = -1
	return err
}

// run calls rate times a second for a time, whatever became of the calls before,
// and waits for the last answers.
func (s *sender) run(rate int, length time.Duration) error {
	began, gap := s.watch.now(), float64(time.Second)/float64(rate)
	end := began + moment(length)
	next, made, swept := began, 0, began
	for {
		now := s.watch.now()
		for next <= now && next < end {
			s.due = append(s.due, next)
			made++
			next = began + moment(float64(made)*gap)
		}
		for len(s.due) > 0 && len(s.idle) > 0 {
			s.send()
		}
		if next >= end && len(s.due) == 0 && len(s.idle) == len(s.lines) {
			return nil
		}
		if now-swept > moment(time.Second) {
			s.sweep(now)
			swept = now
		}
		wait := moment(100 * time.Millisecond)
		if next < end {
			wait = min(wait, next-s.watch.now())
		}
		if err := s.receive(max(0, wait)); err != nil {
			return err
		}
	}
}

// send makes the call that was due first.
func (s *sender) send() {
	i, due := s.idle[0], s.due[0]
	s.idle, s.due = s.idle[:copy(s.idle, s.idle[1:])], s.due[:copy(s.due, s.due[1:])]
	l := &s.lines[i]
	l.calls++
	l.busy, l.call, l.held, l.closes = true, sent{of: s.pick(), due: due, item: l.calls}, 0, false
	if l.fd < 0 || s.watch.now()-l.used > moment(idle) {
		if err := s.connect(i); err != nil {
			s.end(i, err)
			return
		}
	}
	l.out = appendCall(l.out[:0], l.call.of.Host, l.call.of.Name, strconv.Itoa(l.call.item))
	l.call.start = s.watch.now()
	l.used = l.call.start
	n, err := syscall.Write(l.fd, l.out)
	if err == nil && n != len(l.out) {
		err = fmt.Errorf("only %d of %d bytes could be sent at once", n, len(l.out))
	}
	if err != nil {
		s.end(i, err)
	}
}

func (s *sender) connect(i int) error {
	l := &s.lines[i]
	if err := l.close(); err != nil {
		return err
	}
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		return err
	}
	l.fd = fd
	return errors.Join(syscall.Connect(fd, &s.to), syscall.SetNonblock(fd, true),
		syscall.SetsockoptInt(fd, syscall.IPPROTO_TCP, syscall.TCP_NODELAY, 1), look(s.epoll, fd, i))
}

// end hands out what became of a call and frees the line.
func (s *sender) end(i int, err error) {
	l := &s.lines[i]
	l.call.end = s.watch.now()
	l.call.raw, l.call.err = l.in[:l.held], err
	s.hand(&l.call)
	if err != nil || l.closes {
		_ = l.close() // what matters of the connection is said already
	}
	l.busy = false
	s.idle = append(s.idle, i)
}

// sweep gives up calls that have no answer after callTime.
func (s *sender) sweep(now moment) {
	for i := range s.lines {
		if l := &s.lines[i]; l.busy && now-l.call.start > moment(callTime) {
			s.end(i, fmt.Errorf("no answer after %v", callTime))
		}
	}
}

// receive waits for answers and orders, and reads those that are there.
func (s *sender) receive(wait moment) error {
	var events [callers + 1]syscall.EpollEvent
	n, err := await(s.epoll, events[:], wait)
	for _, e := range events[:n] {
		if e.Fd != ordersEvent {
			s.read(int(e.Fd))
		} else if err := s.orders(); err != nil {
			return err
		}
	}
	return err
}

func (s *sender) read(i int) {
	l := &s.lines[i]
	n, again, err := read(l.fd, l.in[l.held:])
	switch {
	case again:
		return
	case !l.busy:
		_ = l.close() // an idle connection that the gateway closes
		return
	case err == nil && n == 0:
		err = fmt.Errorf("the connection was closed after %q", l.in[:l.held])
	}
	if err == nil {
		l.held += n
		var whole bool
		if whole, l.closes, err = complete(l.in[:l.held]); err == nil && !whole {
			if l.held < len(l.in) {
				return
			}
			err = fmt.Errorf("the answer is longer than %d bytes", len(l.in))
		}
	}
	s.end(i, err)
}

// complete says whether an answer is there in full, and whether the connection ends
// with it. Answers here have a Content-Length; what has none is an error.
func complete(in []byte) (whole, closes bool, err error) {
	head, body, ok := bytes.Cut(in, []byte("\r\n\r\n"))
	if !ok {
		return false, false, nil
	}
	length := -1
	for line := range bytes.SplitSeq(head, []byte("\r\n")) {
		name, value, _ := bytes.Cut(line, []byte(": "))
		switch {
		case bytes.EqualFold(name, []byte("Content-Length")):
			if length, err = strconv.Atoi(string(value)); err != nil {
				return false, false, err
			}
		case bytes.EqualFold(name, []byte("Connection")):
			closes = bytes.EqualFold(value, []byte("close"))
		}
	}
	if length < 0 {
		return false, false, fmt.Errorf("the answer has no Content-Length: %q", head)
	}
	return len(body) >= length, closes, nil
}
