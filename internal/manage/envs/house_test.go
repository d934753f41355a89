package envs_test

import (
	"context"
	"io/fs"
	"reflect"
	"testing"
	"testing/fstest"
	"time"

	"github.com/lintel-gateway/lintel/internal/binding"
	"github.com/lintel-gateway/lintel/internal/clock"
	"github.com/lintel-gateway/lintel/internal/entitlement"
	"github.com/lintel-gateway/lintel/internal/ids"
	"github.com/lintel-gateway/lintel/internal/manage/envs"
	"github.com/lintel-gateway/lintel/internal/quota"
	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/store/storetest"
	"github.com/lintel-gateway/lintel/internal/wire/apig"
	"github.com/lintel-gateway/lintel/internal/wire/wiretest"
)

const (
	envsPath = "/v1.0/apigw/envs"
	varsPath = "/v1.0/apigw/env-variables"
)

// neighbours are the columns that this area uses of other areas' tables, with
// two groups of project p1 and one of p2.
const neighbours = `-- +goose Up
CREATE TABLE groups (id TEXT PRIMARY KEY, project_id TEXT NOT NULL);
CREATE TABLE apis (id TEXT PRIMARY KEY);
CREATE TABLE api_publications (api_id TEXT NOT NULL, env_id TEXT NOT NULL, PRIMARY KEY (api_id, env_id));
CREATE TABLE api_versions (version_id TEXT PRIMARY KEY, env_id TEXT NOT NULL);
CREATE TABLE grants (id TEXT PRIMARY KEY, env_id TEXT NOT NULL);
INSERT INTO groups (id, project_id) VALUES ('g1', 'p1'), ('g1b', 'p1'), ('g2', 'p2');
`

// house is the area on one engine, with its callers.
type house struct {
	t                    *testing.T
	db                   *store.DB
	area                 *envs.Area
	clock                *clock.Fake
	touched              []store.Touched
	one, two, admin, any *wiretest.Client
}

func each(t *testing.T, f func(h *house)) {
	t.Helper()
	schemas := []fs.FS{envs.Schema(), entitlement.Schema(), binding.Schema(), fstest.MapFS{"0001_neighbours.sql": {Data: []byte(neighbours)}}}
	storetest.Each(t, schemas, func(t *testing.T, db *store.DB) {
		h := &house{t: t, db: db, clock: clock.NewFake(time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC))}
		db.OnCommit(func(_ context.Context, _ *store.Tx, touched []store.Touched) (func(), error) {
			return func() { h.touched = append(h.touched, touched...) }, nil
		})
		limits, err := quota.Default().With(map[quota.Item]int{quota.Environments: 3, quota.Variables: 4})
		if err != nil {
			t.Fatal(err)
		}
		h.area = envs.New(envs.Deps{DB: db, IDs: ids.Random(), Clock: h.clock.Now, Quotas: entitlement.New(limits)})
		h.any = wiretest.Serve(t, apig.Dialect(h.area.Routes()))
		h.one = h.any.As("project=p1;roles=member")
		h.two = h.any.As("project=p2;roles=member")
		h.admin = h.any.As("project=p0;roles=admin")
		f(h)
	})
}

func (h *house) exec(query string, args ...any) {
	h.t.Helper()
	err := h.db.Write(h.t.Context(), func(tx *store.Tx) error {
		_, err := tx.Exec(h.t.Context(), query, args...)
		return err
	})
	if err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) count(query string, args ...any) (n int) {
	h.t.Helper()
	if err := h.db.QueryRow(h.t.Context(), query, args...).Scan(&n); err != nil {
		h.t.Fatal(err)
	}
	return n
}

func createEnv(c *wiretest.Client, name string) (id string) {
	return c.Do("POST", envsPath, map[string]any{"name": name}).Want(201).Text("id")
}

func variable(group, env, name, value string) map[string]any {
	return map[string]any{"group_id": group, "env_id": env, "variable_name": name, "variable_value": value}
}

func same(t *testing.T, what string, r *wiretest.Response, want map[string]any) {
	t.Helper()
	if !reflect.DeepEqual(r.JSON(), want) {
		t.Errorf("%s: %s\nwant %v", what, r.Body, want)
	}
}
