package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/lintel-gateway/lintel/internal/message"
	"github.com/lintel-gateway/lintel/internal/signature"
)

// management prepares lintel as any provider would: over its management API.
type management struct {
	base, gateway, password string
	http                    *http.Client
	token                   string

	host        string // of the group
	key, secret string // of the app
}

func newManagement(base, gateway, password string) *management {
	return &management{base: base, gateway: gateway, password: password, http: &http.Client{Timeout: 2 * time.Minute}}
}

// Paths of the two APIs that are called. Both take the same request, so that
// only the signature tells the two requests apart.
const (
	openPath   = "/v1/open/42?cur=EUR"
	signedPath = "/v1/priv/42?cur=EUR"
	releaseEnv = "DEFAULT_ENVIRONMENT_RELEASE_ID"
	// batch is the most that one batch publication takes.
	batch = 1000
)

// request is what a contender is sent.
type request struct {
	url     string
	headers message.Fields
}

// request makes the plain or the signed request for a server. A signature is
// good for fifteen minutes, so it is made anew for every round.
func (m *management) request(address string, signed bool) (*request, error) {
	path := openPath
	if signed {
		path = signedPath
	}
	r := &request{url: "http://" + address + path, headers: message.Fields{{Name: "Host", Value: m.host}}}
	if !signed {
		return r, nil
	}
	out, err := http.NewRequest(http.MethodGet, r.url, nil)
	if err != nil {
		return nil, err
	}
	out.Host = m.host
	if err := signature.SignRequest(out, m.key, []byte(m.secret), time.Now()); err != nil {
		return nil, err
	}
	for _, name := range []string{signature.HeaderDate, signature.HeaderAuthorization} {
		r.headers = append(r.headers, message.Field{Name: name, Value: out.Header.Get(name)})
	}
	return r, nil
}

// publish makes the group, its APIs and the app that may call one of them.
func (m *management) publish(ctx context.Context, backend string, routes int, stdout io.Writer) error {
	began := time.Now()
	if err := m.logIn(ctx); err != nil {
		return err
	}
	var group struct {
		ID     string `json:"id"`
		Domain string `json:"sl_domain"`
	}
	if err := m.do(ctx, http.MethodPost, "/v1.0/apigw/api-groups", map[string]any{"name": "bench"}, &group); err != nil {
		return err
	}
	m.host = group.Domain
	ids := make([]string, 0, routes+2)
	add := func(api map[string]any) error {
		var made struct {
			ID string `json:"id"`
		}
		api["group_id"], api["type"], api["req_protocol"], api["req_method"] = group.ID, 1, "BOTH", "GET"
		err := m.do(ctx, http.MethodPost, "/v1.0/apigw/apis", api, &made)
		ids = append(ids, made.ID)
		return err
	}
	if err := add(forwarding("bench_open", "/v1/open/{id}", "NONE", backend)); err != nil {
		return err
	}
	if err := add(forwarding("bench_signed", "/v1/priv/{id}", "APP", backend)); err != nil {
		return err
	}
	for i := range routes {
		if err := add(bystander(i)); err != nil {
			return err
		}
	}
	if err := m.release(ctx, ids); err != nil {
		return err
	}
	fmt.Fprintf(stdout, "published %d APIs in one group in %.1f s\n", len(ids), time.Since(began).Seconds())
	return m.grant(ctx, ids[1])
}

// forwarding is an API with a parameter in the path, one in the query that gets
// another name, and a constant header: a usual mapping.
func forwarding(name, path, auth, backend string) map[string]any {
	param := func(name, in string) map[string]any {
		return map[string]any{"name": name, "location": in, "type": "STRING"}
	}
	mapped := func(name, in, origin, value string) map[string]any {
		return map[string]any{"name": name, "location": in, "origin": origin, "value": value}
	}
	return map[string]any{
		"name": name, "req_uri": path, "auth_type": auth, "backend_type": "HTTP",
		"req_params": []any{param("id", "PATH"), param("cur", "QUERY")},
		"backend_params": []any{mapped("id", "PATH", "REQUEST", "id"), mapped("currency", "QUERY", "REQUEST", "cur"),
			mapped("X-Tier", "HEADER", "CONSTANT", "gold")},
		"backend_api": map[string]any{"url_domain": backend, "req_protocol": "HTTP", "req_method": "GET", "req_uri": "/orders/{id}", "timeout": 60000},
	}
}

// bystander is an API that nobody calls; every third has a parameter.
func bystander(i int) map[string]any {
	path := fmt.Sprintf("/v1/service-%d/resource-%d", i/10, i%10)
	api := map[string]any{
		"name": fmt.Sprintf("bench_other_%d", i), "req_uri": path, "auth_type": "NONE",
		"backend_type": "MOCK", "mock_info": map[string]any{"result_content": "{}"},
	}
	if i%3 == 0 {
		api["req_uri"] = path + "/{id}"
		api["req_params"] = []any{map[string]any{"name": "id", "location": "PATH", "type": "STRING"}}
	}
	return api
}

func (m *management) release(ctx context.Context, ids []string) error {
	for len(ids) > 0 {
		n := min(batch, len(ids))
		var result struct {
			Success []json.RawMessage `json:"success"`
			Failure []json.RawMessage `json:"failure"`
		}
		in := map[string]any{"apis": ids[:n], "env_id": releaseEnv}
		if err := m.do(ctx, http.MethodPost, "/v1.0/apigw/apis/publish?action=online", in, &result); err != nil {
			return err
		}
		if len(result.Failure) > 0 || len(result.Success) != n {
			return fmt.Errorf("publishing %d APIs: %d succeeded, failures %s", n, len(result.Success), result.Failure)
		}
		ids = ids[n:]
	}
	return nil
}

func (m *management) grant(ctx context.Context, api string) error {
	var app struct {
		ID     string `json:"id"`
		Key    string `json:"app_key"`
		Secret string `json:"app_secret"`
	}
	if err := m.do(ctx, http.MethodPost, "/v1.0/apigw/apps", map[string]any{"name": "bench"}, &app); err != nil {
		return err
	}
	m.key, m.secret = app.Key, app.Secret
	in := map[string]any{"env_id": releaseEnv, "app_ids": []string{app.ID}, "api_ids": []string{api}}
	return m.do(ctx, http.MethodPost, "/v1.0/apigw/app-auths", in, nil)
}

// ready waits until management answers. The gateway serves before that, while
// lintel still opens its database and compares it with the gateway's state.
func (m *management) ready(ctx context.Context) error {
	for {
		err := m.do(ctx, http.MethodGet, "/v3", nil, nil)
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("management does not answer: %w", err)
		case <-time.After(100 * time.Millisecond):
		}
	}
}

func (m *management) logIn(ctx context.Context) error {
	domain := map[string]any{"id": "default"}
	user := map[string]any{"name": "admin", "password": m.password, "domain": domain}
	in := map[string]any{"auth": map[string]any{
		"identity": map[string]any{"methods": []string{"password"}, "password": map[string]any{"user": user}},
		"scope":    map[string]any{"project": map[string]any{"name": "RegionOne", "domain": domain}},
	}}
	return m.do(ctx, http.MethodPost, "/v3/auth/tokens?nocatalog", in, nil)
}

// maxAnswer bounds what is read of an answer; a batch of 1000 has about 300 KB.
const maxAnswer = 8 << 20

func (m *management) do(ctx context.Context, method, path string, in, out any) error {
	body, err := json.Marshal(in)
	if err != nil {
		return err
	}
	r, err := http.NewRequestWithContext(ctx, method, m.base+path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("X-Auth-Token", m.token)
	answer, err := m.http.Do(r)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(io.LimitReader(answer.Body, maxAnswer))
	if err != nil {
		return err
	}
	if answer.StatusCode >= 300 {
		return fmt.Errorf("%s %s: %s: %s", method, path, answer.Status, strings.TrimSpace(string(text)))
	}
	if token := answer.Header.Get("X-Subject-Token"); token != "" {
		m.token = token
	}
	if out == nil {
		return nil
	}
	return json.Unmarshal(text, out)
}
