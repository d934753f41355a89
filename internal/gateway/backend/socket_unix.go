//go:build unix

package backend

import (
	"io"
	"syscall"
)

// readNow reads what is there, without waiting for more. Sockets of package net
// do not block.
func (s *socket) readNow(fd uintptr) {
	for {
		s.n, s.err = syscall.Read(int(fd), s.into)
		switch {
		case s.err == syscall.EINTR:
			continue
		case s.err == syscall.EAGAIN:
			s.err = errNothing{}
		case s.err == nil && s.n == 0:
			s.err = io.EOF
		}
		s.n = max(s.n, 0)
		return
	}
}
