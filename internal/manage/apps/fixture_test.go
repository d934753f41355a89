package apps_test

import (
	"context"
	"io/fs"
	"slices"
	"testing"
	"testing/fstest"
	"time"

	"github.com/lintel-gateway/lintel/internal/clock"
	"github.com/lintel-gateway/lintel/internal/entitlement"
	"github.com/lintel-gateway/lintel/internal/ids"
	"github.com/lintel-gateway/lintel/internal/manage/apps"
	"github.com/lintel-gateway/lintel/internal/quota"
	"github.com/lintel-gateway/lintel/internal/secret"
	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/store/storetest"
	"github.com/lintel-gateway/lintel/internal/wire/apig"
	"github.com/lintel-gateway/lintel/internal/wire/wiretest"
)

// grantsSchema stands in for the areas grants and throttles, whose rows this
// area counts and deletes.
var grantsSchema = fstest.MapFS{"0014_grants.sql": {Data: []byte(`-- +goose Up
CREATE TABLE grants (id TEXT PRIMARY KEY, app_id TEXT NOT NULL REFERENCES apps (id), api_id TEXT NOT NULL, env_id TEXT NOT NULL);
CREATE TABLE throttle_specials (id TEXT PRIMARY KEY, throttle_id TEXT NOT NULL, app_id TEXT REFERENCES apps (id));
`)}}

// fixture is an area on an empty database.
type fixture struct {
	*testing.T
	db     *store.DB
	area   *apps.Area
	sealer *secret.Sealer
	clock  *clock.Fake
	touch  []store.Touched // of the last write that touched something
	alice  *wiretest.Client
	bob    *wiretest.Client // another project
	reader *wiretest.Client // alice's project
	admin  *wiretest.Client // a third project
}

func each(t *testing.T, f func(*fixture)) {
	t.Helper()
	storetest.Each(t, []fs.FS{apps.Schema(), entitlement.Schema(), grantsSchema}, func(t *testing.T, db *store.DB) {
		sealer, err := secret.NewSealer(slices.Repeat([]byte{7}, secret.KeySize))
		if err != nil {
			t.Fatal(err)
		}
		limits, err := quota.Default().With(map[quota.Item]int{quota.Apps: 4, quota.AppCodes: 2})
		if err != nil {
			t.Fatal(err)
		}
		x := &fixture{T: t, db: db, sealer: sealer, clock: clock.NewFake(time.Date(2026, 1, 2, 3, 4, 5, 123456789, time.UTC))}
		db.OnCommit(func(_ context.Context, _ *store.Tx, touched []store.Touched) (func(), error) {
			x.touch = touched
			return nil, nil
		})
		x.area = apps.New(apps.Deps{DB: db, IDs: ids.Random(), Clock: x.clock.Now, Quotas: entitlement.New(limits), Sealer: sealer})
		client := wiretest.Serve(t, apig.Dialect(x.area.Routes()))
		x.alice = client.As("project=p1;roles=member")
		x.bob = client.As("project=p2;roles=member")
		x.reader = client.As("project=p1;roles=reader")
		x.admin = client.As("project=p0;roles=admin")
		f(x)
	})
}

// create makes an app of alice's and answers its id.
func (x *fixture) create(name string) string {
	x.Helper()
	return x.alice.Do("POST", "/v1.0/apigw/apps", map[string]any{"name": name}).Want(201).Text("id")
}

// exec changes rows behind the area's back.
func (x *fixture) exec(query string, args ...any) {
	x.Helper()
	if err := x.db.Write(x.Context(), func(tx *store.Tx) error {
		_, err := tx.Exec(x.Context(), query, args...)
		return err
	}); err != nil {
		x.Fatal(err)
	}
}

func (x *fixture) count(query string, args ...any) (n int) {
	x.Helper()
	if err := x.db.QueryRow(x.Context(), query, args...).Scan(&n); err != nil {
		x.Fatal(err)
	}
	return n
}

// touched fails unless the last write touched exactly these, as "kind/id".
func (x *fixture) touched(want ...string) {
	x.Helper()
	var got []string
	for _, t := range x.touch {
		got = append(got, t.Kind+"/"+t.ID)
	}
	if slices.Sort(got); !slices.Equal(got, slices.Sorted(slices.Values(want))) {
		x.Errorf("touched %v, want %v", got, want)
	}
	x.touch = nil
}
