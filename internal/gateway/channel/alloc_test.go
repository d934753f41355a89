//go:build !race

package channel_test

import (
	"testing"
	"time"

	"github.com/lintel-gateway/lintel/internal/gateway/call"
	"github.com/lintel-gateway/lintel/internal/gateway/channel"
)

// TestSendDoesNotAllocate: neither the usual call, nor one that is refused, nor one
// that fails and ejects.
func TestSendDoesNotAllocate(t *testing.T) {
	for balance := 1; balance <= 4; balance++ {
		x := serve(t, balanced(balance, repeat(200, 3)...))
		if n := testing.AllocsPerRun(1000, func() { x.sent(t) }); n != 0 {
			t.Errorf("balance %d: %v allocations a call", balance, n)
		}
		failing := channel.NewBackend(x.channels, "c", "", senderFunc(func(c *call.Call) *call.Fault {
			c.Timing.BackendConnect, c.Timing.BackendStart = call.NotConnected, time.Now()
			return call.BackendUnavailable
		}))
		x.call.Out.Timeout = time.Hour
		if n := testing.AllocsPerRun(1000, func() { failing.Send(x.call) }); n != 0 {
			t.Errorf("balance %d: %v allocations a failing call", balance, n)
		}
		x.channels.Drop("c")
		if n := testing.AllocsPerRun(1000, func() { x.backend.Send(x.call) }); n != 0 {
			t.Errorf("balance %d: %v allocations a refused call", balance, n)
		}
	}
}
