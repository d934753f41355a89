package e2e_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/lintel-gateway/lintel/internal/signature"
)

// answer is a response read to its end.
type answer struct {
	status int
	header http.Header
	body   string
	proto  string
}

// want fails the test unless the answer has the status and the texts.
func (a *answer) want(t *testing.T, status int, texts ...string) *answer {
	t.Helper()
	if a.status != status {
		t.Fatalf("status %d, want %d: %s", a.status, status, a.body)
	}
	for _, text := range texts {
		if !strings.Contains(a.body, text) {
			t.Fatalf("the body lacks %q: %s", text, a.body)
		}
	}
	return a
}

func (a *answer) decode(t *testing.T, into any) {
	t.Helper()
	if err := json.Unmarshal([]byte(a.body), into); err != nil {
		t.Fatalf("%v in %s", err, a.body)
	}
}

// client makes every request on a connection of its own: no test depends on
// what another left open, and none leaves a goroutine behind. Names of groups
// are reached where the gateway listens.
var client = &http.Client{
	Timeout: patience,
	Transport: &http.Transport{
		DisableKeepAlives: true,
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			if host, port, err := net.SplitHostPort(address); err == nil && strings.HasSuffix(host, ".localhost") {
				address = net.JoinHostPort("127.0.0.1", port)
			}
			var d net.Dialer
			return d.DialContext(ctx, network, address)
		},
		TLSClientConfig: &tls.Config{InsecureSkipVerify: true, MinVersion: tls.VersionTLS12}, // verified in TestDemo
	},
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
}

func tryDo(r *http.Request) (*answer, error) {
	response, err := client.Do(r)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, err
	}
	return &answer{response.StatusCode, response.Header, string(body), response.Proto}, nil
}

func tryGet(url string) (*answer, error) {
	r, err := http.NewRequest(http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	return tryDo(r)
}

func do(t *testing.T, r *http.Request) *answer {
	t.Helper()
	a, err := tryDo(r)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// request makes a request; body may be nil, a string or anything for JSON.
func request(t *testing.T, method, url string, body any, headers ...string) *http.Request {
	t.Helper()
	var b io.Reader
	switch v := body.(type) {
	case nil:
	case string:
		b = strings.NewReader(v)
	default:
		raw, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		b = bytes.NewReader(raw)
	}
	r, err := http.NewRequest(method, url, b)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	return r
}

// admin is a client of the management API with a token.
type admin struct {
	t     *testing.T
	base  string
	token string
}

type object map[string]any

func loginBody(name, secret string) object {
	domain := object{"id": "default"}
	return object{"auth": object{
		"identity": object{"methods": []string{"password"}, "password": object{
			"user": object{"name": name, "password": secret, "domain": domain}}},
		"scope": object{"project": object{"name": "RegionOne", "domain": domain}},
	}}
}

// login asks for a token of the administrator.
func login(t *testing.T, p *process, secret string) *answer {
	t.Helper()
	return do(t, request(t, "POST", p.management+"/v3/auth/tokens?nocatalog", loginBody("admin", secret)))
}

func (p *process) admin(t *testing.T, secret string) *admin {
	t.Helper()
	token := login(t, p, secret).want(t, http.StatusCreated).header.Get("X-Subject-Token")
	if token == "" {
		t.Fatal("a log-in without X-Subject-Token")
	}
	return &admin{t, p.management, token}
}

// at is the same administrator, with the same token, at another process.
func (a *admin) at(p *process) *admin { return &admin{p.t, p.management, a.token} }

func (a *admin) do(method, path string, body any) *answer {
	a.t.Helper()
	return do(a.t, request(a.t, method, a.base+path, body, "X-Auth-Token", a.token))
}

// id posts and answers the id of what was made.
func (a *admin) id(path string, body any) string {
	a.t.Helper()
	var made struct {
		ID string `json:"id"`
	}
	a.do("POST", "/v1.0/apigw"+path, body).want(a.t, http.StatusCreated).decode(a.t, &made)
	if len(made.ID) != 32 {
		a.t.Fatalf("POST %s: id %q, want 32 hex characters", path, made.ID)
	}
	return made.ID
}

type group struct{ ID, Host string }

func (a *admin) group(name string) group {
	a.t.Helper()
	var g struct {
		ID     string `json:"id"`
		Domain string `json:"sl_domain"`
	}
	a.do("POST", "/v1.0/apigw/api-groups", object{"name": name}).want(a.t, http.StatusCreated).decode(a.t, &g)
	return group{g.ID, g.Domain}
}

type app struct {
	ID     string `json:"id"`
	Key    string `json:"app_key"`
	Secret string `json:"app_secret"`
}

func (a *admin) app(name string) app {
	a.t.Helper()
	var made app
	a.do("POST", "/v1.0/apigw/apps", object{"name": name}).want(a.t, http.StatusCreated).decode(a.t, &made)
	return made
}

const release = "DEFAULT_ENVIRONMENT_RELEASE_ID"

// api registers an API and publishes it in RELEASE. Without backend it answers
// by itself.
func (a *admin) api(groupID, name, path, auth, backend string) string {
	a.t.Helper()
	body := object{
		"name": name, "group_id": groupID, "type": 1, "req_protocol": "BOTH", "req_method": "ANY",
		"req_uri": path, "auth_type": auth,
	}
	if backend == "" {
		body["backend_type"] = "MOCK"
		body["mock_info"] = object{"result_content": "mock " + name}
	} else {
		body["backend_type"] = "HTTP"
		body["backend_api"] = object{
			"url_domain": backend, "req_protocol": "HTTP", "req_method": "ANY", "req_uri": path, "timeout": 60000,
		}
	}
	id := a.id("/apis", body)
	a.do("POST", "/v1.0/apigw/apis/publish/"+id, object{"env_id": release}).want(a.t, http.StatusCreated)
	return id
}

func (a *admin) grant(apiID string, app app) {
	a.t.Helper()
	a.do("POST", "/v1.0/apigw/app-auths", object{
		"api_ids": []string{apiID}, "app_ids": []string{app.ID}, "env_id": release,
	}).want(a.t, http.StatusCreated)
}

// url is an API call to a group.
func (p *process) url(g group, path string) string {
	_, port, err := net.SplitHostPort(p.gateway)
	if err != nil {
		p.t.Fatal(err)
	}
	return fmt.Sprintf("http://%s:%s%s", g.Host, port, path)
}

func (p *process) call(t *testing.T, g group, path string, headers ...string) *answer {
	t.Helper()
	return do(t, request(t, "GET", p.url(g, path), nil, headers...))
}

func (p *process) signed(t *testing.T, g group, path string, a app) *answer {
	t.Helper()
	return p.signedAt(t, g, path, a, time.Now())
}

func (p *process) signedAt(t *testing.T, g group, path string, a app, now time.Time) *answer {
	t.Helper()
	r := request(t, "GET", p.url(g, path), nil)
	if err := signature.SignRequest(r, a.Key, []byte(a.Secret), now); err != nil {
		t.Fatal(err)
	}
	return do(t, r)
}
