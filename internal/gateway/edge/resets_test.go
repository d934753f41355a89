package edge_test

import (
	"io"
	"net"
	"testing"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"

	"github.com/lintel-gateway/lintel/internal/gateway/call"
	"github.com/lintel-gateway/lintel/internal/gateway/edge"
)

// held answers /now at once and everything else when its caller has left.
func held(c *call.Call) {
	if c.Request.RawPath != "/now" {
		<-c.Context().Done()
	}
	answer(c, 200, "")
}

// TestRapidResets: who opens streams only to reset them is not served on.
func TestRapidResets(t *testing.T) {
	onBoth(t, func(t *testing.T, e under) {
		e.each(t, &handler{serve: held}, edge.Options{}, func(t *testing.T, f *frames, _ *edge.Server) {
			ended := make(chan error, 1)
			go func() {
				_, err := io.Copy(io.Discard, f.c) // until the deadline of the connection at the latest
				ended <- err
			}()
			for id := uint32(1); id < 2*5000; id += 2 {
				f.buf.Reset()
				for _, p := range [][2]string{{":method", "GET"}, {":scheme", "http"}, {":authority", "a.example"}, {":path", "/x"}} {
					if err := f.enc.WriteField(hpack.HeaderField{Name: p[0], Value: p[1]}); err != nil {
						t.Fatal(err)
					}
				}
				if f.WriteHeaders(http2.HeadersFrameParam{StreamID: id, BlockFragment: f.buf.Bytes(), EndStream: true, EndHeaders: true}) != nil ||
					f.WriteRSTStream(id, http2.ErrCodeCancel) != nil {
					break
				}
			}
			if e, ok := (<-ended).(net.Error); ok && e.Timeout() {
				t.Error("5,000 streams were reset, and the connection is open")
			}
		})
	})
}

// TestSomeResets: a caller that resets a third of its streams is served on.
func TestSomeResets(t *testing.T) {
	onBoth(t, func(t *testing.T, e under) {
		e.each(t, &handler{serve: held}, edge.Options{}, func(t *testing.T, f *frames, _ *edge.Server) {
			id := uint32(1)
			for range 300 {
				for range 2 {
					f.open(id, true, request("GET", "/now")...)
					if r := f.await(id); r.status != "200" {
						t.Fatalf("stream %d: %+v", id, r)
					}
					id += 2
				}
				f.open(id, true, request("GET", "/x")...)
				if err := f.WriteRSTStream(id, http2.ErrCodeCancel); err != nil {
					t.Fatal(err)
				}
				id += 2
			}
			f.open(id, true, request("GET", "/now")...)
			if r := f.await(id); r.status != "200" {
				t.Errorf("after 300 resets: %+v", r)
			}
		})
	})
}
