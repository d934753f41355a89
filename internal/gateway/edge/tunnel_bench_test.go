//go:build !race

package edge_test

import (
	"io"
	"testing"

	"github.com/lintel-gateway/lintel/internal/gateway/edge"
)

// TestTunnelAllocates nothing for a message, small or large: a tunnel may carry
// millions.
func TestTunnelAllocates(t *testing.T) {
	for _, e := range both { // not in parallel: allocations of all goroutines count
		h := tunnels(t)
		_, addr := e.start(t, h, edge.Options{})
		caller, backend := h.opened(t, addr)
		for _, size := range []int{20, 20_000} {
			message, got := make([]byte, size), make([]byte, size)
			if n := testing.AllocsPerRun(200, func() { there(t, caller, backend, message, got) }); n > 0 {
				t.Errorf("a message of %d bytes costs %v allocations", size, n)
			}
		}
	}
}

func there(t testing.TB, from io.Writer, to io.Reader, message, got []byte) {
	if _, err := from.Write(message); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadFull(to, got); err != nil {
		t.Fatal(err)
	}
}

// BenchmarkTunnel is one message from the caller to the backend.
func BenchmarkTunnel(b *testing.B) {
	h := tunnels(b)
	_, addr := both[0].start(b, h, edge.Options{})
	caller, backend := h.opened(b, addr)
	message, got := make([]byte, 200), make([]byte, 200)
	b.ReportAllocs()
	for b.Loop() {
		there(b, caller, backend, message, got)
	}
}
