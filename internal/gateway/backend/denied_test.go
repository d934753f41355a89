package backend_test

import (
	"context"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/lintel-gateway/lintel/internal/clock"
	"github.com/lintel-gateway/lintel/internal/dial"
	"github.com/lintel-gateway/lintel/internal/gateway/backend"
	"github.com/lintel-gateway/lintel/internal/gateway/call"
)

// TestDeniedAddress: the refusal of the dialer is one of its own, for HTTP and
// HTTPS; why is for the trace alone.
func TestDeniedAddress(t *testing.T) {
	names := dial.NewResolver(dial.ResolverOptions{})
	t.Cleanup(names.Close)
	b := sender(t, backend.Options{Dial: dial.New(dial.Channel(nil), names).DialContext})
	for _, scheme := range []string{"http", "https"} {
		c := outbound(t, "GET", "127.0.0.1:9")
		c.Out.Scheme = scheme
		c.Trace = &call.Trace{Now: time.Now}
		if f := b.Send(c); f != call.BackendForbidden {
			t.Errorf("%s: %v", scheme, f)
		}
		if said := strings.Join(c.Trace.Lines(), "\n"); !strings.Contains(said, "127.0.0.1 is a loopback address") {
			t.Errorf("%s: the trace says %q", scheme, said)
		}
	}
}

// TestWithoutADialer: who forgets the guard reaches nothing.
func TestWithoutADialer(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	transport := backend.NewTransport(backend.Options{})
	t.Cleanup(transport.Close)
	if f := backend.NewHTTP(transport, clock.System).Send(outbound(t, "GET", l.Addr().String())); f != call.BackendUnavailable {
		t.Error(f)
	}
}

// TestDialGetsADeadline: a dialer that waits for ever is not waited for longer
// than the call's own patience.
func TestDialGetsADeadline(t *testing.T) {
	deadlines := make(chan bool, 1)
	b := sender(t, backend.Options{Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		_, ok := ctx.Deadline()
		deadlines <- ok
		<-ctx.Done()
		return nil, ctx.Err()
	}})
	c := outbound(t, "GET", "127.0.0.1:9")
	c.Out.Timeout = 20 * time.Millisecond
	if f := b.Send(c); f != call.BackendTimeout {
		t.Error(f)
	}
	if !<-deadlines {
		t.Error("the dialer has no deadline")
	}
}
