package responses_test

import (
	"context"
	"io/fs"
	"reflect"
	"testing"
	"testing/fstest"
	"time"

	"go.uber.org/goleak"

	"github.com/lintel-gateway/lintel/internal/clock"
	"github.com/lintel-gateway/lintel/internal/entitlement"
	"github.com/lintel-gateway/lintel/internal/ids"
	"github.com/lintel-gateway/lintel/internal/manage/responses"
	"github.com/lintel-gateway/lintel/internal/quota"
	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/store/storetest"
	"github.com/lintel-gateway/lintel/internal/wire/apig"
	"github.com/lintel-gateway/lintel/internal/wire/wiretest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// neighbours are the columns that this area uses of other areas' tables, with
// two groups of alice's project p1 and one of bob's p2, made in 2023.
var neighbours = fstest.MapFS{"0010_groups.sql": {Data: []byte(`-- +goose Up
CREATE TABLE groups (id TEXT PRIMARY KEY, project_id TEXT NOT NULL, register_time BIGINT NOT NULL);
INSERT INTO groups (id, project_id, register_time) VALUES
	('g1', 'p1', 1700000000000000), ('g2', 'p1', 1700000000000000), ('g3', 'p2', 1700000000000000);
CREATE TABLE api_uses (api_id TEXT NOT NULL, env_id TEXT NOT NULL, kind TEXT NOT NULL, ref TEXT NOT NULL);
`)}}

// fixture is the area on one engine.
type fixture struct {
	t                                *testing.T
	db                               *store.DB
	area                             *responses.Area
	clock                            *clock.Fake
	touched                          []store.Touched
	alice, bob, reader, root, nobody *wiretest.Client
}

func each(t *testing.T, f func(x *fixture)) {
	t.Helper()
	storetest.Each(t, []fs.FS{neighbours, responses.Schema(), entitlement.Schema()}, func(t *testing.T, db *store.DB) {
		x := &fixture{t: t, db: db, clock: clock.NewFake(time.Date(2026, 1, 2, 3, 4, 5, 678901234, time.UTC))}
		db.OnCommit(func(_ context.Context, _ *store.Tx, touched []store.Touched) (func(), error) {
			return func() { x.touched = append(x.touched, touched...) }, nil
		})
		limits, err := quota.Default().With(map[quota.Item]int{quota.Responses: 2})
		if err != nil {
			t.Fatal(err)
		}
		x.area = responses.New(responses.Deps{DB: db, IDs: ids.Random(), Clock: x.clock.Now, Quotas: entitlement.New(limits)})
		x.nobody = wiretest.Serve(t, apig.Dialect(x.area.Routes()))
		x.alice = x.nobody.As("project=p1;roles=member")
		x.bob = x.nobody.As("project=p2;roles=member")
		x.reader = x.nobody.As("project=p1;roles=reader")
		x.root = x.nobody.As("project=p0;roles=admin")
		f(x)
	})
}

const instance = "eddc4d25480b4cd6b512f270a1b8b341"

// at is the collection of a group.
func at(group string) string { return "/v1.0/apigw/api-groups/" + group + "/gateway-responses" }

// v2 is the same at the path of v2.
func v2(project, group string) string {
	return "/v2/" + project + "/apigw/instances/" + instance + "/api-groups/" + group + "/gateway-responses"
}

func (x *fixture) create(c *wiretest.Client, group, name string) string {
	x.t.Helper()
	return c.Do("POST", at(group), map[string]any{"name": name}).Want(201).Text("id")
}

// standard is the id of the default response of a group.
func (x *fixture) standard(c *wiretest.Client, group string) string {
	x.t.Helper()
	return c.Do("GET", at(group), nil).Want(200).Text("responses.0.id")
}

func (x *fixture) exec(query string, args ...any) {
	x.t.Helper()
	err := x.db.Write(x.t.Context(), func(tx *store.Tx) error {
		_, err := tx.Exec(x.t.Context(), query, args...)
		return err
	})
	if err != nil {
		x.t.Fatal(err)
	}
}

func (x *fixture) count(query string, args ...any) (n int) {
	x.t.Helper()
	if err := x.db.QueryRow(x.t.Context(), query, args...).Scan(&n); err != nil {
		x.t.Fatal(err)
	}
	return n
}

// touches fails unless exactly these responses were touched since it was last
// asked.
func (x *fixture) touches(ids ...string) {
	x.t.Helper()
	var want []store.Touched
	for _, id := range ids {
		want = append(want, store.Touched{Kind: "response", ID: id})
	}
	if len(x.touched)+len(want) > 0 && !reflect.DeepEqual(x.touched, want) {
		x.t.Errorf("touched %v, want %v", x.touched, want)
	}
	x.touched = nil
}
