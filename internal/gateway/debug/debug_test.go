package debug

import (
	"errors"
	"io"
	"log/slog"
	"net/netip"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/lintel-gateway/lintel/internal/definition"
	"github.com/lintel-gateway/lintel/internal/gateway/call"
	"github.com/lintel-gateway/lintel/internal/gateway/gatewaytest"
	"github.com/lintel-gateway/lintel/internal/ids"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// debugger debugs one published API at /a; what is left of drafts is tested over
// the wire (test/gateway, test/api).
func debugger(t *testing.T, answer func(*call.Call) *call.Fault, more ...any) *Debugger {
	t.Helper()
	api := definition.API{
		ID: "api", Name: "a", GroupID: "group", ProjectID: "project", EnvID: "env", EnvName: "RELEASE", Method: "ANY", Path: "/a",
		Match: "NORMAL", Protocol: "BOTH", Auth: "NONE",
		Backend: definition.Backend{Kind: "HTTP", HTTP: &definition.HTTPBackend{Scheme: "http", Address: "backend.test", Method: "ANY", Path: "/inside", TimeoutMS: 1000}},
	}
	g := gatewaytest.New(t, append([]any{definition.Group{ID: "group", ProjectID: "project", Hosts: []string{"example.com"}}, api}, more...)...)
	g.Backend.Answer = answer
	return &Debugger{Gateway: g.Gateway, IDs: ids.Random(), Clock: g.Clock.Now, Log: slog.New(slog.DiscardHandler)}
}

func request() *Request {
	return &Request{Method: "GET", Host: "example.com", Path: "/a", Client: netip.MustParseAddr("192.0.2.7")}
}

func run(t *testing.T, d *Debugger, q *Request) *Result {
	t.Helper()
	out, err := d.Run(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// body is an answer that is read to its end or to its fault.
type body struct {
	io.Reader
	closed bool
}

func (b *body) Close() error { b.closed = true; return nil }

func streams(b *body) func(*call.Call) *call.Fault {
	return func(c *call.Call) *call.Fault {
		c.Response.Status, c.Response.Stream, c.Response.Length = 200, b, -1
		c.Timing.BackendStatus, c.Timing.BackendAddr = 200, "10.9.8.7:80"
		return nil
	}
}

// endless never ends: what is shown of it does.
type endless struct{ read int }

func (e *endless) Read(p []byte) (int, error) { e.read += len(p); return len(p), nil }

func TestAnswerIsCut(t *testing.T) {
	source := &endless{}
	b := &body{Reader: source}
	out := run(t, debugger(t, streams(b)), request())
	_, shown, _ := strings.Cut(out.Response, "\r\n\r\n")
	if len(shown) != maxAnswer+len(truncated) || !strings.HasSuffix(shown, truncated) || !b.closed || source.read > 4*maxAnswer {
		t.Errorf("%d bytes shown, %d read, closed %v", len(shown), source.read, b.closed)
	}
}

// TestBodyBreaksOff: what came is shown, and only the owner reads why it ended.
func TestBodyBreaksOff(t *testing.T) {
	for _, stranger := range []bool{false, true} {
		b := &body{Reader: io.MultiReader(strings.NewReader("half"), broken{})}
		q := request()
		q.Stranger = stranger
		out := run(t, debugger(t, streams(b)), q)
		if !strings.HasSuffix(out.Response, "\r\n\r\nhalf") || !b.closed || !strings.Contains(out.Log, "broke off after 4 bytes") {
			t.Errorf("%q, closed %v\n%s", out.Response, b.closed, out.Log)
		}
		for _, inside := range []string{"10.9.8.7", "backend.test", "/inside"} {
			if strings.Contains(out.Log, inside) == stranger {
				t.Errorf("stranger %v: %q shown: %v\n%s", stranger, inside, !stranger, out.Log)
			}
		}
	}
}

type broken struct{}

func (broken) Read([]byte) (int, error) {
	return 0, errors.New("read tcp 10.9.8.7:80: connection reset")
}

// TestLists: the owner is spared them, another project is not, and is judged by
// the address from which it debugs.
func TestLists(t *testing.T) {
	list := definition.ACL{ID: "list", ProjectID: "project", Entity: "IP", Values: []string{"192.0.2.7"}}
	bound := definition.Binding{ID: "b", Policy: definition.BindACL, Slot: "IP", PolicyID: "list", APIID: "api", EnvID: "env"}
	d := debugger(t, nil, list, bound)
	q := request()
	if out := run(t, d, q); !strings.HasPrefix(out.Response, "HTTP/1.1 200 ") {
		t.Errorf("owner: %s", out.Response)
	}
	q.Stranger = true
	if out := run(t, d, q); !strings.Contains(out.Response, "APIG.0402") {
		t.Errorf("stranger: %s", out.Response)
	}
	q.Client = netip.MustParseAddr("192.0.2.8")
	if out := run(t, d, q); !strings.HasPrefix(out.Response, "HTTP/1.1 200 ") {
		t.Errorf("stranger from elsewhere: %s", out.Response)
	}
}

// TestTexts: messages as the reference shows them; the secret is nowhere.
func TestTexts(t *testing.T) {
	q := request()
	q.Method, q.Body, q.Key, q.Secret = "POST", []byte("five"), "the-key", "the-secret-of-the-app"
	out := run(t, debugger(t, nil), q)
	if want := "POST /a HTTP/1.1\r\nHost: example.com\r\nUser-Agent: APIGatewayDebugClient/1.0\r\nX-Apig-Mode: debug\r\nContent-Length: 4\r\n"; !strings.HasPrefix(out.Request, want) || !strings.HasSuffix(out.Request, "\r\n\r\nfive") {
		t.Errorf("request %q", out.Request)
	}
	if !strings.Contains(out.Request, "\r\nAuthorization: SDK-HMAC-SHA256 Access=the-key") {
		t.Errorf("request %q is not signed", out.Request)
	}
	if !strings.HasPrefix(out.Response, "HTTP/1.1 200 OK\r\n") || !strings.HasSuffix(out.Response, "\r\nContent-Length: 2\r\n\r\nok") {
		t.Errorf("response %q", out.Response)
	}
	for _, text := range []string{out.Request, out.Response, out.Log} {
		if strings.Contains(text, q.Secret) {
			t.Errorf("shows the secret: %s", text)
		}
	}
	if _, signature, _ := strings.Cut(out.Request, "Signature="); signature == "" || strings.Contains(out.Log, signature[:64]) {
		t.Errorf("the log shows the signature:\n%s", out.Log)
	}
}
