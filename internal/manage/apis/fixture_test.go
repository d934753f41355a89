package apis_test

import (
	"context"
	"io/fs"
	"log/slog"
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
	"github.com/lintel-gateway/lintel/internal/manage/authorizers"
	"github.com/lintel-gateway/lintel/internal/manage/channels"
	"github.com/lintel-gateway/lintel/internal/manage/domains"
	"github.com/lintel-gateway/lintel/internal/manage/envs"
	"github.com/lintel-gateway/lintel/internal/manage/functions"
	"github.com/lintel-gateway/lintel/internal/manage/grants"
	"github.com/lintel-gateway/lintel/internal/manage/groups"
	"github.com/lintel-gateway/lintel/internal/manage/market"
	"github.com/lintel-gateway/lintel/internal/manage/responses"
	"github.com/lintel-gateway/lintel/internal/publish"
	"github.com/lintel-gateway/lintel/internal/quota"
	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/wire"
	"github.com/lintel-gateway/lintel/internal/wire/apig"
	"github.com/lintel-gateway/lintel/internal/wire/wiretest"
)

const (
	member  = "project=p1;roles=member;user=u1"
	reader  = "project=p1;roles=reader;user=u2"
	foreign = "project=p2;roles=member;user=u3"
	admin   = "project=p9;roles=admin;user=u9"

	releaseEnv = "DEFAULT_ENVIRONMENT_RELEASE_ID"
)

// schemas are the areas whose tables the drafts and releases read.
func schemas() []fs.FS {
	return []fs.FS{groups.Schema(), envs.Schema(), apps.Schema(), apis.Schema(), grants.Schema(), market.Schema(), publish.Schema(),
		entitlement.Schema(), binding.Schema(), channels.Schema(), domains.Schema(), authorizers.Schema(), functions.Schema(), responses.Schema()}
}

// fixture serves the areas on one database, with publication joined as in app.
type fixture struct {
	*wiretest.Client
	t     *testing.T
	db    *store.DB
	clock *clock.Fake
	sent  []definition.Record // what gateways were given, in order
	// refuse, when set, is the dry build's answer.
	refuse func(definition.Record) error
}

func serve(t *testing.T, db *store.DB, limits quota.Limits) *fixture {
	t.Helper()
	f := &fixture{t: t, db: db, clock: clock.NewFake(time.Date(2026, 1, 2, 3, 4, 5, 678901234, time.UTC))}
	drafts := apis.New(apis.Deps{DB: db, IDs: ids.Random(), Clock: f.clock.Now, Quotas: entitlement.New(limits)})
	published := releases.New(releases.Deps{DB: db, IDs: ids.Random(), Clock: f.clock.Now, Domain: "apigw.test"})
	group := groups.New(groups.Deps{DB: db, IDs: ids.Random(), Clock: f.clock.Now, Quotas: entitlement.New(limits), Domain: "apigw.test"})
	env := envs.New(envs.Deps{DB: db, IDs: ids.Random(), Clock: f.clock.Now, Quotas: entitlement.New(limits)})
	grant := grants.New(grants.Deps{DB: db, IDs: ids.Random(), Clock: f.clock.Now})
	db.OnCommit(publish.New(publish.Options{
		Contributors: map[definition.Kind]publish.Contributor{
			definition.KindAPI: published.Contribute, definition.KindGroup: group.Contribute, definition.KindGrant: grant.Contribute,
			definition.KindBinding: binding.Contribute,
		},
		Check: func(records []definition.Record) error {
			if f.refuse != nil {
				return f.refuse(records[0])
			}
			return nil
		},
		Distribute: func(records []definition.Record) { f.sent = append(f.sent, records...) },
	}).Commit)
	var routes []wire.Route
	for _, list := range [][]wire.Route{drafts.Routes(), published.Routes(), group.Routes(), env.Routes()} {
		routes = append(routes, list...)
	}
	f.Client = wiretest.ServeWith(t, wire.Options{
		Dialects: []*wire.Dialect{apig.Dialect(routes)}, Log: slog.New(slog.NewTextHandler(t.Output(), nil)),
	}).As(member)
	return f
}

// group makes a group and answers its id.
func (f *fixture) group(name string) string {
	f.t.Helper()
	return f.Do("POST", "/v1.0/apigw/api-groups", map[string]any{"name": name}).Want(201).Text("id")
}

// mock is a valid MOCK document.
func mock(group, name, path string) map[string]any {
	return map[string]any{
		"group_id": group, "name": name, "type": 1, "req_method": "GET", "req_uri": path, "auth_type": "NONE",
		"backend_type": "MOCK", "mock_info": map[string]any{"result_content": "hi"},
	}
}

// web is a valid HTTP document whose address is an environment variable.
func web(group, name, path string) map[string]any {
	d := mock(group, name, path)
	delete(d, "mock_info")
	d["backend_type"] = "HTTP"
	d["backend_api"] = map[string]any{
		"url_domain": "#address#:8080", "req_protocol": "HTTP", "req_method": "GET", "req_uri": "/", "timeout": 1000,
	}
	return d
}

func (f *fixture) register(document map[string]any) string {
	f.t.Helper()
	return f.Do("POST", "/v1.0/apigw/apis", document).Want(201).Text("id")
}

func (f *fixture) publish(api, env string) string {
	f.t.Helper()
	return f.Do("POST", "/v1.0/apigw/apis/publish/"+api, map[string]any{"env_id": env}).Want(201).Text("version_id")
}

// rows counts the rows of a table.
func (f *fixture) rows(table string) int {
	f.t.Helper()
	var n int
	if err := f.db.QueryRow(context.Background(), "SELECT COUNT(*) FROM "+table).Scan(&n); err != nil {
		f.t.Fatal(err)
	}
	return n
}
