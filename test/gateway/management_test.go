package gateway_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
)

// object is a JSON object, list a JSON list.
type (
	object = map[string]any
	list   = []any
)

// manager is somebody who is logged in to the management API in a project.
type manager struct {
	p       *platform
	t       testing.TB
	token   string
	user    string // its id
	name    string
	project string // its id
}

// logIn logs a user of the domain Default in.
func (p *platform) logIn(user, password string, scope object) *manager {
	p.t.Helper()
	m := &manager{p: p, t: p.t}
	a := m.do("POST /v3/auth/tokens?nocatalog", object{"auth": object{
		"scope": scope,
		"identity": object{
			"methods":  list{"password"},
			"password": object{"user": object{"name": user, "password": password, "domain": object{"id": "default"}}},
		},
	}}).want(201)
	m.token, m.user, m.name, m.project = a.header.Get("X-Subject-Token"), a.text("token.user.id"), user, a.text("token.project.id")
	return m
}

// on is the manager reporting to a subtest.
func (m *manager) on(t testing.TB) *manager {
	n := *m
	n.t = t
	return &n
}

// answer is one of the management API.
type answer struct {
	t      testing.TB
	call   string
	status int
	header http.Header
	body   []byte
}

// do calls the management API: "GET apps" stands below /v1.0/apigw/. body is
// nil, a string or []byte sent as it is, or a value sent as JSON.
func (m *manager) do(call string, body any, headers ...string) *answer {
	m.t.Helper()
	method, path, _ := strings.Cut(call, " ")
	if !strings.HasPrefix(path, "/") {
		path = "/v1.0/apigw/" + path
	}
	var raw io.Reader
	switch b := body.(type) {
	case nil:
	case string:
		raw = strings.NewReader(b)
	case []byte:
		raw = bytes.NewReader(b)
	default:
		encoded, err := json.Marshal(b)
		if err != nil {
			m.t.Fatal(err)
		}
		raw = bytes.NewReader(encoded)
	}
	r, err := http.NewRequestWithContext(m.t.Context(), method, m.p.ManagementURL()+path, raw)
	if err != nil {
		m.t.Fatal(err)
	}
	if raw != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	if m.token != "" {
		r.Header.Set("X-Auth-Token", m.token)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	response, err := m.p.management.Do(r)
	if err != nil {
		m.t.Fatalf("%s: %v", call, err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(io.LimitReader(response.Body, 16<<20))
	if err != nil {
		m.t.Fatalf("%s: %v", call, err)
	}
	return &answer{m.t, call, response.StatusCode, response.Header, text}
}

// get, post, put and remove end the test without a success.
func (m *manager) get(path string) *answer {
	m.t.Helper()
	return m.do("GET "+path, nil).want(200)
}

func (m *manager) post(path string, body any) *answer {
	m.t.Helper()
	a := m.do("POST "+path, body)
	if a.status < 200 || a.status > 299 {
		a.want(201)
	}
	return a
}

func (m *manager) put(path string, body any) *answer {
	m.t.Helper()
	a := m.do("PUT "+path, body)
	if a.status < 200 || a.status > 299 {
		a.want(200)
	}
	return a
}

func (m *manager) remove(path string) {
	m.t.Helper()
	m.do("DELETE "+path, nil).want(204)
}

// want ends the test unless the answer has that status.
func (a *answer) want(status int) *answer {
	a.t.Helper()
	if a.status != status {
		a.t.Fatalf("%s: status %d, want %d; body: %.2000s", a.call, a.status, status, a.body)
	}
	return a
}

// refused checks a refusal: its status, its code and a part of its text.
func (a *answer) refused(status int, code, text string) *answer {
	a.t.Helper()
	var body struct {
		Code    string `json:"error_code"`
		Message string `json:"error_msg"`
	}
	if err := json.Unmarshal(a.body, &body); err != nil || a.status != status || body.Code != code || !strings.Contains(body.Message, text) {
		a.t.Errorf("%s: %d %.2000s, want %d %s with %q", a.call, a.status, a.body, status, code, text)
	}
	return a
}

// value is what stands at a path of keys and indexes, "apis.0.name"; nil when
// nothing does.
func (a *answer) value(path string) any {
	a.t.Helper()
	var v any
	if err := json.Unmarshal(a.body, &v); err != nil {
		a.t.Fatalf("%s: the body is not JSON: %q", a.call, a.body)
	}
	for key := range strings.SplitSeq(path, ".") {
		switch at := v.(type) {
		case object:
			v = at[key]
		case list:
			i, err := strconv.Atoi(key)
			if err != nil || i < 0 || i >= len(at) {
				return nil
			}
			v = at[i]
		default:
			return nil
		}
	}
	return v
}

// text is the string, number or truth value at a path as text; the test ends
// without one.
func (a *answer) text(path string) string {
	a.t.Helper()
	switch v := a.value(path).(type) {
	case string:
		return v
	case float64, bool:
		return fmt.Sprint(v)
	}
	a.t.Fatalf("%s: no text at %s: %.2000s", a.call, path, a.body)
	return ""
}
