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

	"github.com/lintel-gateway/lintel/bench/loader"
)

// management prepares lintel as any provider would: over its management API.
type management struct {
	base, password string
	http           *http.Client
	token          string

	host        string // of the group
	key, secret string // of the app
}

func newManagement(base, password string) *management {
	return &management{base: base, password: password, http: &http.Client{Timeout: 2 * time.Minute}}
}

const (
	releaseEnv = "DEFAULT_ENVIRONMENT_RELEASE_ID"
	// batch is how many APIs are published at once: a fifth of what is allowed, so
	// that a busy machine does not take longer than a request may.
	batch = 200
)

// publish makes the group, its APIs, the app that may call them and what is bound
// to the one with the full chain.
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
	add := func(api map[string]any) (string, error) {
		var made struct {
			ID string `json:"id"`
		}
		api["group_id"], api["type"], api["req_protocol"] = group.ID, 1, "BOTH"
		err := m.do(ctx, http.MethodPost, "/v1.0/apigw/apis", api, &made)
		return made.ID, err
	}
	var called, granted, whole, others []string
	for _, c := range []message{open, signed, full} {
		for _, method := range []string{http.MethodGet, http.MethodPost} {
			id, err := add(forwarding(c, method, backend))
			if err != nil {
				return err
			}
			called = append(called, id)
			if c.isSigned() {
				granted = append(granted, id)
			}
			if c == full {
				whole = append(whole, id)
			}
		}
	}
	for i := range routes {
		id, err := add(bystander(i))
		if err != nil {
			return err
		}
		others = append(others, id)
	}
	if err := m.release(ctx, append(called, others...)); err != nil {
		return err
	}
	fmt.Fprintf(stdout, "published %d APIs in one group in %.1f s\n", len(called)+len(others), time.Since(began).Seconds())
	if err := m.grant(ctx, granted); err != nil {
		return err
	}
	return m.bind(ctx, whole)
}

// forwarding is an API with a parameter in the path, one in the query that gets
// another name, and a constant header: a usual mapping. The one with the full chain
// has two more constants and a header that gets another name, too.
func forwarding(c message, method, backend string) map[string]any {
	param := func(name, in string) map[string]any {
		return map[string]any{"name": name, "location": in, "type": "STRING"}
	}
	mapped := func(name, in, origin, value string) map[string]any {
		return map[string]any{"name": name, "location": in, "origin": origin, "value": value}
	}
	params := []any{param("id", "PATH"), param("cur", "QUERY")}
	mappings := []any{mapped("id", "PATH", "REQUEST", "id"), mapped("currency", "QUERY", "REQUEST", "cur"), mapped("X-Tier", "HEADER", "CONSTANT", "gold")}
	auth := "APP"
	switch c {
	case open:
		auth = "NONE"
	case full:
		params = append(params, param(loader.ClientField, "HEADER"))
		mappings = append(mappings, mapped("X-Caller", "HEADER", "REQUEST", loader.ClientField),
			mapped("X-Region", "HEADER", "CONSTANT", "north"), mapped("X-Plan", "HEADER", "CONSTANT", "monthly"))
	}
	return map[string]any{
		"name": "bench_" + string(c) + "_" + strings.ToLower(method), "req_method": method, "req_uri": "/v1/" + string(c) + "/{id}", "auth_type": auth, "backend_type": "HTTP",
		"req_params": params, "backend_params": mappings,
		"backend_api": map[string]any{"url_domain": backend, "req_protocol": "HTTP", "req_method": method, "req_uri": "/orders/{id}", "timeout": 60000},
	}
}

// bind gives APIs limits of the API, the app and the address, which no load
// reaches, and a list of ten networks of which the last is the caller's.
func (m *management) bind(ctx context.Context, apis []string) error {
	publications := make([]string, len(apis))
	for i, api := range apis {
		var made struct {
			ID string `json:"publish_id"`
		}
		if err := m.do(ctx, http.MethodPost, "/v1.0/apigw/apis/publish/"+api, map[string]any{"env_id": releaseEnv}, &made); err != nil {
			return err
		}
		publications[i] = made.ID
	}
	networks := make([]string, 0, 10)
	for i := range 9 {
		networks = append(networks, fmt.Sprintf("10.%d.0.0/16", i))
	}
	networks = append(networks, "127.0.0.0/8")
	const far = 1_000_000_000
	for _, p := range []struct {
		policies, bindings, key string
		policy                  map[string]any
	}{
		{"throttles", "throttle-bindings", "strategy_id", map[string]any{"name": "bench", "time_interval": 1, "time_unit": "SECOND",
			"api_call_limits": far, "app_call_limits": far - 1, "ip_call_limits": far - 2}},
		{"acls", "acl-bindings", "acl_id", map[string]any{"acl_name": "bench", "acl_type": "PERMIT", "entity_type": "IP", "acl_value": strings.Join(networks, ",")}},
	} {
		var made struct {
			ID string `json:"id"`
		}
		if err := m.do(ctx, http.MethodPost, "/v1.0/apigw/"+p.policies, p.policy, &made); err != nil {
			return err
		}
		in := map[string]any{p.key: made.ID, "publish_ids": publications}
		if err := m.do(ctx, http.MethodPost, "/v1.0/apigw/"+p.bindings, in, nil); err != nil {
			return err
		}
	}
	return nil
}

// bystander is an API that nobody calls; every third has a parameter.
func bystander(i int) map[string]any {
	path := fmt.Sprintf("/v1/service-%d/resource-%d", i/10, i%10)
	api := map[string]any{
		"name": fmt.Sprintf("bench_other_%d", i), "req_method": "GET", "req_uri": path, "auth_type": "NONE",
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

func (m *management) grant(ctx context.Context, apis []string) error {
	var app struct {
		ID     string `json:"id"`
		Key    string `json:"app_key"`
		Secret string `json:"app_secret"`
	}
	if err := m.do(ctx, http.MethodPost, "/v1.0/apigw/apps", map[string]any{"name": "bench"}, &app); err != nil {
		return err
	}
	m.key, m.secret = app.Key, app.Secret
	in := map[string]any{"env_id": releaseEnv, "app_ids": []string{app.ID}, "api_ids": apis}
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
