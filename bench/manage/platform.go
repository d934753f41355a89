package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"time"

	"github.com/lintel-gateway/lintel/internal/app"
	"github.com/lintel-gateway/lintel/internal/clock"
	"github.com/lintel-gateway/lintel/internal/config"
	"github.com/lintel-gateway/lintel/internal/identity/accounts"
	"github.com/lintel-gateway/lintel/internal/identity/passwords"
	"github.com/lintel-gateway/lintel/internal/identity/tokens"
	"github.com/lintel-gateway/lintel/internal/ids"
	"github.com/lintel-gateway/lintel/internal/quota"
	"github.com/lintel-gateway/lintel/internal/secret"
	"github.com/lintel-gateway/lintel/internal/store"
)

// platform is the installation under measurement, in this process.
type platform struct {
	*app.Platform
	engine   string
	db       *store.DB // a second connection, for accounts
	accounts *accounts.Area
	http     http.Client
	projects []*project
}

// project is one tenant with what requests are made of.
type project struct {
	name, token              string
	groups                   []string
	apis, publications       []string
	throttle, acl, sign, app string
}

const password = "bench password of a project"

func open(ctx context.Context, s *settings) (_ *platform, err error) {
	p := &platform{engine: "PostgreSQL", http: http.Client{Timeout: 5 * time.Minute}}
	if s.database == "" {
		p.engine = "SQLite"
		s.database = "sqlite:" + filepath.Join(s.data, "bench.db")
	}
	room := map[quota.Item]int{}
	for _, item := range quota.Items() {
		room[item] = quota.Most
	}
	limits, err := quota.Default().With(room)
	if err != nil {
		return nil, err
	}
	p.Platform, err = app.Start(ctx, &config.Config{
		DataDir: filepath.Join(s.data, "data"), Database: secret.Text(s.database),
		Management: config.Management{Addr: "127.0.0.1:0"},
		Gateway:    config.Gateway{Addr: "127.0.0.1:0", Domain: "apigw.localhost"},
		Region:     "RegionOne", AdminPassword: password, LogFormat: "json",
		AuditLog: filepath.Join(s.data, "audit.log"), DrainTimeout: 10 * time.Second, Limits: limits,
	}, app.Output{Log: io.Discard, Stdout: io.Discard, People: io.Discard})
	if err != nil {
		return nil, err
	}
	if p.db, err = store.Open(ctx, s.database, store.Options{Schemas: app.Schemas()}); err != nil {
		return nil, err
	}
	revoked, err := tokens.OpenRevocations(ctx, p.db, clock.System)
	if err != nil {
		return nil, err
	}
	p.accounts = accounts.New(accounts.Deps{
		DB: p.db, IDs: ids.Random(), Clock: clock.System, Revoked: revoked,
		Passwords: passwords.New(passwords.Cost{Memory: 64, Passes: 1, Threads: 1}, ids.Random()),
	})
	return p, nil
}

func (p *platform) close() error {
	err := p.db.Close()
	if serr := p.Stop(); serr != nil {
		return serr
	}
	return err
}

// tenants makes the projects with a member each, or finds them, and logs in.
func (p *platform) tenants(ctx context.Context, n int) error {
	for i := range n {
		name := fmt.Sprintf("bench_%03d", i)
		t := &project{name: name}
		made, err := p.accounts.CreateProject(ctx, accounts.NewProject{Name: name})
		if err == nil {
			user, uerr := p.accounts.CreateUser(ctx, accounts.NewUser{Name: name, Password: password, DefaultProjectID: made.ID})
			if uerr != nil {
				return uerr
			}
			err = p.accounts.Assign(ctx, user.ID, accounts.RoleMember, accounts.OnProject, made.ID)
			if err != nil {
				return err
			}
		}
		if t.token, err = p.logIn(name); err != nil {
			return err
		}
		p.projects = append(p.projects, t)
	}
	return nil
}

func (p *platform) logIn(name string) (string, error) {
	domain := map[string]any{"id": "default"}
	body, err := json.Marshal(map[string]any{"auth": map[string]any{
		"identity": map[string]any{"methods": []string{"password"}, "password": map[string]any{
			"user": map[string]any{"name": name, "password": password, "domain": domain}}},
		"scope": map[string]any{"project": map[string]any{"name": name, "domain": domain}},
	}})
	if err != nil {
		return "", err
	}
	answer, err := p.http.Post(p.ManagementURL()+"/v3/auth/tokens", "application/json", bytes.NewReader(body))
	if err != nil {
		return "", err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusCreated {
		return "", fmt.Errorf("log-in of %s: %s", name, answer.Status)
	}
	return answer.Header.Get("X-Subject-Token"), nil
}

// call makes a request below /v1.0/apigw/ and answers its body and how long it
// took. Anything but a success is an error.
func (p *platform) call(t *project, method, path string, in any) ([]byte, time.Duration, error) {
	var body io.Reader
	if in != nil {
		b, err := json.Marshal(in)
		if err != nil {
			return nil, 0, err
		}
		body = bytes.NewReader(b)
	}
	r, err := http.NewRequest(method, p.ManagementURL()+"/v1.0/apigw/"+path, body)
	if err != nil {
		return nil, 0, err
	}
	r.Header.Set("X-Auth-Token", t.token)
	r.Header.Set("Content-Type", "application/json")
	began := time.Now()
	answer, err := p.http.Do(r)
	if err != nil {
		return nil, 0, err
	}
	defer answer.Body.Close()
	out, err := io.ReadAll(answer.Body)
	took := time.Since(began)
	if err == nil && answer.StatusCode >= 300 {
		err = fmt.Errorf("%s %s: %s %s", method, path, answer.Status, strings.TrimSpace(string(out)))
	}
	return out, took, err
}

// made makes a request and answers the text at a field of the answer.
func (p *platform) made(t *project, method, path string, in any, field string) (string, error) {
	out, _, err := p.call(t, method, path, in)
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
