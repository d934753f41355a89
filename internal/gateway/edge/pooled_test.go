package edge_test

import (
	"io"
	"net/http"
	"strconv"
	"sync"
	"testing"

	"github.com/lintel-gateway/lintel/internal/gateway/call"
	"github.com/lintel-gateway/lintel/internal/gateway/edge"
	"github.com/lintel-gateway/lintel/internal/message"
)

// TestHTTP2KeepsNoMemoryOfACall: HPACK's table outlives the answer whose fields
// it holds, and these are built in the memory of a call. Before they were copied,
// a few hundred answers on one connection ended the process.
func TestHTTP2KeepsNoMemoryOfACall(t *testing.T) {
	onBoth(t, func(t *testing.T, e under) {
		h := &handler{serve: func(c *call.Call) {
			b := append(c.Scratch(), c.Request.RawQuery...)
			answer(c, 200, "")
			c.Response.Headers = append(c.Response.Headers,
				message.Field{Name: "X-Value", Value: c.Keep(b)}, message.Field{Name: "X-Fixed", Value: c.Keep(append(c.Scratch(), "always the same"...))})
		}}
		_, addr := e.start(t, h, edge.Options{})
		protocols := new(http.Protocols)
		protocols.SetUnencryptedHTTP2(true)
		transport := &http.Transport{Protocols: protocols}
		defer transport.CloseIdleConnections()
		client := &http.Client{Transport: transport, Timeout: patience}
		var callers sync.WaitGroup
		for n := range 4 {
			callers.Go(func() {
				for i := range 500 {
					want := strconv.Itoa(n*1000+i) + "-of-this-very-call"
					response, err := client.Get("http://" + addr + "/?" + want)
					if err != nil {
						t.Error(err)
						return
					}
					io.Copy(io.Discard, response.Body)
					response.Body.Close()
					if got, fixed := response.Header.Get("X-Value"), response.Header.Get("X-Fixed"); got != want || fixed != "always the same" {
						t.Errorf("the answer to %s has %q and %q", want, got, fixed)
						return
					}
				}
			})
		}
		callers.Wait()
	})
}
