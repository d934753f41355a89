package backend_test

import (
	"io"
	"net"
	"testing"
	"time"

	"github.com/lintel-gateway/lintel/internal/gateway/backend"
	"github.com/lintel-gateway/lintel/internal/gateway/http1"
)

// TestMomentsFollowStarted: where the edge has looked at the monotonic clock, the moments of
// the record are as far behind the call's beginning as that clock says, whatever became of the
// time of day meanwhile.
func TestMomentsFollowStarted(t *testing.T) {
	address := script(t, func(_ []string, w net.Conn) {
		time.Sleep(20 * time.Millisecond)
		io.WriteString(w, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
	})
	c := outbound(t, "GET", address)
	c.Started, c.Began = time.Now().Add(-time.Hour), http1.Now()
	if f := sender(t, backend.Options{}).Send(c); f != nil {
		t.Fatal(f.Message)
	}
	m := &c.Timing
	if m.Heard-c.Began != http1.Instant(m.BackendHeader.Sub(c.Started)) || m.Heard > http1.Now() {
		t.Errorf("heard %v after the beginning, and at %v of %v", time.Duration(m.Heard-c.Began), m.BackendHeader, c.Started)
	}
	if m.BackendStart.Before(c.Started) || m.BackendHeader.Sub(m.BackendStart) < 20*time.Millisecond || m.BackendHeader.Sub(m.BackendStart) > time.Minute {
		t.Errorf("timing %+v", m)
	}
}
