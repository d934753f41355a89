package market_test

import (
	"context"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/lintel-gateway/lintel/internal/clock"
	"github.com/lintel-gateway/lintel/internal/entitlement"
	"github.com/lintel-gateway/lintel/internal/ids"
	"github.com/lintel-gateway/lintel/internal/manage/market"
	"github.com/lintel-gateway/lintel/internal/quota"
	"github.com/lintel-gateway/lintel/internal/secret"
	"github.com/lintel-gateway/lintel/internal/statistics"
	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/store/storetest"
	"github.com/lintel-gateway/lintel/internal/wire/apig"
	"github.com/lintel-gateway/lintel/internal/wire/wiretest"
)

// neighbours stands in for the areas whose tables this one reads and writes:
// the columns it uses, and no more.
var neighbours = fstest.MapFS{
	"0001_accounts.sql": {Data: []byte("-- +goose Up\nCREATE TABLE identity_projects (id TEXT PRIMARY KEY, enabled INTEGER NOT NULL);\n")},
	"0010_groups.sql": {Data: []byte("-- +goose Up\nCREATE TABLE groups (id TEXT PRIMARY KEY, project_id TEXT NOT NULL, name TEXT NOT NULL, " +
		"remark TEXT NOT NULL, sl_domain TEXT NOT NULL, on_sell_status INTEGER NOT NULL);\n" +
		"CREATE TABLE domains (id TEXT PRIMARY KEY, group_id TEXT NOT NULL REFERENCES groups (id), domain TEXT NOT NULL);\n")},
	"0012_apps.sql": {Data: []byte("-- +goose Up\nCREATE TABLE apps (id TEXT PRIMARY KEY, project_id TEXT NOT NULL, name TEXT NOT NULL, remark TEXT NOT NULL, " +
		"status INTEGER NOT NULL, app_key TEXT NOT NULL UNIQUE, app_secret TEXT NOT NULL, creator TEXT NOT NULL, app_type TEXT NOT NULL, " +
		"register_time BIGINT NOT NULL, update_time BIGINT NOT NULL, UNIQUE (project_id, name));\n" +
		"CREATE TABLE app_codes (id TEXT PRIMARY KEY, app_id TEXT NOT NULL REFERENCES apps (id));\n")},
	"0013_apis.sql": {Data: []byte("-- +goose Up\nCREATE TABLE apis (id TEXT PRIMARY KEY, project_id TEXT NOT NULL, group_id TEXT NOT NULL REFERENCES groups (id), " +
		"name TEXT NOT NULL, remark TEXT NOT NULL, req_uri TEXT NOT NULL);\n" +
		"CREATE TABLE api_publications (api_id TEXT NOT NULL, env_id TEXT NOT NULL, auth_type TEXT NOT NULL, PRIMARY KEY (api_id, env_id));\n" +
		"CREATE TABLE grants (id TEXT PRIMARY KEY, app_id TEXT NOT NULL REFERENCES apps (id), api_id TEXT NOT NULL REFERENCES apis (id), " +
		"env_id TEXT NOT NULL, project_id TEXT NOT NULL, auth_role TEXT NOT NULL, auth_time BIGINT NOT NULL, UNIQUE (app_id, api_id, env_id));\n")},
}

const (
	releaseEnv = "DEFAULT_ENVIRONMENT_RELEASE_ID"
	root       = "/v1.0/apigw/"
	apps       = 3 // quota
)

var noon = time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC)

// fixture is the area with three projects. p1 offers the groups g1 (APIs api1
// and api2 in RELEASE with APP, open in RELEASE without authentication, other in
// another environment) and g2, which is empty; p2 and p3 buy.
type fixture struct {
	*testing.T
	db                *store.DB
	area              *market.Area
	clock             *clock.Fake
	touch             []string
	alice, bob, carol *wiretest.Client // members of p1, p2, p3
	reader            *wiretest.Client // of p2
	admin             *wiretest.Client // of p0
}

func each(t *testing.T, f func(*fixture)) {
	t.Helper()
	storetest.Each(t, []fs.FS{market.Schema(), entitlement.Schema(), neighbours}, func(t *testing.T, db *store.DB) {
		limits, err := quota.Default().With(map[quota.Item]int{quota.Apps: apps})
		if err != nil {
			t.Fatal(err)
		}
		sealer, err := secret.LoadOrCreate(t.TempDir() + "/key")
		if err != nil {
			t.Fatal(err)
		}
		x := &fixture{T: t, db: db, clock: clock.NewFake(noon)}
		x.area = market.New(market.Deps{
			DB: db, IDs: ids.Random(), Clock: x.clock.Now, Quotas: entitlement.New(limits), Sealer: sealer, Domain: "apigw.test",
			Calls: statistics.NewOrders(),
		})
		x.world()
		db.OnCommit(func(_ context.Context, _ *store.Tx, touched []store.Touched) (func(), error) {
			x.touch = nil
			for _, t := range touched {
				x.touch = append(x.touch, t.Kind+"/"+t.ID)
			}
			return nil, nil
		})
		client := wiretest.Serve(t, apig.Dialect(x.area.Routes()))
		x.alice, x.bob, x.carol = client.As("project=p1;roles=member"), client.As("project=p2;roles=member"), client.As("project=p3;roles=member")
		x.reader, x.admin = client.As("project=p2;roles=reader"), client.As("project=p0;roles=admin")
		f(x)
	})
}

func (x *fixture) world() {
	x.Helper()
	for _, statement := range []string{
		`INSERT INTO identity_projects VALUES ('p1', 1), ('p2', 1), ('p3', 1)`,
		`INSERT INTO groups VALUES ('g1', 'p1', 'Weather', 'about weather', 'label1', 2), ('g2', 'p1', 'Maps', 'about maps', 'label2', 2)`,
		`INSERT INTO domains VALUES ('d1', 'g1', 'weather.test')`,
		`INSERT INTO apis VALUES ('api1', 'p1', 'g1', 'Rain', 'about rain', '/rain'), ('api2', 'p1', 'g1', 'Sun', '', '/sun'),
			('open', 'p1', 'g1', 'Wind', '', '/wind'), ('other', 'p1', 'g1', 'Snow', '', '/snow')`,
		strings.ReplaceAll(`INSERT INTO api_publications VALUES ('api1', 'RELEASE', 'APP'), ('api2', 'RELEASE', 'APP'),
			('open', 'RELEASE', 'NONE'), ('other', 'e1', 'APP')`, "RELEASE", releaseEnv),
	} {
		x.exec(statement)
	}
}

func (x *fixture) exec(statement string, args ...any) {
	x.Helper()
	if err := x.db.Write(x.Context(), func(tx *store.Tx) error {
		_, err := tx.Exec(x.Context(), statement, args...)
		return err
	}); err != nil {
		x.Fatal(fmt.Errorf("%s: %w", statement, err))
	}
}

func (x *fixture) number(query string, args ...any) (n int) {
	x.Helper()
	if err := x.db.QueryRow(x.Context(), query, args...).Scan(&n); err != nil {
		x.Fatal(err)
	}
	return n
}

func (x *fixture) text(query string, args ...any) (s string) {
	x.Helper()
	if err := x.db.QueryRow(x.Context(), query, args...).Scan(&s); err != nil {
		x.Fatal(err)
	}
	return s
}

// touched answers how many things of a kind the last write touched, and fails
// unless one of them has the id.
func (x *fixture) touched(kind, id string) int {
	x.Helper()
	n := 0
	for _, t := range x.touch {
		if strings.HasPrefix(t, kind+"/") {
			n++
		}
	}
	if id != "" && !slices.Contains(x.touch, kind+"/"+id) {
		x.Errorf("%s %s was not touched: %v", kind, id, x.touch)
	}
	return n
}

// sell puts a group on sale.
func (x *fixture) sell(group string) {
	x.Helper()
	x.alice.Do("POST", root+"api-groups/"+group+"/listing", nil).Want(201)
	x.admin.Do("PUT", root+"api-groups/"+group+"/listing", `{"approve":true}`).Want(200)
}

// order orders a group for some months and a thousand calls.
func (x *fixture) order(c *wiretest.Client, group string, months int) (p market.Purchase) {
	x.Helper()
	c.Do("POST", root+"purchases", wanted(group, 1000, months)).Want(201).Decode(&p)
	return p
}

func wanted(group string, calls, months int) map[string]any {
	return map[string]any{"group_id": group, "calls": calls, "period": months}
}

// at moves the clock.
func (x *fixture) at(t time.Time) { x.clock.Advance(t.Sub(x.clock.Now())) }
