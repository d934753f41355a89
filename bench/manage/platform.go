package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"time"

	"github.com/lintel-gateway/lintel/bench/tenant"
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
	*tenant.Project
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
		t, err := tenant.LogIn(&p.http, p.ManagementURL(), name, password, name)
		if err != nil {
			return err
		}
		p.projects = append(p.projects, &project{Project: t})
	}
	return nil
}
