package engine

import (
	"syscall"
	"unsafe"
)

// pollFD is struct pollfd of poll.h.
type pollFD struct {
	fd      int32
	events  int16
	revents int16
}

// Of poll.h; package syscall is frozen and lacks them.
const (
	pollErr   = 0x8
	pollHup   = 0x10
	pollRdHup = 0x2000
	left      = pollErr | pollHup | pollRdHup
)

// atOnce is how many connections are asked about with one system call.
const atOnce = 1024

// lookout asks which callers have left.
type lookout struct {
	conns []*conn
	fds   []pollFD
}

// look calls gone with those of conns whose caller has closed the connection, or its
// half.
//
// The descriptors are collected first and asked about together, so that one may be
// closed meanwhile, and opened again as another. What the question tells is
// therefore a hint, and each connection that it points at is asked once more while its
// descriptor is held.
func (l *lookout) look(gone func(*conn)) {
	for at := 0; at < len(l.conns); at += atOnce {
		some := l.conns[at:min(len(l.conns), at+atOnce)]
		l.fds = l.fds[:0]
		for _, k := range some {
			f := pollFD{fd: -1, events: pollRdHup} // -1 is passed over
			k.raw.Control(func(fd uintptr) { f.fd = int32(fd) })
			l.fds = append(l.fds, f)
		}
		if poll(l.fds) == 0 {
			continue
		}
		for i, k := range some {
			if l.fds[i].revents&left == 0 {
				continue
			}
			f := [1]pollFD{{fd: -1, events: pollRdHup}}
			k.raw.Control(func(fd uintptr) {
				f[0].fd = int32(fd)
				poll(f[:])
			})
			if f[0].revents&left != 0 {
				gone(k)
			}
		}
	}
}

// poll asks without waiting and returns how many have something to say. A failure says
// nothing about any: they are asked again with the next glance.
func poll(fds []pollFD) int {
	var now syscall.Timespec
	n, _, errno := syscall.Syscall6(syscall.SYS_PPOLL, uintptr(unsafe.Pointer(&fds[0])), uintptr(len(fds)), uintptr(unsafe.Pointer(&now)), 0, 0, 0)
	if errno != 0 {
		return 0
	}
	return int(n)
}
