package loader

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"syscall"
)

// answering is a backend in the thread of a pacer, which the pacer's gateway forwards to.
// As a program of its own it would share the core of the load with the pacer: each of
// them would wait for the other's slice of the kernel's scheduler, 1 to 3 ms, which is
// more than a gateway takes. At 30,000 requests a second the 99th of a hundred requests
// was sent a millisecond late then.
//
// Requests have no bodies here: it answers heads.
type answering struct {
	epoll  int
	listen int         // -1 for none
	conns  []*answered // by number; nil for one that has ended
	answer []byte
}

// answered is a connection of the gateway's.
type answered struct {
	fd   int
	held int
	buf  [8 << 10]byte
}

// The kinds of sockets in an epoll instance, which stand beside their numbers in what
// it tells.
const (
	calling = iota
	listening
	answers
)

func watch(epoll, fd int, number, kind int32) error {
	return syscall.EpollCtl(epoll, syscall.EPOLL_CTL_ADD, fd, &syscall.EpollEvent{Events: syscall.EPOLLIN, Fd: number, Pad: kind})
}

// open listens at an address.
func (a *answering) open(epoll int, address string) (err error) {
	at, err := net.ResolveTCPAddr("tcp4", address)
	if err != nil {
		return err
	}
	a.epoll = epoll
	a.answer = fmt.Appendf(nil, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", len(Answer), Answer)
	if a.listen, err = syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC|syscall.SOCK_NONBLOCK, 0); err != nil {
		return err
	}
	if err := errors.Join(syscall.SetsockoptInt(a.listen, syscall.SOL_SOCKET, syscall.SO_REUSEADDR, 1),
		syscall.Bind(a.listen, &syscall.SockaddrInet4{Port: at.Port, Addr: [4]byte(at.IP.To4())}),
		syscall.Listen(a.listen, 1024), watch(epoll, a.listen, 0, listening)); err != nil {
		return fmt.Errorf("listen at %s: %w", address, err)
	}
	return nil
}

func (a *answering) close() error {
	var faults []error
	if a.listen >= 0 {
		faults = append(faults, syscall.Close(a.listen))
	}
	for _, c := range a.conns {
		if c != nil {
			faults = append(faults, syscall.Close(c.fd))
		}
	}
	return errors.Join(faults...)
}

// accept takes one connection; if there are more, epoll tells again.
func (a *answering) accept() error {
	fd, _, err := syscall.Accept4(a.listen, syscall.SOCK_CLOEXEC|syscall.SOCK_NONBLOCK)
	if err == syscall.EAGAIN || err == syscall.ECONNABORTED {
		return nil
	}
	if err != nil {
		return err
	}
	a.conns = append(a.conns, &answered{fd: fd})
	return errors.Join(syscall.SetsockoptInt(fd, syscall.IPPROTO_TCP, syscall.TCP_NODELAY, 1),
		watch(a.epoll, fd, int32(len(a.conns)-1), answers))
}

// read answers what has come over a connection.
func (a *answering) read(i int) error {
	c := a.conns[i]
	n, err := syscall.Read(c.fd, c.buf[c.held:])
	if err == syscall.EAGAIN {
		return nil
	}
	if n <= 0 || err != nil { // the gateway has closed it
		a.conns[i] = nil
		return syscall.Close(c.fd)
	}
	c.held += n
	rest := c.buf[:c.held]
	for {
		end := bytes.Index(rest, []byte("\r\n\r\n"))
		if end < 0 {
			break
		}
		if rest[0] != 'G' {
			return fmt.Errorf("the gateway sent %.40q to the backend, which answers GET alone", rest)
		}
		rest = rest[end+len("\r\n\r\n"):]
		if n, err := syscall.Write(c.fd, a.answer); err != nil || n != len(a.answer) {
			return fmt.Errorf("answering the gateway: %d of %d bytes: %w", n, len(a.answer), err)
		}
	}
	if c.held = copy(c.buf[:], rest); c.held == len(c.buf) {
		return fmt.Errorf("the gateway sent a head of more than %d bytes to the backend", len(c.buf))
	}
	return nil
}
