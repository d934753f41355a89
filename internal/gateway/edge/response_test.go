package edge_test

import (
	"bufio"
	"errors"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unsafe"

	"github.com/lintel-gateway/lintel/internal/gateway/call"
	"github.com/lintel-gateway/lintel/internal/gateway/edge"
	"github.com/lintel-gateway/lintel/internal/message"
)

// responses are answers of the gateway and the exact heads and bodies that an
// HTTP/1.1 caller must get (without Date, which net/http adds).
var responses = []struct {
	name, method string
	fill         func(*call.Call)
	status       string
	head         []string // sorted
	body         string   // raw, after the head
	sent         int64
}{
	{"bytes", "GET", func(c *call.Call) { answer(c, 200, "hello") }, "200 OK", []string{"Content-Length: 5"}, "hello", 5},
	{"no bytes", "GET", func(c *call.Call) { answer(c, 200, "") }, "200 OK", []string{"Content-Length: 0"}, "", 0},
	{"HEAD of bytes", "HEAD", func(c *call.Call) { answer(c, 200, "hello") }, "200 OK", []string{"Content-Length: 5"}, "", 0},
	{"HEAD of a stream", "HEAD", func(c *call.Call) { streams(c, "", 1234) }, "200 OK", []string{"Content-Length: 1234"}, "", 0},
	{"HEAD of unknown length", "HEAD", func(c *call.Call) { streams(c, "", -1) }, "200 OK", nil, "", 0},
	{"204", "GET", func(c *call.Call) { answer(c, 204, "not sent") }, "204 No Content", nil, "", 0},
	{"204 of HEAD", "HEAD", func(c *call.Call) { answer(c, 204, "not sent") }, "204 No Content", nil, "", 0},
	{"304 of a stream", "GET", func(c *call.Call) { streams(c, "not sent", 8) }, "304 Not Modified", nil, "", 0},
	{"status of this wire", "GET", func(c *call.Call) { answer(c, 494, "x") }, "494 ", []string{"Content-Length: 1"}, "x", 1},
	{"no status", "GET", func(c *call.Call) { answer(c, 0, "x") }, "500 Internal Server Error", []string{"Content-Length: 1"}, "x", 1},
	{"status 101", "GET", func(c *call.Call) { answer(c, 101, "x") }, "500 Internal Server Error", []string{"Content-Length: 1"}, "x", 1},
	{"status 1000", "GET", func(c *call.Call) { answer(c, 1000, "x") }, "500 Internal Server Error", []string{"Content-Length: 1"}, "x", 1},
	{"stream", "GET", func(c *call.Call) { streams(c, "hello", 5) }, "200 OK", []string{"Content-Length: 5"}, "hello", 5},
	{"stream longer than its length", "GET", func(c *call.Call) { streams(c, "hello world", 5) }, "200 OK", []string{"Content-Length: 5"}, "hello", 5},
	{"stream of unknown length", "GET", func(c *call.Call) { streams(c, "hello", -1) }, "200 OK", []string{"Transfer-Encoding: chunked"}, "5\r\nhello\r\n0\r\n\r\n", 5},
	{"empty stream", "GET", func(c *call.Call) { streams(c, "", 0) }, "200 OK", []string{"Content-Length: 0"}, "", 0},
	{"trailers", "GET", func(c *call.Call) {
		streams(c, "hello", 5)
		c.Response.Trailers = func() message.Fields { return fields("Grpc-Status", "0", "X-T", "a", "X-T", "b") }
	}, "200 OK", []string{"Transfer-Encoding: chunked"}, "5\r\nhello\r\n0\r\nGrpc-Status: 0\r\nX-T: a\r\nX-T: b\r\n\r\n", 5},
	{"two lengths and a coding", "GET", func(c *call.Call) {
		answer(c, 200, "hello")
		c.Response.Headers = append(c.Response.Headers, fields("Content-Length", "7", "content-length", "9", "Transfer-Encoding", "chunked", "TRAILER", "X", "Trailer:X-A", "v")...)
	}, "200 OK", []string{"Content-Length: 5"}, "hello", 5},
	{"fields of the connection", "GET", func(c *call.Call) {
		answer(c, 200, "")
		c.Response.Headers = append(c.Response.Headers, fields("Connection", "close, X-A", "keep-alive", "timeout=9", "Upgrade", "h2c", "Proxy-Connection", "close", "HTTP2-Settings", "x", "TE", "x")...)
	}, "200 OK", []string{"Content-Length: 0"}, "", 0},
	{"repeated and odd fields", "GET", func(c *call.Call) {
		answer(c, 200, "<html>")
		c.Response.Headers = append(c.Response.Headers, fields("Set-Cookie", "a=1", "x-lower", "v", "set-cookie", "b=2", "X Bad", "v", "X-Split", "a\r\nX-Evil: 1")...)
	}, "200 OK", []string{"Content-Length: 6", "Set-Cookie: a=1", "Set-Cookie: b=2", "X-Lower: v", "X-Split: a  X-Evil: 1"}, "<html>", 6},
	{"content type", "GET", func(c *call.Call) {
		answer(c, 200, "{}")
		c.Response.Headers = append(c.Response.Headers, fields("content-type", "application/json", "Server", "api-gateway")...)
	}, "200 OK", []string{"Content-Length: 2", "Content-Type: application/json", "Server: api-gateway"}, "{}", 2},
}

func streams(c *call.Call, s string, length int64) {
	c.Response.Status = 200
	if length == 8 {
		c.Response.Status = 304
	}
	c.Response.Stream = stream(strings.NewReader(s))
	c.Response.Length = length
}

func TestResponses(t *testing.T) {
	onBoth(t, func(t *testing.T, e under) {
		for _, r := range responses {
			t.Run(r.name, func(t *testing.T) {
				t.Parallel()
				var sent int64
				var source *body
				h := &handler{serve: func(c *call.Call) {
					r.fill(c)
					source, _ = c.Response.Stream.(*body)
				}, finish: func(c *call.Call) { sent = c.Response.Sent }}
				s, addr := e.start(t, h, edge.Options{})
				// The second request shows that the first answer ended where it said.
				got := exchange(t, addr, r.method+" /x HTTP/1.1\r\n"+host+"\r\n"+r.method+" /x HTTP/1.1\r\n"+host+"\r\n")
				quiet(t, s)
				one, two := got[:len(got)/2], got[len(got)/2:]
				if undated(one) != undated(two) {
					t.Fatalf("two answers differ:\n%q\n%q", one, two)
				}
				head, body, _ := strings.Cut(one, "\r\n\r\n")
				lines := strings.Split(head, "\r\n")
				// A status without a name gets a reason from net/http.
				if strings.TrimSuffix(lines[0], "status code 494") != "HTTP/1.1 "+r.status {
					t.Errorf("status line %q", lines[0])
				}
				rest := slices.DeleteFunc(lines[1:], func(s string) bool { return strings.HasPrefix(s, "Date: ") })
				if want := folded(r.head); !slices.Equal(folded(rest), want) {
					t.Errorf("head %q, want %q", rest, want)
				}
				if body != r.body {
					t.Errorf("body %q, want %q", body, r.body)
				}
				if sent != r.sent {
					t.Errorf("Sent is %d, want %d", sent, r.sent)
				}
				if source != nil {
					<-source.closed
				}
			})
		}
	})
}

// folded is lines of a head with names in lower case, sorted: net/http spells them its
// own way, the engine passes them on as they are.
func folded(lines []string) (out []string) {
	for _, l := range lines {
		name, value, _ := strings.Cut(l, ":")
		out = append(out, strings.ToLower(name)+":"+value)
	}
	slices.Sort(out)
	return out
}

// undated is an answer without the second in which it was made.
func undated(answer string) string {
	i := strings.Index(answer, "Date: ")
	if i < 0 {
		return answer
	}
	return answer[:i] + answer[i+len("Date: "+http.TimeFormat):]
}

// TestHTTP10 has no chunks: the end of an unknown length is the end of the
// connection.
func TestHTTP10(t *testing.T) {
	onBoth(t, func(t *testing.T, e under) {
		t.Parallel()
		h := &handler{serve: func(c *call.Call) {
			streams(c, "hello", -1)
			c.Response.Trailers = func() message.Fields { return fields("X-T", "a") }
		}}
		_, addr := e.start(t, h, edge.Options{})
		got := exchange(t, addr, "GET /x HTTP/1.0\r\n"+host+"Connection: keep-alive\r\n\r\n")
		if !strings.HasSuffix(got, "\r\n\r\nhello") || strings.Contains(got, "chunked") || strings.Contains(got, "keep-alive") {
			t.Errorf("%q", got)
		}
	})
}

// TestBrokenStream must not look like a whole answer.
func TestBrokenStream(t *testing.T) {
	onBoth(t, func(t *testing.T, e under) {
		t.Parallel()
		for name, length := range map[string]int64{"known length": 100, "unknown length": -1} {
			for why, tail := range map[string]io.Reader{"error": iotestErr{}, "early end": strings.NewReader("")} {
				if length < 0 && why == "early end" {
					continue // is the end
				}
				h := &handler{serve: func(c *call.Call) {
					c.Response.Status = 200
					c.Response.Stream = stream(io.MultiReader(strings.NewReader("hello"), tail))
					c.Response.Length = length
				}}
				_, addr := e.start(t, h, edge.Options{})
				c := dial(t, addr)
				io.WriteString(c, get("/x"))
				r, err := http.ReadResponse(bufio.NewReader(c), nil)
				if err != nil {
					continue // closed before the head was out
				}
				if b, err := io.ReadAll(r.Body); !errors.Is(err, io.ErrUnexpectedEOF) {
					t.Errorf("%s, %s: %q, %v", name, why, b, err)
				}
			}
		}
	})
}

type iotestErr struct{}

func (iotestErr) Read([]byte) (int, error) { return 0, errors.New("backend gone") }

// TestPanic closes the connection, and the edge lives on.
func TestPanic(t *testing.T) {
	onBoth(t, func(t *testing.T, e under) {
		t.Parallel()
		h := &handler{}
		h.serve = func(c *call.Call) {
			if c.Request.RawPath == "/panic" {
				panic(http.ErrAbortHandler)
			}
			answer(c, 200, "")
		}
		s, addr := e.start(t, h, edge.Options{})
		if got := exchange(t, addr, get("/panic")+get("/x")); got != "" {
			t.Errorf("%q", got)
		}
		if got := statuses(exchange(t, addr, get("/x"))); !slices.Equal(got, ok) {
			t.Errorf("%v", got)
		}
		quiet(t, s)
		if n := s.InFlight(); n != 0 {
			t.Errorf("%d calls in flight", n)
		}
	})
}

// TestStringsOfTheCall answers with strings that live in memory that is
// overwritten once the call is finished, as the engine's read buffer is.
func TestStringsOfTheCall(t *testing.T) {
	onBoth(t, func(t *testing.T, e under) {
		t.Parallel()
		buf := make([]byte, 0, 64)
		h := &handler{serve: func(c *call.Call) {
			answer(c, 200, "hello")
			buf = append(buf[:0], "good"...)
			c.Response.Headers = append(c.Response.Headers, message.Field{Name: "X-Alias", Value: unsafe.String(&buf[0], len(buf))})
		}, finish: func(*call.Call) { copy(buf, "evil") }}
		_, addr := e.start(t, h, edge.Options{})
		got := exchange(t, addr, get("/x")+get("/x")+get("/x"))
		if strings.Count(got, "X-Alias: good") != 3 || strings.Contains(got, "evil") {
			t.Errorf("%q", got)
		}
	})
}

// TestRequest is what the gateway gets to see.
func TestRequest(t *testing.T) {
	onBoth(t, func(t *testing.T, e under) {
		t.Parallel()
		var lines []string
		h := &handler{serve: func(c *call.Call) {
			q := &c.Request
			lines = []string{q.Method, q.RawPath, q.RawQuery, q.Host, q.Proto, strconv.FormatBool(q.TLS), q.Remote.Addr().String(),
				strconv.FormatInt(q.BodyLength, 10), field(c, "host"), field(c, "x-two"), strconv.Itoa(q.Headers.Count("X-Two")), strconv.FormatBool(c.Started.IsZero()),
				strconv.FormatBool(c.Context() == nil)}
			for i := range lines {
				lines[i] = strings.Clone(lines[i])
			}
			consume(c)
		}, finish: func(c *call.Call) { lines = append(lines, strconv.FormatInt(c.Request.Size, 10)) }}
		s, addr := e.start(t, h, edge.Options{})
		raw := "PUT /a%2Fb?x=%zz&y HTTP/1.1\r\nHost: A.Example:80\r\nX-Two: 1\r\nX-Two: 2\r\nContent-Length: 3\r\n\r\nabc"
		exchange(t, addr, raw)
		quiet(t, s)
		want := []string{"PUT", "/a%2Fb", "x=%zz&y", "A.Example:80", "HTTP/1.1", "false", "127.0.0.1", "3", "A.Example:80", "1", "2", "false", "false", strconv.Itoa(len(raw))}
		if !slices.Equal(lines, want) {
			t.Errorf("got  %q\nwant %q", lines, want)
		}
	})
}
