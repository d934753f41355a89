package app

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"
)

// manager is the little client with which the demonstration sets itself up: it
// uses the same APIs over the same wire as any other client.
type manager struct {
	base  string
	token string
	http  *http.Client
}

// maxAnswer bounds an answer of the management API that the client reads.
const maxAnswer = 4 << 20

// logIn gets a token of the administrator for the first project.
func logIn(ctx context.Context, base, password, region string) (*manager, error) {
	m := &manager{base: base, http: &http.Client{Timeout: 30 * time.Second}}
	domain := map[string]any{"id": "default"}
	body := map[string]any{"auth": map[string]any{
		"identity": map[string]any{
			"methods":  []string{"password"},
			"password": map[string]any{"user": map[string]any{"name": "admin", "password": password, "domain": domain}},
		},
		"scope": map[string]any{"project": map[string]any{"name": region, "domain": domain}},
	}}
	header, err := m.do(ctx, http.MethodPost, "/v3/auth/tokens?nocatalog", body, nil)
	if err != nil {
		return nil, err
	}
	m.token = header.Get("X-Subject-Token")
	return m, nil
}

// do sends one request and decodes its answer into out.
func (m *manager) do(ctx context.Context, method, path string, in, out any) (http.Header, error) {
	var body io.Reader
	if in != nil {
		b, err := json.Marshal(in)
		if err != nil {
			return nil, err
		}
		body = bytes.NewReader(b)
	}
	r, err := http.NewRequestWithContext(ctx, method, m.base+path, body)
	if err != nil {
		return nil, err
	}
	r.Header.Set("Content-Type", "application/json")
	if m.token != "" {
		r.Header.Set("X-Auth-Token", m.token)
	}
	response, err := m.http.Do(r)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	b, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer))
	if err != nil {
		return nil, err
	}
	if response.StatusCode >= 300 {
		return nil, fmt.Errorf("%s %s: %s: %s", method, path, response.Status, bytes.TrimSpace(b))
	}
	if out == nil {
		return response.Header, nil
	}
	return response.Header, json.Unmarshal(b, out)
}

// resource is what the demonstration reads of anything.
type resource struct {
	ID        string `json:"id"`
	Name      string `json:"name"`
	SLDomain  string `json:"sl_domain"`
	AppKey    string `json:"app_key"`
	AppSecret string `json:"app_secret"`
	AppCode   string `json:"app_code"`
}

// ensure answers the resource of that name, made from body when there is none:
// a demonstration on a kept data folder starts a second time as well.
func (m *manager) ensure(ctx context.Context, collection, plural, name string, body map[string]any) (resource, error) {
	var list map[string]json.RawMessage
	if _, err := m.do(ctx, http.MethodGet, collection+"?precise_search=name&name="+url.QueryEscape(name), nil, &list); err != nil {
		return resource{}, err
	}
	var found []resource
	if err := json.Unmarshal(list[plural], &found); err != nil {
		return resource{}, fmt.Errorf("GET %s: no list %q: %w", collection, plural, err)
	}
	body["name"] = name
	if len(found) > 0 {
		return found[0], nil
	}
	var made resource
	_, err := m.do(ctx, http.MethodPost, collection, body, &made)
	return made, err
}
