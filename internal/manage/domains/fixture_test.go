package domains_test

import (
	"context"
	"fmt"
	"io/fs"
	"net"
	"reflect"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"go.uber.org/goleak"

	"github.com/lintel-gateway/lintel/internal/clock"
	"github.com/lintel-gateway/lintel/internal/entitlement"
	"github.com/lintel-gateway/lintel/internal/ids"
	"github.com/lintel-gateway/lintel/internal/manage/domains"
	"github.com/lintel-gateway/lintel/internal/quota"
	"github.com/lintel-gateway/lintel/internal/secret"
	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/store/storetest"
	"github.com/lintel-gateway/lintel/internal/wire/apig"
	"github.com/lintel-gateway/lintel/internal/wire/wiretest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// now is the moment at which the fixture begins.
var now = time.Date(2026, 1, 2, 3, 4, 5, 678901000, time.UTC)

// neighbours are the columns that this area uses of other areas' tables, with
// two groups of alice's project p1 and one of bob's p2.
var neighbours = fstest.MapFS{"0010_groups.sql": {Data: []byte(`-- +goose Up
CREATE TABLE groups (id TEXT PRIMARY KEY, project_id TEXT NOT NULL, sl_domain TEXT NOT NULL);
INSERT INTO groups (id, project_id, sl_domain) VALUES ('g1', 'p1', 'one'), ('g2', 'p1', 'two'), ('g3', 'p2', 'three');
`)}}

// zone is what DNS says: a name, or an error. What it lacks does not exist.
type zone struct {
	mu      sync.Mutex
	cnames  map[string]string
	faults  map[string]error
	asked   []string
	blocked bool // asking lasts until the context ends
}

func (z *zone) lookup(ctx context.Context, host string) (string, error) {
	z.mu.Lock()
	z.asked = append(z.asked, host)
	cname, fault, blocked := z.cnames[host], z.faults[host], z.blocked
	z.mu.Unlock()
	switch {
	case blocked:
		<-ctx.Done()
		return "", &net.DNSError{Err: ctx.Err().Error(), Name: host, IsTimeout: true}
	case fault != nil:
		return "", fault
	case cname == "":
		return "", &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
	}
	return cname, nil
}

// fixture is the area on one engine.
type fixture struct {
	t                        *testing.T
	db                       *store.DB
	area                     *domains.Area
	clock                    *clock.Fake
	dns                      *zone
	sealer                   *secret.Sealer
	touched                  []store.Touched
	alice, bob, reader, root *wiretest.Client
	nobody                   *wiretest.Client
}

func each(t *testing.T, f func(x *fixture)) {
	t.Helper()
	schemas := []fs.FS{neighbours, domains.Schema(), entitlement.Schema()}
	storetest.Each(t, schemas, func(t *testing.T, db *store.DB) {
		x := &fixture{t: t, db: db, clock: clock.NewFake(now), dns: &zone{cnames: map[string]string{}, faults: map[string]error{}}}
		db.OnCommit(func(_ context.Context, _ *store.Tx, touched []store.Touched) (func(), error) {
			return func() { x.touched = append(x.touched, touched...) }, nil
		})
		limits, err := quota.Default().With(map[quota.Item]int{quota.Domains: 3})
		if err != nil {
			t.Fatal(err)
		}
		if x.sealer, err = secret.NewSealer(make([]byte, secret.KeySize)); err != nil {
			t.Fatal(err)
		}
		x.area = domains.New(domains.Deps{
			DB: db, IDs: ids.Random(), Clock: x.clock.Now, Quotas: entitlement.New(limits), Sealer: x.sealer,
			Domain: "gw.example.com", Lookup: x.dns.lookup,
		})
		x.nobody = wiretest.Serve(t, apig.Dialect(x.area.Routes()))
		x.alice = x.nobody.As("project=p1;roles=member")
		x.bob = x.nobody.As("project=p2;roles=member")
		x.reader = x.nobody.As("project=p1;roles=reader")
		x.root = x.nobody.As("project=p0;roles=admin")
		f(x)
	})
}

// at is the collection of a group.
func at(group string) string { return "/v1.0/apigw/api-groups/" + group + "/domains" }

func body(domain string) any { return map[string]any{"url_domain": domain} }

// bind binds a domain and answers its id.
func (x *fixture) bind(c *wiretest.Client, group, domain string) string {
	x.t.Helper()
	return c.Do("POST", at(group), body(domain)).Want(201).Text("id")
}

func (x *fixture) count(query string, args ...any) (n int) {
	x.t.Helper()
	if err := x.db.QueryRow(x.t.Context(), query, args...).Scan(&n); err != nil {
		x.t.Fatal(err)
	}
	return n
}

// touches fails unless exactly this was touched since it was last asked.
func (x *fixture) touches(want ...store.Touched) {
	x.t.Helper()
	if len(x.touched)+len(want) > 0 && !reflect.DeepEqual(x.touched, want) {
		x.t.Errorf("touched %v, want %v", x.touched, want)
	}
	x.touched = nil
}

func mark(kind, id string) store.Touched { return store.Touched{Kind: kind, ID: id} }

func (x *fixture) status(id string) (status int) {
	x.t.Helper()
	return x.count(`SELECT cname_status FROM domains WHERE id = $1`, id)
}

func numbered(format string, n int) []string {
	list := make([]string, n)
	for i := range list {
		list[i] = fmt.Sprintf(format, i)
	}
	return list
}
