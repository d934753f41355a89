package wiretest

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/lintel-gateway/lintel/internal/ids"
	"github.com/lintel-gateway/lintel/internal/wire"
)

// Client calls a handler in memory. Copies made by As and For share what the
// first one recorded.
type Client struct {
	t       testing.TB
	handler http.Handler
	actor   string
	seen    *seen
}

// seen is what the calls of a test have met.
type seen struct {
	mu     sync.Mutex
	audit  []wire.AuditRecord
	routes map[string]int // action → bits
}

const (
	successSeen = 1 << iota
	refusalSeen
)

// Serve builds the dialects with Authenticate and returns a client for them.
func Serve(t testing.TB, dialects ...*wire.Dialect) *Client {
	t.Helper()
	return ServeWith(t, wire.Options{Dialects: dialects})
}

// ServeWith is Serve with options of the caller's; Authenticate is filled in
// when it is nil, Audit and Observe are called after the client's own.
func ServeWith(t testing.TB, o wire.Options) *Client {
	t.Helper()
	s := &seen{routes: map[string]int{}}
	audit, observe := o.Audit, o.Observe
	o.Audit = func(r wire.AuditRecord) {
		s.mu.Lock()
		s.audit = append(s.audit, r)
		s.mu.Unlock()
		if audit != nil {
			audit(r)
		}
	}
	o.Observe = func(route *wire.Route, status int, d time.Duration) {
		s.observe(route, status)
		if observe != nil {
			observe(route, status, d)
		}
	}
	if o.Authenticate == nil {
		o.Authenticate = Authenticate
	}
	h, err := wire.New(o)
	if err != nil {
		t.Fatalf("wire.New: %v", err)
	}
	return &Client{t: t, handler: h, seen: s}
}

// New is a client for a handler that was built elsewhere.
func New(t testing.TB, h http.Handler) *Client {
	return &Client{t: t, handler: h, seen: &seen{routes: map[string]int{}}}
}

// As is the client with an actor, in the form of ActorHeader.
func (c *Client) As(actor string) *Client {
	copied := *c
	copied.actor = actor
	return &copied
}

// For is the client reporting to another test, for subtests.
func (c *Client) For(t testing.TB) *Client {
	copied := *c
	copied.t = t
	return &copied
}

// Audit is every audit record so far.
func (c *Client) Audit() []wire.AuditRecord {
	c.seen.mu.Lock()
	defer c.seen.mu.Unlock()
	return append([]wire.AuditRecord(nil), c.seen.audit...)
}

// Do sends a request. body is nil, a string or []byte sent as it is, an
// io.Reader, or a value sent as JSON. headers are names and values in turn.
func (c *Client) Do(method, path string, body any, headers ...string) *Response {
	c.t.Helper()
	r := httptest.NewRequest(method, path, c.reader(body))
	if c.actor != "" {
		r.Header.Set(ActorHeader, c.actor)
	}
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	c.handler.ServeHTTP(w, r)
	answer := &Response{t: c.t, Call: method + " " + path, Status: w.Code, Header: w.Header(), Body: w.Body.Bytes()}
	answer.promises()
	return answer
}

func (c *Client) reader(body any) io.Reader {
	c.t.Helper()
	switch b := body.(type) {
	case nil:
		return nil
	case string:
		return strings.NewReader(b)
	case []byte:
		return bytes.NewReader(b)
	case io.Reader:
		return b
	}
	raw, err := json.Marshal(body)
	if err != nil {
		c.t.Fatalf("encode the request body: %v", err)
	}
	return bytes.NewReader(raw)
}

// promises checks what every answer of package wire has.
func (r *Response) promises() {
	r.t.Helper()
	if id := r.Header.Get("X-Request-Id"); !ids.Valid(id) {
		r.t.Errorf("%s: X-Request-Id is %q, want 32 hex characters", r.Call, id)
	}
	if v := r.Header.Get("Cache-Control"); v != "no-store" {
		r.t.Errorf("%s: Cache-Control is %q, want no-store", r.Call, v)
	}
	if len(r.Body) == 0 || r.Status == http.StatusOK && r.Header.Get("Content-Type") == wire.YAML {
		return
	}
	if v := r.Header.Get("Content-Type"); !strings.HasPrefix(v, wire.JSON) {
		r.t.Errorf("%s: Content-Type is %q, want application/json", r.Call, v)
	}
	if !json.Valid(r.Body) {
		r.t.Errorf("%s: the body is not JSON: %s", r.Call, r.Body)
	}
}
