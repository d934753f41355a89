package grants_test

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
	"github.com/lintel-gateway/lintel/internal/ids"
	"github.com/lintel-gateway/lintel/internal/manage/grants"
	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/store/storetest"
	"github.com/lintel-gateway/lintel/internal/wire/apig"
	"github.com/lintel-gateway/lintel/internal/wire/wiretest"
)

// neighbours stands in for the areas whose tables this one reads: the columns
// it uses, and no more.
var neighbours = fstest.MapFS{
	"0010_groups.sql": {Data: []byte("-- +goose Up\nCREATE TABLE groups (id TEXT PRIMARY KEY, project_id TEXT NOT NULL, name TEXT NOT NULL);\n")},
	"0011_envs.sql":   {Data: []byte("-- +goose Up\nCREATE TABLE envs (id TEXT PRIMARY KEY, project_id TEXT NOT NULL, name TEXT NOT NULL);\n")},
	"0012_apps.sql": {Data: []byte("-- +goose Up\nCREATE TABLE apps (id TEXT PRIMARY KEY, project_id TEXT NOT NULL, name TEXT NOT NULL, " +
		"remark TEXT NOT NULL, creator TEXT NOT NULL, app_type TEXT NOT NULL);\n")},
	"0013_apis.sql": {Data: []byte("-- +goose Up\nCREATE TABLE apis (id TEXT PRIMARY KEY, project_id TEXT NOT NULL, group_id TEXT NOT NULL, " +
		"name TEXT NOT NULL, type INTEGER NOT NULL, req_uri TEXT NOT NULL, auth_type TEXT NOT NULL, remark TEXT NOT NULL);\n" +
		"CREATE TABLE api_publications (publish_id TEXT NOT NULL, api_id TEXT NOT NULL, env_id TEXT NOT NULL, auth_type TEXT NOT NULL, publish_time BIGINT NOT NULL, project_id TEXT NOT NULL, PRIMARY KEY (api_id, env_id));\n")},
}

const (
	release    = "DEFAULT_ENVIRONMENT_RELEASE_ID"
	collection = "/v1.0/apigw/app-auths"
)

// fixture is an area on a small world of two projects:
//
//	p1: group g1, environment e1, app app1, APIs
//	    api1 (published in RELEASE and e1), api2 (RELEASE), api3 (unpublished), apinone (RELEASE, no APP authentication)
//	p2: group g2, environment e2, app app2, API foreign (RELEASE, e2)
type fixture struct {
	*testing.T
	db    *store.DB
	area  *grants.Area
	clock *clock.Fake
	touch []string
	alice *wiretest.Client // p1
	bob   *wiretest.Client // p2
	admin *wiretest.Client // p0
	carol *wiretest.Client // p3, which owns nothing
}

func each(t *testing.T, f func(*fixture)) {
	t.Helper()
	storetest.Each(t, []fs.FS{grants.Schema(), neighbours}, func(t *testing.T, db *store.DB) {
		x := &fixture{T: t, db: db, clock: clock.NewFake(time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC))}
		x.area = grants.New(grants.Deps{DB: db, IDs: ids.Random(), Clock: x.clock.Now})
		x.world()
		db.OnCommit(func(_ context.Context, _ *store.Tx, touched []store.Touched) (func(), error) {
			x.touch = nil
			for _, t := range touched {
				x.touch = append(x.touch, t.Kind+"/"+t.ID)
			}
			return nil, nil
		})
		client := wiretest.Serve(t, apig.Dialect(x.area.Routes()))
		x.alice = client.As("project=p1;roles=member")
		x.bob = client.As("project=p2;roles=member")
		x.carol = client.As("project=p3;roles=member")
		x.admin = client.As("project=p0;roles=admin")
		f(x)
	})
}

func (x *fixture) world() {
	x.Helper()
	x.exec(
		`INSERT INTO groups VALUES ('g1', 'p1', 'Group_one'), ('g2', 'p2', 'Group_two')`,
		`INSERT INTO envs VALUES ('e1', 'p1', 'TEST'), ('e2', 'p2', 'DEV')`,
		`INSERT INTO apps VALUES
			('app1', 'p1', 'App_one', 'remark one', 'USER', 'apig'),
			('app2', 'p2', 'App_two', 'remark two', 'MARKET', 'apig')`,
		`INSERT INTO apis VALUES
			('api1', 'p1', 'g1', 'Name_api1', 1, '/api1', 'APP', 'about api1'),
			('api2', 'p1', 'g1', 'Name_api2', 2, '/api2', 'APP', 'about api2'),
			('api3', 'p1', 'g1', 'Name_api3', 1, '/api3', 'APP', 'about api3'),
			('apinone', 'p1', 'g1', 'Name_none', 1, '/none', 'NONE', ''),
			('foreign', 'p2', 'g2', 'Name_foreign', 1, '/foreign', 'APP', '')`,
		strings.ReplaceAll(`INSERT INTO api_publications VALUES
			('pub-api1', 'api1', 'RELEASE', 'APP', 1, 'p1'), ('pub-api1-e1', 'api1', 'e1', 'APP', 2, 'p1'), ('pub-api2', 'api2', 'RELEASE', 'APP', 3, 'p1'),
			('pub-none', 'apinone', 'RELEASE', 'NONE', 4, 'p1'), ('pub-foreign', 'foreign', 'RELEASE', 'APP', 5, 'p2'), ('pub-foreign-e2', 'foreign', 'e2', 'APP', 6, 'p2')`,
			"RELEASE", release),
	)
}

func (x *fixture) exec(statements ...string) {
	x.Helper()
	if err := x.db.Write(x.Context(), func(tx *store.Tx) error {
		for _, s := range statements {
			if _, err := tx.Exec(x.Context(), s); err != nil {
				return fmt.Errorf("%s: %w", s, err)
			}
		}
		return nil
	}); err != nil {
		x.Fatal(err)
	}
}

func (x *fixture) rows() (n int) {
	x.Helper()
	if err := x.db.QueryRow(x.Context(), `SELECT COUNT(*) FROM grants`).Scan(&n); err != nil {
		x.Fatal(err)
	}
	return n
}

// touched fails unless the last write touched exactly these grants.
func (x *fixture) touched(ids ...string) {
	x.Helper()
	var want []string
	for _, id := range ids {
		want = append(want, "grant/"+id)
	}
	if !slices.Equal(x.touch, want) {
		x.Errorf("touched %v, want %v", x.touch, want)
	}
	x.touch = nil
}

// grant lets an app call APIs and answers the ids of the grants.
func (x *fixture) grant(c *wiretest.Client, env, app string, apis ...string) []string {
	x.Helper()
	var out [][]grants.Result
	c.Do("POST", collection, grants.Input{APIIDs: apis, AppIDs: []string{app}, EnvID: env}).Want(201).Decode(&out)
	var ids []string
	for _, g := range out[0] {
		ids = append(ids, g.ID)
	}
	x.clock.Advance(time.Second)
	return ids
}
