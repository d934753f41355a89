package call_test

import (
	"io"
	"strings"
	"testing"

	"github.com/lintel-gateway/lintel/internal/gateway/call"
)

// pieces is a source that hands out its memory; "" is one that has not come yet.
type pieces struct{ left []string }

func (p *pieces) Next(wait bool) ([]byte, error) {
	if wait && len(p.left) > 0 && p.left[0] == "" {
		p.left = p.left[1:]
	}
	if len(p.left) == 0 {
		return nil, io.EOF
	}
	if p.left[0] == "" {
		return nil, nil
	}
	b := []byte(p.left[0])
	p.left = p.left[1:]
	return b, nil
}

func (p *pieces) Read([]byte) (int, error) { panic("read byte by byte") }

func TestPiecesOfABody(t *testing.T) {
	c := call.Acquire(t.Context())
	defer call.Release(c)
	c.Request.Body = &pieces{left: []string{"ab", "", "cde", "f"}}
	c.LimitBody(5)
	p := c.Request.Body.(call.Pieces)
	for i, want := range []string{"ab", "", "cde"} {
		if b, err := p.Next(i == 2); string(b) != want || err != nil {
			t.Fatalf("piece %d: %q, %v", i, b, err)
		}
	}
	for range 2 {
		if b, err := p.Next(true); b != nil || err == nil || c.BodyFault() != call.RequestTooLarge {
			t.Errorf("beyond the limit: %q, %v, %v", b, err, c.BodyFault())
		}
	}
}

// TestPiecesOfAReader: a source that hands out nothing is read, once it may be waited
// for; one that was buffered is there at once.
func TestPiecesOfAReader(t *testing.T) {
	for _, buffered := range []bool{false, true} {
		c := call.Acquire(t.Context())
		c.Request.Body = strings.NewReader("hello")
		c.LimitBody(5)
		if buffered {
			if _, f := c.Buffer(); f != nil {
				t.Fatal(f)
			}
		}
		p := c.Request.Body.(call.Pieces)
		b, err := p.Next(false)
		if buffered != (string(b) == "hello") || err != nil {
			t.Errorf("buffered %v: %q, %v without waiting", buffered, b, err)
		}
		if !buffered {
			if b, err = p.Next(true); string(b) != "hello" || err != nil {
				t.Errorf("%q, %v", b, err)
			}
		}
		if b, err = p.Next(true); b != nil || err != io.EOF {
			t.Errorf("at the end %q, %v", b, err)
		}
		call.Release(c)
	}
}

// TestLateReaderFindsNothing: who reads a body after its call finds it closed, and not
// the next caller's; unless the call was told that nobody does.
func TestLateReaderFindsNothing(t *testing.T) {
	c := call.Acquire(t.Context())
	c.Request.Body = strings.NewReader("mine")
	c.LimitBody(9)
	late := c.Request.Body
	call.Release(c)
	c = call.Acquire(t.Context())
	defer call.Release(c)
	c.Request.Body = strings.NewReader("yours")
	c.LimitBody(9)
	if b, err := late.(call.Pieces).Next(true); len(b) > 0 || err == nil || err == io.EOF {
		t.Errorf("%q, %v", b, err)
	}
	if n, err := late.Read(make([]byte, 9)); n > 0 || err == nil || err == io.EOF {
		t.Errorf("%d bytes, %v", n, err)
	}
	if b, err := io.ReadAll(c.Request.Body); string(b) != "yours" || err != nil {
		t.Errorf("%q, %v", b, err)
	}
}
