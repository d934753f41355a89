package gateway_test

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/lintel-gateway/lintel/internal/signature"
)

// caller calls APIs under one host name.
type caller struct {
	p    *platform
	t    testing.TB
	host string
}

// caller calls under any host name, that of a bound domain for example.
func (p *platform) caller(t testing.TB, host string) *caller { return &caller{p, t, host} }

// option changes a call before it is sent.
type option func(*http.Request) error

// http, https and h2 call "GET /path?query" over HTTP/1.1, over TLS and over
// HTTP/2 in TLS.
func (c *caller) http(call string, o ...option) *reply {
	c.t.Helper()
	return c.call(http1, call, o...)
}

func (c *caller) https(call string, o ...option) *reply {
	c.t.Helper()
	return c.call(https, call, o...)
}

func (c *caller) h2(call string, o ...option) *reply {
	c.t.Helper()
	return c.call(h2, call, o...)
}

// call makes a call and reads the whole answer.
func (c *caller) call(kind protocol, call string, o ...option) *reply {
	c.t.Helper()
	response, err := c.p.callers[kind].Do(c.request(kind, call, o...))
	if err != nil {
		c.t.Fatalf("%s: %v", call, err)
	}
	defer response.Body.Close()
	raw, err := io.ReadAll(io.LimitReader(response.Body, 64<<20))
	if err != nil {
		c.t.Fatalf("%s: %v", call, err)
	}
	return &reply{c.t, call, response.StatusCode, response.Header, string(raw)}
}

// request is a call that has not been sent, for p.callers to send.
func (c *caller) request(kind protocol, call string, o ...option) *http.Request {
	c.t.Helper()
	method, path, _ := strings.Cut(call, " ")
	scheme := "https://"
	if kind == http1 {
		scheme = "http://"
	}
	r, err := http.NewRequestWithContext(c.t.Context(), method, scheme+c.host+path, nil)
	if err != nil {
		c.t.Fatal(err)
	}
	for _, change := range o {
		if err := change(r); err != nil {
			c.t.Fatal(err)
		}
	}
	return r
}

// header sets a header; body sends text. Signatures come after both.
func header(name, value string) option {
	return func(r *http.Request) error { r.Header[http.CanonicalHeaderKey(name)] = []string{value}; return nil }
}

func body(text string) option {
	return func(r *http.Request) error {
		r.Body, r.ContentLength = io.NopCloser(strings.NewReader(text)), int64(len(text))
		r.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(text)), nil }
		return nil
	}
}

// signs signs with the app's key, or with a user's access key.
func (a client) signs() option {
	return func(r *http.Request) error { return signature.SignRequest(r, a.key, []byte(a.secret), time.Now()) }
}

func appCode(code string) option { return header("X-Apig-AppCode", code) }

func token(m *manager) option { return header("X-Auth-Token", m.token) }

// reply is what a caller of an API gets.
type reply struct {
	t      testing.TB
	call   string
	status int
	header http.Header
	body   string
}

// want checks an answer: its status and a part of its body.
func (r *reply) want(status int, part string) *reply {
	r.t.Helper()
	if r.status != status || !strings.Contains(r.body, part) {
		r.t.Errorf("%s: %d %.2000s, want %d with %q", r.call, r.status, r.body, status, part)
	}
	return r
}

// has checks a header.
func (r *reply) has(name, value string) *reply {
	r.t.Helper()
	if got := r.header.Get(name); got != value {
		r.t.Errorf("%s: %s is %q, want %q", r.call, name, got, value)
	}
	return r
}

// fault checks an error that the gateway made: its status, its code, a part of
// its text and that it names the call.
func (r *reply) fault(status int, code, text string) *reply {
	r.t.Helper()
	var body struct {
		Code      string `json:"error_code"`
		Message   string `json:"error_msg"`
		RequestID string `json:"request_id"`
	}
	if err := json.Unmarshal([]byte(r.body), &body); err != nil {
		r.t.Errorf("%s: %d %.2000q is no fault of the gateway, want %d %s", r.call, r.status, r.body, status, code)
		return r
	}
	if r.status != status || body.Code != code || !strings.Contains(body.Message, text) {
		r.t.Errorf("%s: %d %s %q, want %d %s with %q", r.call, r.status, body.Code, body.Message, status, code, text)
	}
	if body.RequestID == "" || body.RequestID != r.header.Get("X-Request-Id") {
		r.t.Errorf("%s: request_id %q, header %q", r.call, body.RequestID, r.header.Get("X-Request-Id"))
	}
	return r
}

// on is the caller reporting to a subtest.
func (c *caller) on(t testing.TB) *caller { return &caller{c.p, t, c.host} }
