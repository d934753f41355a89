package openapi_test

import (
	"context"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/lintel-gateway/lintel/internal/binding"
	"github.com/lintel-gateway/lintel/internal/clock"
	"github.com/lintel-gateway/lintel/internal/entitlement"
	"github.com/lintel-gateway/lintel/internal/ids"
	"github.com/lintel-gateway/lintel/internal/manage/acls"
	"github.com/lintel-gateway/lintel/internal/manage/apis"
	"github.com/lintel-gateway/lintel/internal/manage/apis/openapi"
	"github.com/lintel-gateway/lintel/internal/manage/apis/openapi/document"
	"github.com/lintel-gateway/lintel/internal/manage/apis/openapi/extension"
	"github.com/lintel-gateway/lintel/internal/manage/apis/releases"
	"github.com/lintel-gateway/lintel/internal/manage/apps"
	"github.com/lintel-gateway/lintel/internal/manage/domains"
	"github.com/lintel-gateway/lintel/internal/manage/envs"
	"github.com/lintel-gateway/lintel/internal/manage/grants"
	"github.com/lintel-gateway/lintel/internal/manage/groups"
	"github.com/lintel-gateway/lintel/internal/manage/market"
	"github.com/lintel-gateway/lintel/internal/manage/throttles"
	"github.com/lintel-gateway/lintel/internal/publish"
	"github.com/lintel-gateway/lintel/internal/quota"
	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/store/storetest"
	"github.com/lintel-gateway/lintel/internal/wire"
	"github.com/lintel-gateway/lintel/internal/wire/apig"
	"github.com/lintel-gateway/lintel/internal/wire/wiretest"
)

const (
	member  = "project=p1;roles=member;user=u1"
	reader  = "project=p1;roles=reader;user=u2"
	foreign = "project=p2;roles=member;user=u3"
	admin   = "project=p9;roles=admin;user=u9"

	path       = "/v1.0/apigw/openapi"
	releaseEnv = "DEFAULT_ENVIRONMENT_RELEASE_ID"
	urn        = "urn:fss:region:p1:function:default:hello"
)

// neighbours stand in for the areas that an import only looks up: the columns
// that are read, and no more.
var neighbours = fstest.MapFS{
	"0080_responses.sql": {Data: []byte("-- +goose Up\nCREATE TABLE group_responses (id TEXT PRIMARY KEY, group_id TEXT NOT NULL, " +
		"project_id TEXT NOT NULL, name TEXT NOT NULL);\n")},
	"0090_channels.sql": {Data: []byte("-- +goose Up\nCREATE TABLE channels (id TEXT PRIMARY KEY, project_id TEXT NOT NULL, name TEXT NOT NULL);\n" +
		"INSERT INTO channels VALUES ('c1', 'p1', 'VPC_n9ct'), ('c2', 'p1', 'VPC_two'), ('c3', 'p2', 'VPC_foreign');\n")},
	"0110_authorizers.sql": {Data: []byte("-- +goose Up\nCREATE TABLE authorizers (id TEXT PRIMARY KEY, project_id TEXT NOT NULL, name TEXT NOT NULL, type TEXT NOT NULL);\n" +
		"INSERT INTO authorizers VALUES ('a1', 'p1', 'Front_door', 'FRONTEND'), ('a2', 'p1', 'Back_door', 'BACKEND');\n")},
	"0120_functions.sql": {Data: []byte("-- +goose Up\nCREATE TABLE functions (urn TEXT PRIMARY KEY, project_id TEXT NOT NULL, name TEXT NOT NULL);\n" +
		"INSERT INTO functions VALUES ('" + urn + "', 'p1', 'hello');\n")},
}

// house serves import and export with the areas that they write through, joined
// as in app.
type house struct {
	*wiretest.Client
	t       *testing.T
	db      *store.DB
	clock   *clock.Fake
	touched []string // of the last commit, kind/id
	commits int
	routes  []wire.Route
}

func each(t *testing.T, f func(h *house)) {
	t.Helper()
	eachWith(t, quota.Default(), f)
}

func eachWith(t *testing.T, limits quota.Limits, f func(h *house)) {
	t.Helper()
	schemas := []fs.FS{
		groups.Schema(), envs.Schema(), apps.Schema(), apis.Schema(), grants.Schema(), publish.Schema(), entitlement.Schema(),
		binding.Schema(), throttles.Schema(), acls.Schema(), domains.Schema(), market.Schema(), neighbours,
	}
	storetest.Each(t, schemas, func(t *testing.T, db *store.DB) { f(open(t, db, limits)) })
}

func open(t *testing.T, db *store.DB, limits quota.Limits) *house {
	t.Helper()
	h := &house{t: t, db: db, clock: clock.NewFake(time.Date(2019, 9, 12, 17, 38, 10, 0, time.UTC))}
	source, book := ids.Random(), entitlement.New(limits)
	drafts := apis.New(apis.Deps{DB: db, IDs: source, Clock: h.clock.Now, Quotas: book})
	group := groups.New(groups.Deps{DB: db, IDs: source, Clock: h.clock.Now, Quotas: book, Domain: "apigw.test"})
	throttle := throttles.New(throttles.Deps{DB: db, IDs: source, Clock: h.clock.Now, Quotas: book})
	acl := acls.New(acls.Deps{DB: db, IDs: source, Clock: h.clock.Now, Quotas: book})
	area := openapi.New(openapi.Deps{
		DB: db, IDs: source, Clock: h.clock.Now, Quotas: book, Domain: "apigw.test", APIs: drafts,
		Policies: openapi.Policies{
			Group: func(r *wire.Request, tx *store.Tx, name, remark string) (string, error) {
				g, err := group.Add(r, tx, groups.Input{Name: name, Remark: &remark})
				if err != nil {
					return "", err
				}
				return g.ID, nil
			},
			Throttle: func(r *wire.Request, tx *store.Tx, project string, p extension.ThrottlePolicy, overwrite bool) (string, error) {
				s := throttles.Spec{Name: p.Name, API: p.API, User: p.User, App: p.App, IP: p.IP, Interval: p.Interval, Unit: p.Unit, Shared: p.Shared}
				for _, special := range p.Specials {
					s.Specials = append(s.Specials, throttles.SpecialSpec(special))
				}
				return throttle.Put(r, tx, project, s, overwrite)
			},
			ACL: func(r *wire.Request, tx *store.Tx, project string, p extension.ACLPolicy, overwrite bool) (string, error) {
				return acl.Put(r, tx, project, acls.Spec(p), overwrite)
			},
			ShowThrottle: throttle.Contribute, ShowACL: acl.Contribute,
		},
	})
	db.OnCommit(func(_ context.Context, _ *store.Tx, touched []store.Touched) (func(), error) {
		h.commits++
		h.touched = nil
		for _, each := range touched {
			h.touched = append(h.touched, each.Kind+"/"+each.ID)
		}
		return nil, nil
	})
	h.routes = area.Routes()
	published := releases.New(releases.Deps{DB: db, IDs: source, Clock: h.clock.Now, Domain: "apigw.test"})
	env := envs.New(envs.Deps{DB: db, IDs: source, Clock: h.clock.Now, Quotas: book})
	routes := append([]wire.Route{}, h.routes...)
	for _, list := range [][]wire.Route{drafts.Routes(), published.Routes(), group.Routes(), env.Routes(), throttle.Routes(), acl.Routes()} {
		routes = append(routes, list...)
	}
	h.Client = wiretest.ServeWith(t, wire.Options{
		Dialects: []*wire.Dialect{apig.Dialect(routes)}, Log: slog.New(slog.NewTextHandler(t.Output(), nil)),
	}).As(member)
	return h
}

// group makes a group and answers its id.
func (h *house) group(name string) string {
	h.t.Helper()
	return h.Do("POST", "/v1.0/apigw/api-groups", map[string]any{"name": name}).Want(201).Text("id")
}

// result is the answer of an import.
func (h *house) imported(r *wiretest.Response) *openapi.Result {
	h.t.Helper()
	var res openapi.Result
	r.Want(200).Decode(&res)
	return &res
}

// whole fails unless everything was imported.
func (h *house) whole(r *wiretest.Response) *openapi.Result {
	h.t.Helper()
	res := h.imported(r)
	for _, f := range res.Failure {
		h.t.Errorf("failure: %+v", f)
	}
	return res
}

// publish publishes what was imported.
func (h *house) publish(res *openapi.Result) {
	h.t.Helper()
	for _, s := range res.Success {
		h.Do("POST", "/v1.0/apigw/apis/publish/"+s.ID, map[string]any{"env_id": releaseEnv}).Want(201)
	}
}

// export answers the document of a group as it is.
func (h *house) export(group, query string) string {
	h.t.Helper()
	return string(h.Do("GET", path+"?group_id="+group+query, nil).Want(200).Body)
}

func (h *house) count(table string) (n int) {
	h.t.Helper()
	if err := h.db.QueryRow(h.t.Context(), "SELECT COUNT(*) FROM "+table).Scan(&n); err != nil {
		h.t.Fatal(err)
	}
	return n
}

// nothing fails if anything is stored.
func (h *house) nothing() {
	h.t.Helper()
	for _, table := range []string{"groups", "apis", "throttles", "acls", "binding_wishes"} {
		if n := h.count(table); n != 0 {
			h.t.Errorf("%d rows in %s", n, table)
		}
	}
}

// parse reads a document of ours.
func parse(t *testing.T, text string) *document.Node {
	t.Helper()
	n, err := document.Parse([]byte(text))
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return n
}

// sibling is the text of a file of the folder shared beside the repository, or
// skips the test: it is not ours to distribute.
func sibling(t *testing.T, names ...string) string {
	t.Helper()
	file := filepath.Join(append([]string{"..", "..", "..", "..", "..", "shared"}, names...)...)
	b, err := os.ReadFile(file)
	if err != nil {
		t.Skipf("the shared folder has no %s here", strings.Join(names, "/"))
	}
	return string(b)
}
