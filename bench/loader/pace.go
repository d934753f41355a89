package loader

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"runtime"
	"syscall"
	"time"
	"unsafe"
)

// Paced is what a paced load saw.
type Paced struct {
	Requests int           `json:"requests"` // that were measured
	P50      time.Duration `json:"p50"`
	P99      time.Duration `json:"p99"`
	// Late is how many of them were sent more than a millisecond after they were due,
	// SentP99 how late 99 of a hundred were sent at most: because every connection was
	// waiting for an answer, when the server does not keep up, or because the load was
	// waiting for its core. It is part of what a request took.
	Late    int           `json:"late"`
	SentP99 time.Duration `json:"sent_p99"`
	// WindowP99 is the median of the p99 of each tenth of a second.
	WindowP99 time.Duration `json:"window_p99"`
}

// pacer sends requests at fixed moments, whatever became of the earlier ones, and
// measures from the moment at which each was due: a server that stands still for
// 10 ms has slowed all requests that were due meanwhile, not only the one that it
// was asked when it happened ("coordinated omission").
//
// It is one thread around one epoll instance, which never sleeps: timers of the Go
// runtime are a millisecond late when nothing else happens, which is more than what is
// measured.
type pacer struct {
	message []byte
	want    []byte // the end of an answer
	epoll   int
	conns   []paced
	idle    []int           // indexes of conns, the last used first
	due     []time.Duration // requests that nobody could send yet, since start, from first on
	first   int
	seen    []sample
	began   time.Time
	backend answering
}

type paced struct {
	fd   int
	due  time.Duration // of the request that is under way
	sent time.Duration // likewise
	held int
	buf  [4 << 10]byte
}

// WarmTime is how long a load goes on before it is measured: connections are made.
const WarmTime = 500 * time.Millisecond

// Pace sends rate requests a second for a time; 0 is as many as are answered: each
// connection sends its next request when it has the answer. The address speaks HTTP/1.1
// in the clear. With Options.Backend it also answers what is forwarded there.
func Pace(ctx context.Context, o Options, request *Request, rate float64, duration time.Duration) (result Paced, err error) {
	message, err := request.Bytes(time.Now())
	if err != nil {
		return Paced{}, err
	}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	p := &pacer{message: message, want: []byte("\r\n\r\n" + Answer), backend: answering{listen: -1}}
	if p.epoll, err = syscall.EpollCreate1(syscall.EPOLL_CLOEXEC); err != nil {
		return Paced{}, err
	}
	defer func() { err = errors.Join(err, p.close()) }()
	if o.Backend != "" {
		if err := p.backend.open(p.epoll, o.Backend); err != nil {
			return Paced{}, err
		}
	}
	if err := p.connect(o); err != nil {
		return Paced{}, err
	}
	interval := time.Duration(0)
	if rate > 0 {
		interval = time.Duration(float64(time.Second) / rate)
	}
	if err := p.run(ctx, interval, WarmTime+duration); err != nil {
		return Paced{}, fmt.Errorf("%s: %w", o.Address, err)
	}
	if len(p.seen) == 0 {
		return Paced{}, fmt.Errorf("%s: no request was answered", o.Address)
	}
	return summary(p.seen), nil
}

func (p *pacer) connect(o Options) error {
	address, err := net.ResolveTCPAddr("tcp4", o.Address)
	if err != nil {
		return err
	}
	to := &syscall.SockaddrInet4{Port: address.Port, Addr: [4]byte(address.IP.To4())}
	p.conns = make([]paced, o.Connections)
	for i := range p.conns {
		p.conns[i].fd = -1
	}
	for i := range p.conns {
		fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
		if err != nil {
			return err
		}
		p.conns[i].fd = fd
		if err := errors.Join(syscall.Connect(fd, to), syscall.SetNonblock(fd, true),
			syscall.SetsockoptInt(fd, syscall.IPPROTO_TCP, syscall.TCP_NODELAY, 1),
			watch(p.epoll, fd, int32(i), calling)); err != nil {
			return fmt.Errorf("connect to %s: %w", o.Address, err)
		}
		p.idle = append(p.idle, i)
	}
	return nil
}

func (p *pacer) close() error {
	faults := []error{syscall.Close(p.epoll), p.backend.close()}
	for i := range p.conns {
		if p.conns[i].fd >= 0 {
			faults = append(faults, syscall.Close(p.conns[i].fd))
		}
	}
	return errors.Join(faults...)
}

// stuck is how long after the last request was due an answer may still come.
const stuck = 10 * time.Second

// checkEvery is how many requests are sent between two looks at the context.
const checkEvery = 1024

func (p *pacer) run(ctx context.Context, interval, duration time.Duration) error {
	p.began = time.Now()
	if interval > 0 {
		p.seen = make([]sample, 0, int(duration/interval)+1)
	}
	next, sent := time.Duration(0), 0
	for {
		now := time.Since(p.began)
		if interval == 0 { // every connection that has its answer is due
			for next = duration; now < duration && len(p.due) < len(p.idle); {
				p.due = append(p.due, now)
			}
		}
		for ; next <= now && next < duration; next += interval {
			p.due = append(p.due, next)
			if sent++; sent%checkEvery == 0 && ctx.Err() != nil {
				return context.Cause(ctx)
			}
		}
		for len(p.due) > 0 && len(p.idle) > 0 {
			if err := p.send(); err != nil {
				return err
			}
		}
		if now >= duration && next >= duration && len(p.due) == 0 && len(p.idle) == len(p.conns) {
			return nil
		}
		if now > duration+stuck {
			return fmt.Errorf("%d requests have no answer %v after the last was due", len(p.conns)-len(p.idle)+len(p.due)-p.first, stuck)
		}
		if err := p.receive(); err != nil {
			return err
		}
	}
}

// send gives the request that was due first to the connection that was used last.
func (p *pacer) send() error {
	i := p.idle[len(p.idle)-1]
	p.idle = p.idle[:len(p.idle)-1]
	c := &p.conns[i]
	c.due, c.sent, c.held = p.due[p.first], time.Since(p.began), 0
	if p.first++; p.first == len(p.due) {
		p.due, p.first = p.due[:0], 0
	}
	n, err := syscall.Write(c.fd, p.message)
	if err == nil && n != len(p.message) {
		err = fmt.Errorf("only %d of %d bytes could be sent at once", n, len(p.message))
	}
	return err
}

// receive reads what is there, and does not wait: who sleeps is woken late, above all on a
// virtual machine, and whoever wakes it pays for that. With waits in between nginx's p50 at
// 40,000 to 57,000 requests a second was 150 µs, and without 47.
func (p *pacer) receive() error {
	const most = 256
	// struct epoll_event is packed on amd64; syscall.EpollEvent knows it everywhere.
	var events [most]syscall.EpollEvent
	n, _, errno := syscall.RawSyscall6(syscall.SYS_EPOLL_PWAIT, uintptr(p.epoll), uintptr(unsafe.Pointer(&events)), most, 0, 0, 0)
	if errno != 0 {
		if errno == syscall.EINTR {
			return nil
		}
		return fmt.Errorf("epoll_pwait: %w", errno)
	}
	for _, e := range events[:n] {
		var err error
		switch e.Pad {
		case calling:
			err = p.read(int(e.Fd))
		case listening:
			err = p.backend.accept()
		case answers:
			err = p.backend.read(int(e.Fd))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (p *pacer) read(i int) error {
	c := &p.conns[i]
	n, err := syscall.Read(c.fd, c.buf[c.held:])
	switch {
	case err == syscall.EAGAIN:
		return nil
	case err != nil:
		return err
	case n == 0:
		return fmt.Errorf("the connection was closed after %q", c.buf[:c.held])
	}
	c.held += n
	got := c.buf[:c.held]
	if !bytes.HasSuffix(got, p.want) {
		if bytes.Contains(got, p.want[:4]) && (!bytes.HasPrefix(got, []byte("HTTP/1.1 200 ")) || c.held == len(c.buf)) {
			return fmt.Errorf("the answer is %q", got)
		}
		return nil
	}
	if !bytes.HasPrefix(got, []byte("HTTP/1.1 200 ")) {
		return fmt.Errorf("the answer is %q", got)
	}
	if c.due >= WarmTime {
		p.seen = append(p.seen, sample{due: c.due, sent: c.sent - c.due, took: time.Since(p.began) - c.due})
	}
	p.idle = append(p.idle, i)
	return nil
}
