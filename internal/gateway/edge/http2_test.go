package edge_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"

	"github.com/lintel-gateway/lintel/internal/gateway/call"
	"github.com/lintel-gateway/lintel/internal/gateway/edge"
	"github.com/lintel-gateway/lintel/internal/message"
)

// frames is an HTTP/2 client that can say what a proper one would not.
type frames struct {
	*http2.Framer
	t   *testing.T
	c   net.Conn
	buf bytes.Buffer
	enc *hpack.Encoder
}

func speakHTTP2(t *testing.T, c net.Conn) *frames {
	t.Helper()
	f := &frames{Framer: http2.NewFramer(c, c), t: t, c: c}
	f.ReadMetaHeaders = hpack.NewDecoder(4096, nil)
	f.enc = hpack.NewEncoder(&f.buf)
	io.WriteString(c, http2.ClientPreface)
	f.WriteSettings()
	return f
}

// open sends HEADERS for stream id from pairs of names and values.
func (f *frames) open(id uint32, end bool, pairs ...string) {
	f.buf.Reset()
	for i := 0; i < len(pairs); i += 2 {
		f.enc.WriteField(hpack.HeaderField{Name: pairs[i], Value: pairs[i+1]})
	}
	if err := f.WriteHeaders(http2.HeadersFrameParam{StreamID: id, BlockFragment: f.buf.Bytes(), EndStream: end, EndHeaders: true}); err != nil {
		f.t.Fatal(err)
	}
}

func request(method, path string, more ...string) []string {
	return append([]string{":method", method, ":scheme", "http", ":authority", "a.example", ":path", path}, more...)
}

// result is how one stream ended.
type result struct {
	status, body string
	trailers     []hpack.HeaderField
	reset        http2.ErrCode
	goAway       bool
}

// await reads frames until stream id ends or the connection does.
func (f *frames) await(id uint32) (r result) {
	f.t.Helper()
	for {
		frame, err := f.ReadFrame()
		if err != nil {
			if !errors.Is(err, io.EOF) {
				f.t.Fatal(err)
			}
			r.goAway = true
			return r
		}
		switch frame := frame.(type) {
		case *http2.SettingsFrame:
			if !frame.IsAck() {
				f.WriteSettingsAck()
			}
		case *http2.GoAwayFrame:
			r.goAway = true
		}
		if frame.Header().StreamID != id {
			continue
		}
		switch frame := frame.(type) {
		case *http2.MetaHeadersFrame:
			if s := frame.PseudoValue("status"); s != "" {
				r.status = s
			} else {
				r.trailers = frame.Fields
			}
		case *http2.DataFrame:
			r.body += string(frame.Data())
		case *http2.RSTStreamFrame:
			r.reset = frame.ErrCode
			return r
		}
		if frame.Header().Flags.Has(http2.FlagDataEndStream) && id != 0 {
			return r
		}
	}
}

// each runs f over h2c and over TLS.
func (e under) each(t *testing.T, h edge.Handler, o edge.Options, f func(*testing.T, *frames, *edge.Server)) {
	t.Run("h2c", func(t *testing.T) {
		s, addr := e.start(t, h, o)
		f(t, speakHTTP2(t, dial(t, addr)), s)
	})
	t.Run("h2", func(t *testing.T) {
		s, addr, cfg, _ := e.startTLS(t, h, o)
		cfg.NextProtos = []string{"h2"}
		c, err := tls.Dial("tcp", addr, cfg)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		c.SetDeadline(time.Now().Add(patience))
		f(t, speakHTTP2(t, c), s)
	})
}

func TestHTTP2(t *testing.T) {
	onBoth(t, func(t *testing.T, e under) {
		h := &handler{serve: func(c *call.Call) {
			switch c.Request.RawPath {
			case "/status":
				answer(c, 204, "not sent")
			case "/trailers":
				streams(c, "hello", 5)
				c.Response.Trailers = func() message.Fields { return fields("Grpc-Status", "0") }
			default:
				consume(c)
			}
		}}
		e.each(t, h, edge.Options{}, func(t *testing.T, f *frames, _ *edge.Server) {
			f.open(1, true, request("GET", "/x?y")...)
			if r := f.await(1); r.status != "200" || r.body != "" {
				t.Errorf("GET: %+v", r)
			}
			f.open(3, false, request("POST", "/x", "content-length", "5")...)
			f.WriteData(3, true, []byte("hello"))
			if r := f.await(3); r.status != "200" || r.body != "hello" {
				t.Errorf("POST: %+v", r)
			}
			f.open(5, true, request("GET", "/status")...)
			if r := f.await(5); r.status != "204" || r.body != "" {
				t.Errorf("204: %+v", r)
			}
			f.open(7, true, request("GET", "/trailers")...)
			if r := f.await(7); r.body != "hello" || len(r.trailers) != 1 || r.trailers[0].Name != "grpc-status" {
				t.Errorf("trailers: %+v", r)
			}
			f.open(9, true, request("HEAD", "/trailers")...)
			if r := f.await(9); r.status != "200" || r.body != "" {
				t.Errorf("HEAD: %+v", r)
			}
		})
	})
}

// TestHTTP2Refusals are messages with two readings or none, and odd ones that
// are passed on.
func TestHTTP2Refusals(t *testing.T) {
	onBoth(t, func(t *testing.T, e under) {
		h := &handler{serve: consume}
		e.each(t, h, edge.Options{MaxBody: 8}, func(t *testing.T, f *frames, _ *edge.Server) {
			id := uint32(1)
			for _, m := range []struct {
				name   string
				fields []string
				body   string
				status string
				reset  http2.ErrCode
			}{
				{"same host", request("GET", "/x", "host", "A.example"), "", "200", 0},
				{"transfer-encoding", request("POST", "/x", "transfer-encoding", "chunked"), "ab", "400", 0},
				{"connection", request("GET", "/x", "connection", "close"), "", "400", 0},
				{"upgrade", request("GET", "/x", "upgrade", "websocket"), "", "400", 0},
				{"te", request("GET", "/x", "te", "gzip"), "", "400", 0},
				{"two lengths", request("POST", "/x", "content-length", "2", "content-length", "3"), "ab", "400", 0},
				{"unreadable length", request("POST", "/x", "content-length", "+0"), "", "400", 0},
				{"length without body", request("POST", "/x", "content-length", "2"), "", "400", 0},
				{"path without slash", request("GET", "x"), "", "", http2.ErrCodeProtocol},
				{"asterisk", request("GET", "*"), "", "200", 0},
				{"no path", []string{":method", "GET", ":scheme", "http", ":authority", "a"}, "", "", http2.ErrCodeProtocol},
				{"capital in name", request("GET", "/x", "X-A", "v"), "", "", http2.ErrCodeProtocol},
				{"line end in value", request("GET", "/x", "x-a", "v\r\nx: y"), "", "", http2.ErrCodeProtocol},
				{"longer than its length", request("POST", "/x", "content-length", "2"), "abcd", "", http2.ErrCodeProtocol},
				{"shorter than its length", request("POST", "/x", "content-length", "6"), "abcd", "400", 0},
				{"too large", request("POST", "/x"), "123456789", "413", 0},
				{"announced too large", request("POST", "/x", "content-length", "9"), "123456789", "413", 0},
			} {
				f.open(id, m.body == "", m.fields...)
				if m.body != "" {
					f.WriteData(id, true, []byte(m.body))
				}
				if r := f.await(id); r.status != m.status || r.reset != m.reset || r.goAway {
					t.Errorf("%s: %+v, want status %q, reset %v", m.name, r, m.status, m.reset)
				}
				id += 2
			}
		})
	})
}

// TestHTTP2OtherHost refuses a Host field that names another site.
func TestHTTP2OtherHost(t *testing.T) {
	onBoth(t, func(t *testing.T, e under) {
		h := &handler{serve: consume}
		e.each(t, h, edge.Options{}, func(t *testing.T, f *frames, _ *edge.Server) {
			f.open(1, true, request("GET", "/smug", "host", "evil.example")...)
			if r := f.await(1); r.status != "400" {
				t.Errorf("%+v", r)
			}
		})
		if len(h.calls()) > 0 {
			t.Error("the request was served")
		}
	})
}

// TestHTTP2Echo streams both ways, and longer than BodyGrace without a byte: a
// stream without a length may be a conversation.
func TestHTTP2Echo(t *testing.T) {
	onBoth(t, func(t *testing.T, e under) {
		e.each(t, &handler{serve: echo}, edge.Options{BodyGrace: 20 * time.Millisecond}, func(t *testing.T, f *frames, _ *edge.Server) {
			f.open(1, false, request("POST", "/x")...)
			for i, piece := range []string{"one", "two", "three"} {
				time.Sleep(30 * time.Millisecond)
				f.WriteData(1, i == 2, []byte(piece))
				for got := ""; got != piece; {
					frame, err := f.ReadFrame()
					if err != nil {
						t.Fatal(err)
					}
					if d, ok := frame.(*http2.DataFrame); ok {
						got += string(d.Data())
					}
				}
			}
			if r := f.await(1); r.body != "" || r.reset != 0 {
				t.Errorf("%+v", r)
			}
		})
	})
}

// TestHTTP2Faults are bodies that fail by the caller's doing.
func TestHTTP2Faults(t *testing.T) {
	onBoth(t, func(t *testing.T, e under) {
		for _, m := range []struct {
			name string
			act  func(*frames)
			want *call.Fault
		}{
			{"silent", func(f *frames) {}, call.CallerSlow},
			{"reset", func(f *frames) { f.WriteRSTStream(1, http2.ErrCodeCancel) }, call.CallerGone},
			{"gone", func(f *frames) { f.c.Close() }, call.CallerGone},
		} {
			t.Run(m.name, func(t *testing.T) {
				faults := make(chan *call.Fault, 2)
				entered := make(chan struct{}, 2)
				serve := func(c *call.Call) {
					entered <- struct{}{}
					consume(c)
				}
				h := &handler{serve: serve, finish: func(c *call.Call) { faults <- c.Fault }}
				e.each(t, h, edge.Options{BodyGrace: 100 * time.Millisecond}, func(t *testing.T, f *frames, _ *edge.Server) {
					f.open(1, false, request("POST", "/x", "content-length", "9")...)
					f.WriteData(1, false, []byte("abc"))
					<-entered
					m.act(f)
					select {
					case got := <-faults:
						if got != m.want {
							t.Errorf("fault %+v, want %+v", got, m.want)
						}
					case <-time.After(patience):
						t.Fatal("the call did not end")
					}
				})
			})
		}
	})
}

// TestHTTP2ClosedWindow never opens the window of its stream.
func TestHTTP2ClosedWindow(t *testing.T) {
	onBoth(t, func(t *testing.T, e under) {
		h := &handler{serve: func(c *call.Call) { streams(c, strings.Repeat("a", 1<<20), 1<<20) }}
		e.each(t, h, edge.Options{WriteTimeout: 80 * time.Millisecond}, func(t *testing.T, f *frames, _ *edge.Server) {
			f.open(1, true, request("GET", "/x")...)
			if r := f.await(1); r.reset == 0 && !r.goAway {
				t.Errorf("%+v", len(r.body))
			}
		})
	})
}

// TestHTTP2Drain gets GOAWAY, and the answer of the stream that is open.
func TestHTTP2Drain(t *testing.T) {
	onBoth(t, func(t *testing.T, e under) {
		for _, name := range []string{"h2c", "h2"} {
			release, entered := make(chan struct{}), make(chan struct{}, 1)
			h := &handler{serve: func(c *call.Call) {
				entered <- struct{}{}
				<-release
				answer(c, 200, "late")
			}}
			e.each(t, h, edge.Options{}, func(t *testing.T, f *frames, s *edge.Server) {
				if !strings.HasSuffix(t.Name(), "/"+name) {
					return
				}
				f.open(1, true, request("GET", "/x")...)
				<-entered
				drained := make(chan error, 1)
				go func() {
					ctx, cancel := context.WithTimeout(context.Background(), patience)
					defer cancel()
					drained <- s.Shutdown(ctx)
				}()
				for {
					frame, err := f.ReadFrame()
					if err != nil {
						t.Fatal(err)
					}
					if _, ok := frame.(*http2.GoAwayFrame); ok {
						break
					}
				}
				close(release)
				if r := f.await(1); r.status != "200" || r.body != "late" {
					t.Errorf("%+v", r)
				}
				f.c.Close()
				if err := <-drained; err != nil {
					t.Error(err)
				}
			})
		}
	})
}

// TestHTTP2Client sends a large body over h2c with the standard client, which
// negotiates windows and pings by itself.
func TestHTTP2Client(t *testing.T) {
	onBoth(t, func(t *testing.T, e under) {
		t.Parallel()
		_, addr := e.start(t, &handler{serve: consume}, edge.Options{})
		tr := &http.Transport{Protocols: new(http.Protocols)}
		tr.Protocols.SetUnencryptedHTTP2(true)
		defer tr.CloseIdleConnections()
		big := strings.Repeat("0123456789", 300_000)
		q, _ := http.NewRequest("POST", "http://"+addr+"/x", strings.NewReader(big))
		r, err := tr.RoundTrip(q)
		if err != nil {
			t.Fatal(err)
		}
		defer r.Body.Close()
		if b, err := io.ReadAll(r.Body); err != nil || string(b) != big || r.ContentLength != int64(len(big)) {
			t.Errorf("%d bytes of %d, %v", len(b), r.ContentLength, err)
		}
	})
}
