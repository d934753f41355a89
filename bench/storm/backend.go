package main

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"path"
	"strconv"
	"syscall"
)

const (
	headRoom   = 8 << 10 // more than any head of the gateway takes here
	mostGuests = 4096    // connections
)

// startBackend starts the backend on the address that the APIs name.
func (h *house) startBackend() error {
	l, err := net.Listen("tcp4", h.plot.Backend)
	if err != nil {
		return err
	}
	defer l.Close()
	file, err := l.(*net.TCPListener).File()
	if err != nil {
		return err
	}
	defer file.Close()
	h.plot.Backend = l.Addr().String()
	h.backend, err = startPart([]*os.File{file}, backendPart)
	return err
}

// backend answers what the gateway sent, and with what constants: the API and its serial
// are constants of the definition, the item is the caller's. It is one thread around one
// epoll instance: half of all calls pass it, and goroutines among those that make the
// changes would be late in storms only, as the sender would. Connections have no
// deadlines: the gateway alone has any, and all end with this process.
type backend struct {
	epoll  int
	guests map[int]*guest // by file
	out    []byte
}

// guest is one connection from the gateway.
type guest struct {
	fd, held int
	in       [headRoom]byte
}

// serveBackend answers on a listening socket until control is closed.
func serveBackend(listener, control int) error {
	b := &backend{guests: map[int]*guest{}}
	var err error
	if b.epoll, err = syscall.EpollCreate1(syscall.EPOLL_CLOEXEC); err != nil {
		return err
	}
	if err := errors.Join(syscall.SetNonblock(listener, true), look(b.epoll, listener, listener), look(b.epoll, control, control)); err != nil {
		return err
	}
	var events [64]syscall.EpollEvent
	for {
		n, err := await(b.epoll, events[:], moment(callTime))
		if err != nil {
			return err
		}
		for _, e := range events[:n] {
			switch int(e.Fd) {
			case control: // nobody writes to it: it was closed
				return nil
			case listener:
				if err := b.accept(listener); err != nil {
					return err
				}
			default:
				if g := b.guests[int(e.Fd)]; g != nil && !b.read(g) {
					delete(b.guests, g.fd)
					_ = syscall.Close(g.fd) // its other end notices
				}
			}
		}
	}
}

func (b *backend) accept(listener int) error {
	fd, _, err := syscall.Accept4(listener, syscall.SOCK_NONBLOCK|syscall.SOCK_CLOEXEC)
	if err == syscall.EAGAIN || err == syscall.EINTR || err == syscall.ECONNABORTED {
		return nil
	}
	if err == nil && len(b.guests) == mostGuests {
		err = fmt.Errorf("more than %d connections to the backend", mostGuests)
	}
	if err != nil {
		return err
	}
	b.guests[fd] = &guest{fd: fd}
	return errors.Join(syscall.SetsockoptInt(fd, syscall.IPPROTO_TCP, syscall.TCP_NODELAY, 1), look(b.epoll, fd, fd))
}

// read reads what is there and answers all requests that are whole; more says that the
// connection goes on.
func (b *backend) read(g *guest) (more bool) {
	n, again, err := read(g.fd, g.in[g.held:])
	if again {
		return true
	}
	if err != nil || n == 0 {
		return false
	}
	g.held += n
	rest, more := g.in[:g.held], true
	b.out = b.out[:0]
	for more {
		head, after, whole := bytes.Cut(rest, []byte("\r\n\r\n"))
		if !whole {
			break
		}
		b.out, more = answer(b.out, head)
		rest = after
	}
	if more && len(rest) == len(g.in) {
		b.out, more = refuse(b.out, "431 Request Header Fields Too Large"), false
	}
	if n, err := syscall.Write(g.fd, b.out); len(b.out) > 0 && (err != nil || n != len(b.out)) {
		return false // who does not read a hundred bytes is not the gateway
	}
	g.held = copy(g.in[:], rest)
	return more
}

// answer answers one request, without the empty line that ends it. It takes GET without
// a body and nothing else.
func answer(to, head []byte) (out []byte, more bool) {
	line, fields, _ := bytes.Cut(head, []byte("\r\n"))
	method, rest, _ := bytes.Cut(line, []byte(" "))
	target, version, _ := bytes.Cut(rest, []byte(" "))
	if string(method) != "GET" || string(version) != "HTTP/1.1" {
		return refuse(to, "501 Not Implemented"), false
	}
	item, err := itemOf(target)
	if err != nil {
		return refuse(to, "400 Bad Request"), false
	}
	var api, serial []byte
	more = true
	for len(fields) > 0 {
		line, fields, _ = bytes.Cut(fields, []byte("\r\n"))
		name, value, _ := bytes.Cut(line, []byte(":"))
		value = bytes.TrimSpace(value)
		switch {
		case api == nil && bytes.EqualFold(name, []byte(apiHeader)):
			api = value
		case serial == nil && bytes.EqualFold(name, []byte(serialHeader)):
			serial = value
		case bytes.EqualFold(name, []byte("Connection")):
			more = !bytes.EqualFold(value, []byte("close"))
		case bytes.EqualFold(name, []byte("Transfer-Encoding")), bytes.EqualFold(name, []byte("Content-Length")) && string(value) != "0":
			return refuse(to, "501 Not Implemented"), false
		}
	}
	const pieces = len(`{"api":"","serial":,"item":""}`)
	to = append(to, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: "...)
	to = strconv.AppendInt(to, int64(pieces+len(api)+len(serial)+len(item)), 10)
	if !more {
		to = append(to, "\r\nConnection: close"...)
	}
	to = append(append(to, "\r\n\r\n{\"api\":\""...), api...)
	to = append(append(to, `","serial":`...), serial...)
	to = append(append(to, `,"item":"`...), item...)
	return append(to, `"}`...), more
}

// itemOf is the last part of a path. The gateway writes items as they are, so what has
// to be decoded is rare and may cost.
func itemOf(target []byte) ([]byte, error) {
	if !bytes.ContainsAny(target, "%?#") && bytes.HasPrefix(target, []byte("/")) {
		if last := target[bytes.LastIndexByte(target, '/')+1:]; len(last) > 0 {
			return last, nil
		}
	}
	u, err := url.ParseRequestURI(string(target))
	if err != nil {
		return nil, err
	}
	return []byte(path.Base(u.Path)), nil
}

func refuse(to []byte, status string) []byte {
	return append(append(append(to, "HTTP/1.1 "...), status...), "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"...)
}
