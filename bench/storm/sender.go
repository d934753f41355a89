package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"net"
	"runtime"
	"strconv"
	"syscall"
	"time"
	"unsafe"
)

// answerRoom is more than any answer of the gateway takes here.
const answerRoom = 16 << 10

// sender makes the paced calls of a phase. It is one thread around one epoll
// instance that does nothing but write requests, read answers and look at the clock:
// in goroutines the calls would wait for those that make the changes and look for
// them, which are there in storms only, and the gateway would be blamed. Answers are
// understood and judged elsewhere.
type sender struct {
	watch watch
	host  func(*api) string
	pick  func() *api
	done  chan<- *reply // has room for all calls of a phase
	to    syscall.SockaddrInet4
	epoll int
	lines []socket
	idle  []int    // indexes of lines, the one used longest ago first
	due   []moment // calls that no line was free for
}

// socket is one keep-alive connection of a sender.
type socket struct {
	fd     int // -1 for none
	call   *reply
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
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	// The kernel may be 50 µs late by default.
	if _, _, errno := syscall.RawSyscall(syscall.SYS_PRCTL, syscall.PR_SET_TIMERSLACK, 1, 0); errno != 0 {
		return errno
	}
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
	a := s.pick()
	l.call, l.held, l.closes = &reply{of: a, due: due, item: strconv.Itoa(l.calls)}, 0, false
	if l.fd < 0 || s.watch.now()-l.used > moment(idle) {
		if err := s.connect(i); err != nil {
			s.end(i, err)
			return
		}
	}
	l.out = appendCall(l.out[:0], s.host(a), a, l.call.item)
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
	event := syscall.EpollEvent{Events: syscall.EPOLLIN, Fd: int32(i)}
	return errors.Join(syscall.Connect(fd, &s.to), syscall.SetNonblock(fd, true),
		syscall.SetsockoptInt(fd, syscall.IPPROTO_TCP, syscall.TCP_NODELAY, 1),
		syscall.EpollCtl(s.epoll, syscall.EPOLL_CTL_ADD, fd, &event))
}

// end hands out what became of a call and frees the line.
func (s *sender) end(i int, err error) {
	l := &s.lines[i]
	l.call.end = s.watch.now()
	if l.call.err = err; err == nil {
		l.call.raw = bytes.Clone(l.in[:l.held])
	}
	if err != nil || l.closes {
		_ = l.close() // what matters of the connection is said already
	}
	s.done <- l.call
	l.call = nil
	s.idle = append(s.idle, i)
}

// sweep gives up calls that have no answer after callTime.
func (s *sender) sweep(now moment) {
	for i := range s.lines {
		if c := s.lines[i].call; c != nil && now-c.start > moment(callTime) {
			s.end(i, fmt.Errorf("no answer after %v", callTime))
		}
	}
}

// receive waits for answers and reads those that are there. It keeps Go's processor
// while it waits, of which there are enough: to get one back may take long.
func (s *sender) receive(wait moment) error {
	const most = callers
	var events [most]syscall.EpollEvent
	timeout := syscall.NsecToTimespec(int64(wait))
	const epollPwait2 = 441 // the one that takes nanoseconds, on every architecture; since Linux 5.11
	n, _, errno := syscall.RawSyscall6(epollPwait2, uintptr(s.epoll), uintptr(unsafe.Pointer(&events)), most, uintptr(unsafe.Pointer(&timeout)), 0, 0)
	if errno != 0 {
		if errno == syscall.EINTR {
			return nil
		}
		return fmt.Errorf("epoll_pwait2, which Linux has since 5.11: %w", errno)
	}
	for _, e := range events[:n] {
		s.read(int(e.Fd))
	}
	return nil
}

func (s *sender) read(i int) {
	l := &s.lines[i]
	n, err := syscall.Read(l.fd, l.in[l.held:])
	switch {
	case err == syscall.EAGAIN || err == syscall.EINTR:
		return
	case l.call == nil:
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

// understandRaw reads the answer that a sender has received.
func (r *reply) understandRaw() {
	if r.err == nil {
		_, r.err = r.read(bufio.NewReader(bytes.NewReader(r.raw)))
	}
	if r.err != nil && len(r.raw) > 0 {
		r.err = fmt.Errorf("%w; the answer was %.300q", r.err, r.raw)
	}
	r.raw = nil
}
