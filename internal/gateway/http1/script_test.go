package http1_test

import (
	"fmt"
	"io"
	"net"
	"strings"
	"time"

	"github.com/lintel-gateway/lintel/internal/gateway/http1"
	"github.com/lintel-gateway/lintel/internal/message"
)

// The limits that the tests read with.
const (
	mostFields = 32
	headLimit  = 8 << 10
	patience   = 5 * time.Second
)

// script is a peer that sends these pieces, one for each read, and then end.
type script struct {
	pieces [][]byte
	end    error // nil: io.EOF
	out    []byte
}

func (s *script) Read(p []byte) (int, error) {
	for len(s.pieces) > 0 && len(s.pieces[0]) == 0 {
		s.pieces = s.pieces[1:]
	}
	if len(s.pieces) == 0 {
		if s.end == nil {
			return 0, io.EOF
		}
		return 0, s.end
	}
	n := copy(p, s.pieces[0])
	s.pieces[0] = s.pieces[0][n:]
	return n, nil
}

func (s *script) Write(p []byte) (int, error) {
	s.out = append(s.out, p...)
	return len(p), nil
}

func (s *script) Close() error                     { return nil }
func (s *script) LocalAddr() net.Addr              { return nil }
func (s *script) RemoteAddr() net.Addr             { return nil }
func (s *script) SetDeadline(time.Time) error      { return nil }
func (s *script) SetReadDeadline(time.Time) error  { return nil }
func (s *script) SetWriteDeadline(time.Time) error { return nil }

// sends is a Conn whose peer sends text, in one piece or in several.
func sends(pieces ...string) *http1.Conn {
	s := &script{}
	for _, p := range pieces {
		s.pieces = append(s.pieces, []byte(p))
	}
	c := http1.New(s)
	soon(c)
	return c
}

func soon(c *http1.Conn) {
	c.ReadBy(http1.Now().Add(patience))
	c.WriteBy(http1.Now().Add(patience))
}

// request is what was read of one request, in memory of its own.
type request struct {
	http1.Request
	fields message.Fields
	body   string
	ended  bool // the body came to its end
	rest   int  // bytes that were left behind it
}

// left is how much a script and its Conn still have.
func left(c *http1.Conn) int {
	n := c.Buffered()
	if s, ok := c.Net().(*script); ok {
		for _, p := range s.pieces {
			n += len(p)
		}
	}
	return n
}

func cloned(fields message.Fields) message.Fields {
	var out message.Fields
	for _, f := range fields {
		out = append(out, message.Field{Name: strings.Clone(f.Name), Value: strings.Clone(f.Value)})
	}
	return out
}

// readRequests reads requests until one is refused, ends the connection, or does
// not end; the error is that one's.
func readRequests(c *http1.Conn) ([]request, error) {
	var all []request
	for {
		if err := c.Await(); err != nil {
			return all, err
		}
		var r request
		fields, err := c.ReadRequest(&r.Request, nil, mostFields, headLimit)
		if err != nil {
			return all, err
		}
		r.Method, r.Target, r.Host = strings.Clone(r.Method), strings.Clone(r.Target), strings.Clone(r.Host)
		r.fields = cloned(fields)
		var b http1.Body
		b.Request(c, &r.Framing)
		body, err := io.ReadAll(&b)
		r.body, r.ended, r.rest = string(body), b.Ended(), left(c)
		all = append(all, r)
		if err != nil || r.Close {
			return all, err
		}
		c.Next()
	}
}

// said is what two readings of one input must have in common.
func said(all []request, err error) string {
	var b strings.Builder
	for _, r := range all {
		if r.More {
			return b.String() + "refused" // by whoever asked for no more fields
		}
		fmt.Fprintf(&b, "%+v %q %q %v\n", r.Request, r.fields, r.body, r.ended)
	}
	if _, refused := err.(*http1.Refusal); refused {
		b.WriteString("refused") // which of several faults is found first is free
	} else {
		fmt.Fprint(&b, err)
	}
	return b.String()
}

func texts(list []accepted) (all []string) {
	for _, a := range list {
		all = append(all, a.text)
	}
	return all
}

func refusedTexts(list []refused) (all []string) {
	for _, r := range list {
		all = append(all, r.text)
	}
	return all
}
