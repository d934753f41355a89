package api_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/lintel-gateway/lintel/internal/signature"
)

// reply is what a caller of an API gets.
type reply struct {
	t      *testing.T
	call   string
	status int
	header http.Header
	body   string
	at     time.Time // when it had arrived
}

// caller calls the APIs of one group through the gateway.
type caller struct {
	s    *scenario
	host string // the sub-domain of the group
}

func (s *scenario) caller(as *actor, group string) *caller {
	s.t.Helper()
	return &caller{s, s.get(as, "api-groups/"+group).text("sl_domain")}
}

// sign is a way to show who calls.
type sign func(*http.Request) error

func anonymous(*http.Request) error { return nil }

func appCode(code string) sign {
	return func(r *http.Request) error { r.Header.Set("X-Apig-AppCode", code); return nil }
}

func signed(key, secret string) sign {
	return func(r *http.Request) error { return signature.SignRequest(r, key, []byte(secret), time.Now()) }
}

// tls and plain call over the two listeners; headers are names and values.
func (c *caller) tls(call string, as sign, headers ...string) *reply {
	c.s.t.Helper()
	return c.do("https", c.s.GatewayTLSAddr(), call, as, headers)
}

func (c *caller) plain(call string, as sign, headers ...string) *reply {
	c.s.t.Helper()
	return c.do("http", c.s.GatewayAddr(), call, as, headers)
}

func (c *caller) do(scheme, address, call string, as sign, headers []string) *reply {
	t := c.s.t
	t.Helper()
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		t.Fatal(err)
	}
	method, path, _ := strings.Cut(call, " ")
	var body io.Reader
	if method == http.MethodPost {
		body = strings.NewReader(`{"ordered":true}`)
	}
	r, err := http.NewRequestWithContext(t.Context(), method, scheme+"://"+net.JoinHostPort(c.host, port)+path, body)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	if err := as(r); err != nil {
		t.Fatal(err)
	}
	response, err := c.s.gateway.Do(r)
	if err != nil {
		t.Fatalf("%s: %v", call, err)
	}
	defer response.Body.Close()
	raw, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatalf("%s: %v", call, err)
	}
	return &reply{t, scheme + " " + call, response.StatusCode, response.Header, string(raw), time.Now()}
}

// want checks an answer of a backend.
func (r *reply) want(status int, body string) {
	r.t.Helper()
	if r.status != status || !strings.Contains(r.body, body) {
		r.t.Errorf("%s: %d %s, want %d with %q", r.call, r.status, r.body, status, body)
	}
}

// fault checks an error that the gateway made.
func (r *reply) fault(status int, code, text string) {
	r.t.Helper()
	var body struct {
		Code      string `json:"error_code"`
		Message   string `json:"error_msg"`
		RequestID string `json:"request_id"`
	}
	if err := json.Unmarshal([]byte(r.body), &body); err != nil {
		r.t.Errorf("%s: %d %q is no fault of the gateway", r.call, r.status, r.body)
		return
	}
	if r.status != status || body.Code != code || !strings.Contains(body.Message, text) {
		r.t.Errorf("%s: %d %s %q, want %d %s with %q", r.call, r.status, body.Code, body.Message, status, code, text)
	}
	if body.RequestID == "" || body.RequestID != r.header.Get("X-Request-Id") {
		r.t.Errorf("%s: request_id %q, header %q", r.call, body.RequestID, r.header.Get("X-Request-Id"))
	}
}

// echo is a backend that answers with the method, the path and the query that
// reached it.
func (s *scenario) echo() string {
	s.t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "" || r.Header.Get("X-Apig-AppCode") != "" {
			http.Error(w, "credentials reached the backend", http.StatusTeapot)
			return
		}
		body, err := io.ReadAll(r.Body)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		w.Write([]byte(r.Method + " " + r.URL.RequestURI() + " " + string(body)))
	}))
	s.t.Cleanup(server.Close)
	return strings.TrimPrefix(server.URL, "http://")
}

// large is a backend that answers n bytes.
func (s *scenario) large(n int) string {
	s.t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Write(bytes.Repeat([]byte("x"), n))
	}))
	s.t.Cleanup(server.Close)
	return strings.TrimPrefix(server.URL, "http://")
}
