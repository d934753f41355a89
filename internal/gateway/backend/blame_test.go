package backend_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/lintel-gateway/lintel/internal/gateway/backend"
	"github.com/lintel-gateway/lintel/internal/gateway/call"
)

func TestUnavailable(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed := l.Addr().String()
	l.Close()
	b := sender(t, backend.Options{})

	if f := b.Send(outbound(t, "GET", closed)); f != call.BackendUnavailable {
		t.Errorf("nobody listens: %v", f)
	}
	c := outbound(t, "GET", "no-such-host.invalid:80")
	if f := b.Send(c); f != call.NameNotResolved {
		t.Errorf("no such host: %v", f)
	}
	plain := httptest.NewServer(http.NotFoundHandler())
	defer plain.Close()
	c = outbound(t, "GET", plain.Listener.Addr().String())
	c.Out.Scheme = "https"
	if f := b.Send(c); f != call.BackendUnavailable {
		t.Errorf("no TLS: %v", f)
	}
}

func TestTimeout(t *testing.T) {
	hold := make(chan struct{})
	address := script(t, func(_ []string, w net.Conn) { <-hold })
	defer close(hold)
	c := outbound(t, "GET", address)
	c.Out.Timeout = 30 * time.Millisecond
	start := time.Now()
	if f := sender(t, backend.Options{}).Send(c); f != call.BackendTimeout {
		t.Fatal(f)
	}
	if d := time.Since(start); d < 30*time.Millisecond || d > time.Second {
		t.Errorf("gave up after %v", d)
	}
}

// TestTimeoutEndsWithTheHeader: a body may stream for longer than the timeout.
func TestTimeoutEndsWithTheHeader(t *testing.T) {
	address := script(t, func(_ []string, w net.Conn) {
		io.WriteString(w, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\no")
		time.Sleep(120 * time.Millisecond) // longer than the timeout: that is the point
		io.WriteString(w, "k")
	})
	c := outbound(t, "GET", address)
	c.Out.Timeout = 60 * time.Millisecond
	if f := sender(t, backend.Options{}).Send(c); f != nil {
		t.Fatal(f.Message)
	}
	if got := answer(t, c); got != "ok" {
		t.Error(got)
	}
}

func TestStalledBody(t *testing.T) {
	hold := make(chan struct{})
	address := script(t, func(_ []string, w net.Conn) {
		io.WriteString(w, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\no")
		<-hold
	})
	defer close(hold)
	c := outbound(t, "GET", address)
	if f := sender(t, backend.Options{Stall: 30 * time.Millisecond}).Send(c); f != nil {
		t.Fatal(f.Message)
	}
	b, err := io.ReadAll(c.Response.Stream)
	if err == nil || string(b) != "o" {
		t.Errorf("%q, %v", b, err)
	}
	c.Response.Stream.Close()
}

// failing is a caller's body that goes wrong after some bytes.
type failing struct {
	text string
	wait time.Duration
	err  error
}

func (f *failing) Read(p []byte) (int, error) {
	if f.text != "" {
		n := copy(p, f.text)
		f.text = f.text[n:]
		return n, nil
	}
	time.Sleep(f.wait)
	return 0, f.err
}

// TestCallersBody: what goes wrong with the caller's body is the caller's, never
// 502 or 504.
func TestCallersBody(t *testing.T) {
	address := script(t, func(_ []string, w net.Conn) {
		io.WriteString(w, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
	})
	tests := []struct {
		name   string
		body   *failing
		length int64
		want   *call.Fault
	}{
		{"bad chunk", &failing{text: "abc", err: errors.New("malformed chunk")}, -1, call.BadBody},
		{"cut short", &failing{text: "abc", err: io.ErrUnexpectedEOF}, 10, call.BadBody},
		{"gone", &failing{text: "abc", err: &call.BodyError{Fault: call.CallerGone}}, 10, call.CallerGone},
		{"too large", &failing{text: strings.Repeat("x", 101), err: io.EOF}, -1, call.RequestTooLarge},
		{"slow beyond the backend's timeout, then broken", &failing{text: "abc", wait: 150 * time.Millisecond, err: &call.BodyError{Fault: call.CallerSlow}}, 10, call.CallerSlow},
		{"slow beyond the backend's timeout", &failing{text: "abc", wait: 150 * time.Millisecond, err: io.EOF}, 3, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c := outbound(t, "POST", address)
			c.Out.Timeout = 100 * time.Millisecond
			c.Request.Body, c.Request.BodyLength = test.body, test.length
			c.LimitBody(100)
			f := sender(t, backend.Options{}).Send(c)
			if f != test.want {
				t.Fatalf("fault %v, want %v", f, test.want)
			}
			if f == nil {
				answer(t, c)
			}
		})
	}
}

func TestCallerGone(t *testing.T) {
	hold := make(chan struct{})
	asked := make(chan struct{})
	address := script(t, func(_ []string, w net.Conn) { close(asked); <-hold })
	defer close(hold)
	ctx, leave := context.WithCancel(t.Context())
	c := call.Acquire(ctx)
	defer call.Release(c)
	c.Out = outbound(t, "GET", address).Out
	c.Out.Headers = nil
	go func() { <-asked; leave() }()
	if f := sender(t, backend.Options{}).Send(c); f != call.CallerGone {
		t.Fatal(f)
	}
}
