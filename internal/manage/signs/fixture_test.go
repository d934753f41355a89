package signs_test

import (
	"context"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/lintel-gateway/lintel/internal/binding"
	"github.com/lintel-gateway/lintel/internal/clock"
	"github.com/lintel-gateway/lintel/internal/entitlement"
	"github.com/lintel-gateway/lintel/internal/ids"
	"github.com/lintel-gateway/lintel/internal/manage/signs"
	"github.com/lintel-gateway/lintel/internal/quota"
	"github.com/lintel-gateway/lintel/internal/secret"
	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/store/storetest"
	"github.com/lintel-gateway/lintel/internal/wire/apig"
	"github.com/lintel-gateway/lintel/internal/wire/wiretest"
)

// neighbours stands in for the areas whose tables this one and package binding
// read: the columns they use, and no more.
var neighbours = fstest.MapFS{
	"0010_groups.sql": {Data: []byte("-- +goose Up\nCREATE TABLE groups (id TEXT PRIMARY KEY, name TEXT NOT NULL);\n")},
	"0011_envs.sql":   {Data: []byte("-- +goose Up\nCREATE TABLE envs (id TEXT PRIMARY KEY, name TEXT NOT NULL);\n")},
	"0013_apis.sql": {Data: []byte("-- +goose Up\nCREATE TABLE apis (id TEXT PRIMARY KEY, project_id TEXT NOT NULL, group_id TEXT NOT NULL, " +
		"name TEXT NOT NULL, type INTEGER NOT NULL, req_uri TEXT NOT NULL, auth_type TEXT NOT NULL, remark TEXT NOT NULL);\n" +
		"CREATE TABLE api_publications (publish_id TEXT NOT NULL, api_id TEXT NOT NULL, env_id TEXT NOT NULL, auth_type TEXT NOT NULL, publish_time BIGINT NOT NULL, project_id TEXT NOT NULL, PRIMARY KEY (api_id, env_id));\n")},
}

const (
	release  = "DEFAULT_ENVIRONMENT_RELEASE_ID"
	keys     = "/v1.0/apigw/signs"
	bindings = "/v1.0/apigw/sign-bindings"
	limit    = 4 // the quota of keys
)

// fixture is an area on a small world of two projects:
//
//	p1: APIs api1 (published as pub1 in RELEASE and pub1e in e1) and api2 (pub2 in RELEASE), api3 (unpublished)
//	p2: API foreign (pubf in RELEASE)
type fixture struct {
	*testing.T
	db     *store.DB
	area   *signs.Area
	sealer *secret.Sealer
	clock  *clock.Fake
	touch  []string
	client *wiretest.Client
	alice  *wiretest.Client // p1
	bob    *wiretest.Client // p2
	reader *wiretest.Client // p1
	admin  *wiretest.Client // p0
}

func each(t *testing.T, f func(*fixture)) {
	t.Helper()
	schemas := []fs.FS{signs.Schema(), binding.Schema(), entitlement.Schema(), neighbours}
	storetest.Each(t, schemas, func(t *testing.T, db *store.DB) {
		sealer, err := secret.NewSealer(slices.Repeat([]byte{7}, secret.KeySize))
		if err != nil {
			t.Fatal(err)
		}
		limits, err := quota.Default().With(map[quota.Item]int{quota.SignatureKeys: limit})
		if err != nil {
			t.Fatal(err)
		}
		x := &fixture{T: t, db: db, sealer: sealer, clock: clock.NewFake(time.Date(2026, 1, 2, 3, 4, 5, 123456789, time.UTC))}
		x.area = signs.New(signs.Deps{DB: db, IDs: ids.Random(), Clock: x.clock.Now, Quotas: entitlement.New(limits), Sealer: sealer})
		x.world()
		db.OnCommit(func(_ context.Context, _ *store.Tx, touched []store.Touched) (func(), error) {
			x.touch = nil
			for _, t := range touched {
				x.touch = append(x.touch, t.Kind+"/"+t.ID)
			}
			return nil, nil
		})
		x.client = wiretest.Serve(t, apig.Dialect(x.area.Routes()))
		x.alice = x.client.As("project=p1;roles=member")
		x.reader = x.client.As("project=p1;roles=reader")
		x.bob = x.client.As("project=p2;roles=member")
		x.admin = x.client.As("project=p0;roles=admin")
		f(x)
	})
}

func (x *fixture) world() {
	x.Helper()
	x.exec(
		`INSERT INTO groups VALUES ('g1', 'Group_one'), ('g2', 'Group_two')`,
		`INSERT INTO envs VALUES ('e1', 'TEST')`,
		`INSERT INTO apis VALUES
			('api1', 'p1', 'g1', 'Name_api1', 1, '/api1', 'APP', 'about api1'),
			('api2', 'p1', 'g1', 'Name_api2', 2, '/api2', 'NONE', 'about api2'),
			('api3', 'p1', 'g1', 'Name_api3', 1, '/api3', 'NONE', 'about api3'),
			('foreign', 'p2', 'g2', 'Name_foreign', 1, '/foreign', 'NONE', '')`,
		strings.ReplaceAll(`INSERT INTO api_publications VALUES
			('pub1', 'api1', 'RELEASE', 'APP', 1, 'p1'), ('pub1e', 'api1', 'e1', 'APP', 2, 'p1'),
			('pub2', 'api2', 'RELEASE', 'NONE', 3, 'p1'), ('pubf', 'foreign', 'RELEASE', 'NONE', 4, 'p2')`, "RELEASE", release),
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

// touched fails unless the last write touched exactly these, as "kind/id".
func (x *fixture) touched(want ...string) {
	x.Helper()
	got := slices.Sorted(slices.Values(x.touch))
	if !slices.Equal(got, slices.Sorted(slices.Values(want))) {
		x.Errorf("touched %v, want %v", got, want)
	}
	x.touch = nil
}

type object = map[string]any

// create makes a key and answers its id. Time goes on, so that lists have an
// order.
func (x *fixture) create(c *wiretest.Client, name string) string {
	x.Helper()
	id := c.Do("POST", keys, object{"name": name}).Want(201).Text("id")
	x.clock.Advance(time.Second)
	return id
}

// bind binds a key to publications and answers the ids of the bindings.
func (x *fixture) bind(c *wiretest.Client, key string, publications ...string) []string {
	x.Helper()
	var out []signs.Binding
	c.Do("POST", bindings, signs.BindInput{SignID: key, PublishIDs: publications}).Want(201).Decode(&out)
	x.clock.Advance(time.Second)
	ids := make([]string, len(out))
	for i := range out {
		ids[i] = out[i].ID
	}
	return ids
}

// fields fails for each text of an answer that is not as wanted.
func (x *fixture) fields(r *wiretest.Response, want map[string]string) {
	x.Helper()
	for path, text := range want {
		if got := r.Text(path); got != text {
			x.Errorf("%s: %s is %q, want %q", r.Call, path, got, text)
		}
	}
}
