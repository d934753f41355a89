package tenant

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// Release is the id of the environment RELEASE.
const Release = "DEFAULT_ENVIRONMENT_RELEASE_ID"

// maxAnswer bounds what is read of an answer; a batch of 1000 has about 300 KB.
const maxAnswer = 8 << 20

// Object is a JSON object of a request.
type Object = map[string]any

// Project is one tenant, logged in.
type Project struct {
	Name, Token string
	URL         string // of the management API, without a slash at the end
	HTTP        *http.Client
}

// LogIn gets a token of a user of the default domain for a project there.
func LogIn(client *http.Client, url, user, password, project string) (*Project, error) {
	domain := Object{"id": "default"}
	body, err := json.Marshal(Object{"auth": Object{
		"identity": Object{"methods": []string{"password"}, "password": Object{
			"user": Object{"name": user, "password": password, "domain": domain}}},
		"scope": Object{"project": Object{"name": project, "domain": domain}},
	}})
	if err != nil {
		return nil, err
	}
	answer, err := client.Post(url+"/v3/auth/tokens?nocatalog", "application/json", bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusCreated {
		return nil, fmt.Errorf("log-in of %s to project %s: %s", user, project, answer.Status)
	}
	return &Project{Name: project, Token: answer.Header.Get("X-Subject-Token"), URL: url, HTTP: client}, nil
}

// Call makes a request below /v1.0/apigw/ and answers its body and how long it
// took. Anything but a success is an error.
func (p *Project) Call(method, path string, in any) ([]byte, time.Duration, error) {
	return p.Ask(method, "/v1.0/apigw/"+path, in)
}

// Ask is Call for any path of the management API, with more header fields: names
// and values in turns.
func (p *Project) Ask(method, path string, in any, fields ...string) ([]byte, time.Duration, error) {
	var body io.Reader
	if in != nil {
		b, err := json.Marshal(in)
		if err != nil {
			return nil, 0, err
		}
		body = bytes.NewReader(b)
	}
	r, err := http.NewRequest(method, p.URL+path, body)
	if err != nil {
		return nil, 0, err
	}
	r.Header.Set("X-Auth-Token", p.Token)
	r.Header.Set("Content-Type", "application/json")
	for i := 0; i+1 < len(fields); i += 2 {
		r.Header.Set(fields[i], fields[i+1])
	}
	began := time.Now()
	answer, err := p.HTTP.Do(r)
	if err != nil {
		return nil, 0, err
	}
	defer answer.Body.Close()
	out, err := io.ReadAll(io.LimitReader(answer.Body, maxAnswer))
	took := time.Since(began)
	if err == nil && answer.StatusCode >= 300 {
		err = fmt.Errorf("%s %s: %s %s", method, path, answer.Status, strings.TrimSpace(string(out)))
	}
	return out, took, err
}

// Make makes a request below /v1.0/apigw/ and answers the text at a field of the
// answer, which must have one.
func (p *Project) Make(method, path string, in any, field string) (string, error) {
	out, _, err := p.Call(method, path, in)
	if err != nil {
		return "", err
	}
	var v map[string]any
	if err := json.Unmarshal(out, &v); err != nil {
		return "", err
	}
	text, _ := v[field].(string)
	if text == "" {
		return "", fmt.Errorf("%s %s: no %s in %s", method, path, field, out)
	}
	return text, nil
}

// Read reads what is below /v1.0/apigw/ into v.
func (p *Project) Read(path string, v any) error {
	out, _, err := p.Call(http.MethodGet, path, nil)
	if err != nil {
		return err
	}
	return json.Unmarshal(out, v)
}

// Publication is an API as RELEASE serves it.
type Publication struct {
	APIID     string `json:"api_id"`
	PublishID string `json:"publish_id"`
	VersionID string `json:"version_id"`
}

// Publish publishes APIs to RELEASE in one batch, at most 1000 of them. All
// must succeed.
func (p *Project) Publish(apis []string) ([]Publication, error) {
	out, _, err := p.Call(http.MethodPost, "apis/publish?action=online", Object{"apis": apis, "env_id": Release})
	if err != nil {
		return nil, err
	}
	var answer struct {
		Success []Publication
		Failure []json.RawMessage
	}
	if err := json.Unmarshal(out, &answer); err != nil {
		return nil, err
	}
	if len(answer.Failure) > 0 || len(answer.Success) != len(apis) {
		return nil, fmt.Errorf("publishing %d APIs: %d succeeded, failures %s", len(apis), len(answer.Success), answer.Failure)
	}
	return answer.Success, nil
}
