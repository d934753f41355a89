package throttles_test

import (
	"context"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lintel-gateway/lintel/internal/binding"
	"github.com/lintel-gateway/lintel/internal/clock"
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
	"github.com/lintel-gateway/lintel/internal/wire/apig"
	"github.com/lintel-gateway/lintel/internal/wire/wiretest"
)

const (
	release = "DEFAULT_ENVIRONMENT_RELEASE_ID"
	root    = "/v1.0/apigw/"
)

type object = map[string]any

// fixture is the area beside those whose tables it reads, and two projects:
//
//	p1: alice; group g1, environment e1, app app1
//	p2: bob;   group g2, app app2
type fixture struct {
	*testing.T
	db    *store.DB
	area  *throttles.Area
	clock *clock.Fake
	touch []string // of the last write, throttles and bindings only
	alice *wiretest.Client
	bob   *wiretest.Client
	admin *wiretest.Client
}

func each(t *testing.T, f func(*fixture)) {
	t.Helper()
	schemas := []fs.FS{groups.Schema(), envs.Schema(), apps.Schema(), apis.Schema(), grants.Schema(), market.Schema(),
		entitlement.Schema(), binding.Schema(), throttles.Schema()}
	limits, err := quota.Default().With(map[quota.Item]int{quota.Throttles: 4, quota.SpecialApps: 2, quota.SpecialTenants: 3})
	if err != nil {
		t.Fatal(err)
	}
	storetest.Each(t, schemas, func(t *testing.T, db *store.DB) {
		x := &fixture{T: t, db: db, clock: clock.NewFake(time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC))}
		quotas := entitlement.New(limits)
		x.area = throttles.New(throttles.Deps{DB: db, IDs: ids.Random(), Clock: x.clock.Now, Quotas: quotas})
		drafts := apis.New(apis.Deps{DB: db, IDs: ids.Random(), Clock: x.clock.Now, Quotas: quotas})
		published := releases.New(releases.Deps{DB: db, IDs: ids.Random(), Clock: x.clock.Now, Domain: "apigw.test"})
		x.world()
		db.OnCommit(func(_ context.Context, _ *store.Tx, touched []store.Touched) (func(), error) {
			x.touch = nil
			for _, t := range touched {
				if t.Kind == "throttle" || t.Kind == "binding" {
					x.touch = append(x.touch, t.Kind+"/"+t.ID)
				}
			}
			return nil, nil
		})
		client := wiretest.Serve(t, apig.Dialect(slices.Concat(x.area.Routes(), drafts.Routes(), published.Routes())))
		x.alice = client.As("project=p1;project_name=Project_one;domain=d1;domain_name=Account_one;roles=member")
		x.bob = client.As("project=p2;project_name=Project_two;domain=d1;domain_name=Account_one;roles=member")
		x.admin = client.As("project=p0;roles=admin")
		f(x)
	})
}

func (x *fixture) world() {
	x.Helper()
	x.exec(
		`INSERT INTO groups (id, project_id, name, remark, status, sl_domain, on_sell_status, is_default, register_time, update_time)
			VALUES ('g1', 'p1', 'Group_one', '', 1, 's1', 2, 2, 1, 1), ('g2', 'p2', 'Group_two', '', 1, 's2', 2, 2, 1, 1)`,
		`INSERT INTO envs (id, project_id, name, remark, create_time) VALUES ('e1', 'p1', 'TEST', '', 1)`,
		`INSERT INTO apps (id, project_id, name, remark, status, app_key, app_secret, creator, app_type, register_time, update_time) VALUES
			('app1', 'p1', 'App_one', '', 1, 'k1', '', 'USER', 'apig', 1, 1), ('app2', 'p2', 'App_two', '', 1, 'k2', '', 'USER', 'apig', 1, 1),
			('app3', 'p2', 'Third', '', 1, 'k3', '', 'USER', 'apig', 1, 1)`,
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

// touched fails unless the last write touched exactly these, and forgets it.
func (x *fixture) touched(want ...string) {
	x.Helper()
	if !slices.Equal(x.touch, want) {
		x.Errorf("touched %v, want %v", x.touch, want)
	}
	x.touch = nil
}

// untouched runs refusals and fails if one of them touched something.
func (x *fixture) untouched(refusals func()) {
	x.Helper()
	x.touch = nil
	refusals()
	x.touched()
}

// good is a body with which creating succeeds, changed by pairs of names and
// values; nil takes a name out.
func good(pairs ...any) object {
	body := object{"name": "Limit", "api_call_limits": 100, "time_interval": 1, "time_unit": "SECOND"}
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] == nil {
			delete(body, pairs[i].(string))
		} else {
			body[pairs[i].(string)] = pairs[i+1]
		}
	}
	return body
}

// policy makes a policy and answers its id; a second passes.
func (x *fixture) policy(c *wiretest.Client, pairs ...any) string {
	x.Helper()
	id := c.Do("POST", root+"throttles", good(pairs...)).Want(201).Text("id")
	x.clock.Advance(time.Second)
	return id
}

// special makes a special limit of 10 and answers its id.
func (x *fixture) special(c *wiretest.Client, policy, kind, instance string) string {
	x.Helper()
	id := c.Do("POST", root+"throttle-specials", object{
		"strategy_id": policy, "instance_type": kind, "instance_id": instance, "call_limits": 10,
	}).Want(201).Text("id")
	x.clock.Advance(time.Second)
	return id
}

// api makes an API and answers its id.
func (x *fixture) api(c *wiretest.Client, group, name string) string {
	x.Helper()
	return c.Do("POST", root+"apis", object{
		"group_id": group, "name": name, "type": 1, "req_method": "GET", "req_uri": "/" + name, "auth_type": "APP",
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

// bind answers the ids of the bindings; a second passes.
func (x *fixture) bind(c *wiretest.Client, policy string, publications ...string) []string {
	x.Helper()
	var out throttles.Bindings
	c.Do("POST", root+"throttle-bindings", object{"strategy_id": policy, "publish_ids": publications}).Want(201).Decode(&out)
	x.clock.Advance(time.Second)
	list := make([]string, len(out.Bindings))
	for i, b := range out.Bindings {
		list[i] = b.ID
	}
	return list
}

// has checks the texts at paths of an answer.
func (x *fixture) has(r *wiretest.Response, want map[string]string) {
	x.Helper()
	for path, text := range want {
		if got := r.Text(path); got != text {
			x.Errorf("%s: %s is %q, want %q", r.Call, path, got, text)
		}
	}
}

// listed is one field of every entry of a list, whose size must be right.
func (x *fixture) listed(r *wiretest.Response, list, field string) string {
	x.Helper()
	entries, ok := r.Want(200).Get(list).([]any)
	if !ok || r.Text("size") != fmt.Sprint(len(entries)) {
		x.Errorf("%s: %s", r.Call, r.Body)
	}
	out := make([]string, len(entries))
	for i, e := range entries {
		out[i] = fmt.Sprint(e.(object)[field])
	}
	return strings.Join(out, " ")
}

func (x *fixture) count(query string, args ...any) (n int) {
	x.Helper()
	if err := x.db.QueryRow(x.Context(), query, args...).Scan(&n); err != nil {
		x.Fatal(err)
	}
	return n
}
