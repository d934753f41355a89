package loader

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Options say where a load goes.
type Options struct {
	Address     string
	TLS         bool // whoever answers is believed: the certificate is made for the run
	WebSocket   bool // messages are echoed frames instead of requests
	Connections int
	// Backend is where a paced load answers what the server under load forwards; empty
	// when somebody else does.
	Backend string
}

// patience is how long one answer may take. It is long because in the guest that
// counts instructions a program may start to answer only after minutes.
const patience = 2 * time.Minute

// Client is a number of open connections. Its methods must not be called at the
// same time.
type Client struct {
	options Options
	message []byte
	conns   []*conn
}

type conn struct {
	net.Conn
	in *bufio.Reader
	// counted is the connection's own message when its digits change, at digits.
	counted []byte
	digits  []byte
	body    [answerBytes]byte
}

// answerBytes is the length of Answer.
const answerBytes = 128

// Open connects, and makes the handshakes, if any.
func Open(ctx context.Context, o Options, request *Request) (*Client, error) {
	message, err := request.Bytes(time.Now())
	if err != nil {
		return nil, err
	}
	c := &Client{options: o, message: message}
	for range o.Connections {
		one, err := dial(ctx, o)
		if err != nil {
			return nil, errors.Join(err, c.Close())
		}
		c.conns = append(c.conns, one)
		if request.Counted {
			if err := one.countFrom(message, len(c.conns)); err != nil {
				return nil, errors.Join(err, c.Close())
			}
		}
		if o.WebSocket {
			if err := one.upgrade(request); err != nil {
				return nil, errors.Join(err, c.Close())
			}
		}
	}
	if o.WebSocket {
		c.message = ClientFrame
	}
	return c, nil
}

func dial(ctx context.Context, o Options) (*conn, error) {
	d := net.Dialer{Timeout: 10 * time.Second}
	raw, err := d.DialContext(ctx, "tcp", o.Address)
	if err != nil {
		return nil, err
	}
	if o.TLS {
		secure := tls.Client(raw, &tls.Config{InsecureSkipVerify: true, NextProtos: []string{"http/1.1"}})
		if err := secure.HandshakeContext(ctx); err != nil {
			return nil, errors.Join(err, raw.Close())
		}
		raw = secure
	}
	return &conn{Conn: raw, in: bufio.NewReaderSize(raw, 8<<10)}, nil
}

const counterDigits = "00000000"

// countFrom gives a connection a message of its own, whose number begins at millions.
func (c *conn) countFrom(message []byte, millions int) error {
	at := bytes.Index(message, []byte(counterDigits))
	if at < 0 || bytes.Contains(message, []byte("Authorization:")) {
		return errors.New("a request that counts needs eight zeros in its path and no signature")
	}
	c.counted = bytes.Clone(message)
	c.digits = c.counted[at : at+len(counterDigits)]
	copy(c.digits, fmt.Sprintf("%02d", millions%100))
	return nil
}

// next is the message with the next number.
func (c *conn) next() []byte {
	for i := len(c.digits) - 1; i >= 0; i-- {
		if c.digits[i] < '9' {
			c.digits[i]++
			break
		}
		c.digits[i] = '0'
	}
	return c.counted
}

// Close ends the connections.
func (c *Client) Close() error {
	var faults []error
	for _, one := range c.conns {
		faults = append(faults, one.Close())
	}
	return errors.Join(faults...)
}

// Run makes n requests, each connection its share of them one after the other, as
// fast as they are answered.
func (c *Client) Run(ctx context.Context, n int) error {
	return c.each(ctx, func(i int, one *conn) error {
		share := n / len(c.conns)
		if i < n%len(c.conns) {
			share++
		}
		for range share {
			if err := c.once(one); err != nil {
				return err
			}
		}
		return nil
	})
}

// InTurn makes one request on each connection, one connection after the other.
func (c *Client) InTurn(ctx context.Context) error {
	for _, one := range c.conns {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := one.SetDeadline(time.Now().Add(patience)); err != nil {
			return err
		}
		if err := c.once(one); err != nil {
			return fmt.Errorf("%s: %w", c.options.Address, err)
		}
	}
	return nil
}

// each calls work for all connections at once and ends them all when the context
// ends or one fails.
func (c *Client) each(ctx context.Context, work func(i int, one *conn) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	stop := context.AfterFunc(ctx, func() {
		for _, one := range c.conns {
			_ = one.SetDeadline(time.Unix(1, 0)) // a closed one needs none
		}
	})
	defer stop()
	var wg sync.WaitGroup
	for i, one := range c.conns {
		wg.Go(func() {
			if err := one.SetDeadline(time.Now().Add(patience)); err != nil {
				cancel(err)
			} else if err := work(i, one); err != nil {
				cancel(fmt.Errorf("%s: %w", c.options.Address, err))
			}
		})
	}
	wg.Wait()
	return context.Cause(ctx)
}

func (c *Client) once(one *conn) error {
	message := c.message
	if one.counted != nil {
		message = one.next()
	}
	if _, err := one.Write(message); err != nil {
		return err
	}
	if c.options.WebSocket {
		return one.echo()
	}
	return one.answer()
}

// answer reads one answer and compares it with what the backend sends.
func (c *conn) answer() error {
	line, err := c.line()
	if err != nil {
		return err
	}
	if !bytes.HasPrefix(line, []byte("HTTP/1.1 200 ")) {
		return fmt.Errorf("answers %q%s", line, c.rest())
	}
	length := -1
	for {
		if line, err = c.line(); err != nil {
			return err
		}
		if len(line) == 0 {
			break
		}
		name, value, _ := bytes.Cut(line, []byte(":"))
		if len(name) == len("Content-Length") && strings.EqualFold(string(name), "Content-Length") {
			if length, err = strconv.Atoi(string(bytes.TrimSpace(value))); err != nil {
				return err
			}
		}
	}
	if length != len(c.body) {
		return fmt.Errorf("the answer has a content length of %d, the backend sent %d", length, len(c.body))
	}
	if _, err := io.ReadFull(c.in, c.body[:]); err != nil {
		return err
	}
	if string(c.body[:]) != Answer {
		return fmt.Errorf("the answer is %q", c.body[:])
	}
	return nil
}

// line is the next line without its end, valid until the next read.
func (c *conn) line() ([]byte, error) {
	line, err := c.in.ReadSlice('\n')
	if err != nil {
		return nil, fmt.Errorf("reading a head: %w", err)
	}
	return bytes.TrimSuffix(line[:len(line)-1], []byte("\r")), nil
}

// rest is what follows already, for a message about an answer that was not expected.
func (c *conn) rest() string {
	text, _ := c.in.Peek(min(c.in.Buffered(), 1024)) // as much is there
	return ": " + string(text)
}

// For makes requests on all connections for a time, each connection one after the
// other, as fast as they are answered.
func (c *Client) For(ctx context.Context, duration time.Duration) (Paced, error) {
	took := make([][]time.Duration, len(c.conns))
	began := time.Now()
	err := c.each(ctx, func(i int, one *conn) error {
		if err := one.SetDeadline(began.Add(duration + patience)); err != nil {
			return err
		}
		for now := time.Now(); now.Sub(began) < duration; {
			if err := c.once(one); err != nil {
				return err
			}
			end := time.Now()
			took[i] = append(took[i], end.Sub(now))
			now = end
		}
		return nil
	})
	if err != nil {
		return Paced{}, err
	}
	all := slices.Concat(took...)
	if len(all) == 0 {
		return Paced{}, errors.New("no request was answered")
	}
	slices.Sort(all)
	return Paced{Requests: len(all), P50: all[len(all)/2], P99: all[len(all)*99/100]}, nil
}
