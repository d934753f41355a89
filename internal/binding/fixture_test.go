package binding_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lintel-gateway/lintel/internal/binding"
	"github.com/lintel-gateway/lintel/internal/clock"
	"github.com/lintel-gateway/lintel/internal/definition"
	"github.com/lintel-gateway/lintel/internal/entitlement"
	"github.com/lintel-gateway/lintel/internal/ids"
	"github.com/lintel-gateway/lintel/internal/manage/apis"
	"github.com/lintel-gateway/lintel/internal/manage/apis/releases"
	"github.com/lintel-gateway/lintel/internal/manage/apps"
	"github.com/lintel-gateway/lintel/internal/manage/envs"
	"github.com/lintel-gateway/lintel/internal/manage/grants"
	"github.com/lintel-gateway/lintel/internal/manage/groups"
	"github.com/lintel-gateway/lintel/internal/manage/market"
	"github.com/lintel-gateway/lintel/internal/manage/throttles"
	"github.com/lintel-gateway/lintel/internal/quota"
	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/store/storetest"
	"github.com/lintel-gateway/lintel/internal/wire"
	"github.com/lintel-gateway/lintel/internal/wire/apig"
	"github.com/lintel-gateway/lintel/internal/wire/wiretest"
)

const (
	release = "DEFAULT_ENVIRONMENT_RELEASE_ID"
	root    = "/v1.0/apigw/"
)

type object = map[string]any

var (
	alice = wire.Actor{ProjectID: "p1", Roles: []string{"member"}}
	bob   = wire.Actor{ProjectID: "p2", Roles: []string{"member"}}
	admin = wire.Actor{ProjectID: "p0", Roles: []string{"admin"}}
)

// listed is a kind whose policies have slots, as access control policies do.
// Its policies are throttles: what the package needs of a kind is a word and a
// table with ids, names and projects.
func listed() binding.Kind { return binding.Kind{Policy: definition.BindACL, Table: "throttles"} }

// fixture is the package beside the areas that publish and delete what is
// bound, and two projects:
//
//	p1: group g1, environment e1, policies t1, t2, t3
//	p2: group g2, policy foreign
type fixture struct {
	*testing.T
	db    *store.DB
	clock *clock.Fake
	touch []string // bindings, of the last write
	p1    *wiretest.Client
	p2    *wiretest.Client
}

func schemas() []fs.FS {
	return []fs.FS{groups.Schema(), envs.Schema(), apps.Schema(), apis.Schema(), grants.Schema(), market.Schema(),
		entitlement.Schema(), binding.Schema(), throttles.Schema()}
}

func each(t *testing.T, f func(*fixture)) {
	t.Helper()
	storetest.Each(t, schemas(), func(t *testing.T, db *store.DB) {
		x := &fixture{T: t, db: db, clock: clock.NewFake(time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC))}
		quotas := entitlement.New(quota.Default())
		drafts := apis.New(apis.Deps{DB: db, IDs: ids.Random(), Clock: x.clock.Now, Quotas: quotas})
		published := releases.New(releases.Deps{DB: db, IDs: ids.Random(), Clock: x.clock.Now, Domain: "apigw.test"})
		env := envs.New(envs.Deps{DB: db, IDs: ids.Random(), Clock: x.clock.Now, Quotas: quotas})
		x.world()
		db.OnCommit(func(_ context.Context, _ *store.Tx, touched []store.Touched) (func(), error) {
			x.touch = nil
			for _, t := range touched {
				if t.Kind == string(definition.KindBinding) {
					x.touch = append(x.touch, t.ID)
				}
			}
			return nil, nil
		})
		client := wiretest.Serve(t, apig.Dialect(slices.Concat(drafts.Routes(), published.Routes(), env.Routes())))
		x.p1, x.p2 = client.As("project=p1;roles=member"), client.As("project=p2;roles=member")
		f(x)
	})
}

func (x *fixture) world() {
	x.Helper()
	throttle := func(id, project string) string {
		return fmt.Sprintf(`INSERT INTO throttles (id, project_id, name, api_limit, user_limit, app_limit, ip_limit, time_interval, time_unit, type, remark, create_time)
			VALUES ('%s', '%s', 'Name_%[1]s', 1, 0, 0, 0, 1, 'SECOND', 1, '', 1)`, id, project)
	}
	x.exec(
		`INSERT INTO groups (id, project_id, name, remark, status, sl_domain, on_sell_status, is_default, register_time, update_time)
			VALUES ('g1', 'p1', 'Group_one', '', 1, 's1', 2, 2, 1, 1), ('g2', 'p2', 'Group_two', '', 1, 's2', 2, 2, 1, 1)`,
		`INSERT INTO envs (id, project_id, name, remark, create_time) VALUES ('e1', 'p1', 'TEST', '', 1)`,
		throttle("t1", "p1"), throttle("t2", "p1"), throttle("t3", "p1"), throttle("foreign", "p2"),
	)
}

func (x *fixture) exec(statements ...string) {
	x.Helper()
	x.must(x.write(alice, func(_ *wire.Request, tx *store.Tx) error {
		for _, s := range statements {
			if _, err := tx.Exec(x.Context(), s); err != nil {
				return fmt.Errorf("%s: %w", s, err)
			}
		}
		return nil
	}))
}

func (x *fixture) must(err error) {
	x.Helper()
	if err != nil {
		x.Fatal(err)
	}
}

// write is a client's write as far as an area sees it.
func (x *fixture) write(as wire.Actor, f func(r *wire.Request, tx *store.Tx) error) error {
	x.touch = nil
	r := &wire.Request{HTTP: httptest.NewRequest("POST", "/", nil).WithContext(x.Context()), Actor: as}
	return x.db.Write(x.Context(), func(tx *store.Tx) error { return f(r, tx) })
}

func (x *fixture) binder(k binding.Kind) *binding.Binder {
	return &binding.Binder{Kind: k, IDs: ids.Random(), Clock: x.clock.Now}
}

// policy is one of p1's.
func policy(id string) binding.Policy { return binding.Policy{ID: id, ProjectID: "p1"} }

func (x *fixture) tryBind(as wire.Actor, k binding.Kind, p binding.Policy, publications ...string) (list []binding.API, err error) {
	err = x.write(as, func(r *wire.Request, tx *store.Tx) (err error) {
		list, err = x.binder(k).Bind(r, tx, p, publications)
		return err
	})
	return list, err
}

// bind binds a throttling policy of p1 and answers the bindings; a second passes.
func (x *fixture) bind(policyID string, publications ...string) []binding.API {
	x.Helper()
	list, err := x.tryBind(alice, binding.Throttles(), policy(policyID), publications...)
	x.must(err)
	x.clock.Advance(time.Second)
	return list
}

// unbind answers the code of the refusal, if any.
func (x *fixture) unbind(as wire.Actor, id string) string {
	x.Helper()
	return x.code(x.write(as, func(r *wire.Request, tx *store.Tx) error {
		return x.binder(binding.Throttles()).Unbind(r, tx, id, apig.E3012, apig.E1105)
	}))
}

// code is that of a refusal, "" without one; any other error ends the test.
func (x *fixture) code(err error) string {
	x.Helper()
	if err == nil {
		return ""
	}
	refusal, ok := errors.AsType[*wire.Error](err)
	if !ok {
		x.Fatal(err)
	}
	return refusal.Code
}

// touched fails unless the last write touched exactly these bindings.
func (x *fixture) touched(want ...string) {
	x.Helper()
	if !slices.Equal(x.touch, want) {
		x.Errorf("touched %v, want %v", x.touch, want)
	}
	x.touch = nil
}

func (x *fixture) api(c *wiretest.Client, group, name string) string {
	x.Helper()
	return c.Do("POST", root+"apis", object{
		"group_id": group, "name": name, "type": 1, "req_method": "GET", "req_uri": "/" + name, "auth_type": "NONE",
		"backend_type": "MOCK", "mock_info": object{"result_content": "hi"}, "remark": "about " + name,
	}).Want(201).Text("id")
}

// publish answers the id of the publication; a second passes.
func (x *fixture) publish(c *wiretest.Client, api, env string) string {
	x.Helper()
	id := c.Do("POST", root+"apis/publish/"+api, object{"env_id": env}).Want(201).Text("publish_id")
	x.clock.Advance(time.Second)
	return id
}

func (x *fixture) offline(api, env string) {
	x.Helper()
	x.p1.Do("DELETE", root+"apis/publish/"+api+"?env_id="+env, nil).Want(204)
}

// state is every binding as "policy/slot on API in environment is policy id",
// in order.
func (x *fixture) state() string {
	x.Helper()
	list, err := store.List(x.Context(), x.db, func(row store.Scanner) (string, error) {
		var policy, slot, api, env, id string
		err := row.Scan(&policy, &slot, &api, &env, &id)
		return fmt.Sprintf("%s/%s on %s in %s is %s", policy, slot, api, env, id), err
	}, `SELECT b.policy, b.slot, a.name, COALESCE(e.name, 'RELEASE'), b.policy_id FROM bindings b
		JOIN apis a ON a.id = b.api_id LEFT JOIN envs e ON e.id = b.env_id`)
	x.must(err)
	slices.Sort(list)
	return strings.Join(list, "\n")
}

func (x *fixture) holds(want ...string) {
	x.Helper()
	if got := x.state(); got != strings.Join(want, "\n") {
		x.Errorf("bound:\n%s\nwant:\n%s", got, strings.Join(want, "\n"))
	}
}

func (x *fixture) count(table string) (n int) {
	x.Helper()
	x.must(x.db.QueryRow(x.Context(), `SELECT COUNT(*) FROM `+table).Scan(&n))
	return n
}
