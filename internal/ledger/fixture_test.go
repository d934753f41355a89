package ledger_test

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"go.uber.org/goleak"

	"github.com/lintel-gateway/lintel/internal/clock"
	"github.com/lintel-gateway/lintel/internal/entitlement"
	"github.com/lintel-gateway/lintel/internal/identity"
	"github.com/lintel-gateway/lintel/internal/ids"
	"github.com/lintel-gateway/lintel/internal/ledger"
	"github.com/lintel-gateway/lintel/internal/quota"
	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/store/storetest"
	"github.com/lintel-gateway/lintel/internal/wire/keystone"
	"github.com/lintel-gateway/lintel/internal/wire/wiretest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

type object = map[string]any

const (
	region  = "RegionOne"
	domains = "/v3/domain_quotas/"
	project = "/v3/project_quotas/"
	claims  = "/v3/quota_reservations"
)

// neighbours stand in for the areas of what the platform counts itself.
func neighbours() fs.FS {
	var b strings.Builder
	b.WriteString("-- +goose Up\n")
	for _, table := range strings.Fields("groups apis apps envs sign_keys throttles acls channels authorizers servers functions") {
		fmt.Fprintf(&b, "CREATE TABLE %s (id TEXT PRIMARY KEY, project_id TEXT NOT NULL);\n", table)
	}
	return fstest.MapFS{"0010_neighbours.sql": {Data: []byte(b.String())}}
}

// accounts: the department "east" with the projects e1 and e2, "west" with w1,
// and the default one with d1.
const accounts = `
INSERT INTO identity_domains (id, name, name_key, description, enabled, create_time) VALUES
	('default', 'Default', 'default', '', 1, 0), ('east', 'East', 'east', '', 1, 0), ('west', 'West', 'west', '', 1, 0);
INSERT INTO identity_projects (id, domain_id, parent_id, name, description, enabled, create_time) VALUES
	('d1', 'default', 'default', 'd1', '', 1, 0), ('e1', 'east', 'east', 'e1', '', 1, 0), ('e2', 'east', 'east', 'e2', '', 1, 0),
	('e3', 'east', 'east', 'e3', '', 0, 0), ('w1', 'west', 'west', 'w1', '', 1, 0)`

type fixture struct {
	*testing.T
	db      *store.DB
	area    *ledger.Area
	book    entitlement.Book
	clock   *clock.Fake
	limits  quota.Limits
	client  *wiretest.Client
	admin   *wiretest.Client
	manager *wiretest.Client // of east
	reader  *wiretest.Client // of east
	member  *wiretest.Client // of e1
	service *wiretest.Client
}

func schemas() []fs.FS {
	return append(slices.Clone(identity.Schemas()), entitlement.Schema(), ledger.Schema(), neighbours())
}

func each(t *testing.T, f func(x *fixture)) {
	t.Helper()
	storetest.Each(t, schemas(), func(t *testing.T, db *store.DB) { f(open(t, db)) })
}

func open(t testing.TB, db *store.DB) *fixture {
	t.Helper()
	limits, err := quota.Default().With(map[quota.Item]int{quota.Apps: 12})
	if err != nil {
		t.Fatal(err)
	}
	x := &fixture{db: db, limits: limits, clock: clock.NewFake(time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)), book: entitlement.New(limits).In(region)}
	x.T, _ = t.(*testing.T)
	for statement := range strings.SplitSeq(accounts, ";") {
		exec(t, db, statement)
	}
	x.area = x.node(t)
	x.client = wiretest.Serve(t, keystone.Dialect(x.area.Routes()))
	x.admin = x.client.As("user=root;project=d1;roles=admin")
	x.manager = x.client.As("user=m;scope_domain=east;roles=manager")
	x.reader = x.client.As("user=r;scope_domain=east;roles=reader")
	x.member = x.client.As("user=u;project=e1;roles=member")
	x.service = x.client.As("user=nova;project=d1;roles=service")
	return x
}

// node is the ledger of one more node on the same database.
func (x *fixture) node(t testing.TB) *ledger.Area {
	t.Helper()
	a := ledger.New(ledger.Deps{DB: x.db, IDs: ids.Random(), Clock: x.clock.Now, Book: x.book, Region: region})
	t.Cleanup(func() {
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	})
	return a
}

func exec(t testing.TB, db *store.DB, statement string, args ...any) {
	t.Helper()
	err := db.Write(t.Context(), func(tx *store.Tx) error {
		_, err := tx.Exec(t.Context(), statement, args...)
		return err
	})
	if err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}

// own puts rows of what the platform keeps into a project.
func (x *fixture) own(table, projectID string, ids ...string) {
	x.Helper()
	for _, id := range ids {
		exec(x, x.db, `INSERT INTO `+table+` (id, project_id) VALUES ($1, $2)`, id, projectID)
	}
}

func (x *fixture) domain(id string, pairs ...any) *wiretest.Response {
	x.Helper()
	return x.admin.Do("PATCH", domains+id, object{"domain": numbers(pairs...)})
}

func (x *fixture) project(id string, pairs ...any) *wiretest.Response {
	x.Helper()
	return x.admin.Do("PATCH", project+id, object{"project": numbers(pairs...)})
}

// numbers is an edit of the region.
func numbers(pairs ...any) object {
	o := object{"region": region}
	for i := 0; i+1 < len(pairs); i += 2 {
		o[pairs[i].(string)] = pairs[i+1]
	}
	return o
}

func order(requestID, projectID string, pairs ...any) object {
	items := numbers(pairs...)
	delete(items, "region")
	return object{"reservation": object{"request_id": requestID, "project_id": projectID, "region": region, "items": items}}
}

// figures are the numbers of an answer: sheet → item → number.
type figures map[string]map[string]float64

func (x *fixture) figures(r *wiretest.Response) figures {
	x.Helper()
	var body map[string]map[string]figures
	r.Want(200).Decode(&body)
	for _, regions := range body {
		return regions[region]
	}
	return nil
}

// balanced fails unless every account holds what the live reservations add up
// to, and nobody more than its quota.
func (x *fixture) balanced(t testing.TB) {
	t.Helper()
	// Whoever has the writer sees no half of a batch.
	err := x.db.Write(t.Context(), func(tx *store.Tx) error { x.compare(t, tx); return nil })
	if err != nil {
		t.Fatal(err)
	}
}

func (x *fixture) compare(t testing.TB, q store.Querier) {
	t.Helper()
	ctx := t.Context()
	want := map[string]int64{}
	_, err := store.List(ctx, q, func(row store.Scanner) (none struct{}, err error) {
		var projectID, domainID, state string
		var items []byte
		if err := row.Scan(&projectID, &domainID, &state, &items); err != nil {
			return none, err
		}
		for item, n := range decode(t, items) {
			want["project "+projectID+" "+item+" "+state] += n
			want["cloud  "+item+" "+state] += n
			if domainID != "default" {
				want["domain "+domainID+" "+item+" "+state] += n
			}
		}
		return none, nil
	}, `SELECT r.project_id, p.domain_id, r.state, r.document FROM quota_reservations r JOIN identity_projects p ON p.id = r.project_id
		WHERE r.state IN ('reserved', 'committed')`)
	if err != nil {
		t.Fatal(err)
	}
	_, err = store.List(ctx, q, func(row store.Scanner) (none struct{}, err error) {
		var level, owner, item string
		var most, used, reserved int64
		err = row.Scan(&level, &owner, &item, &most, &used, &reserved)
		at := level + " " + owner + " " + item
		if used != want[at+" committed"] || reserved != want[at+" reserved"] || used < 0 || reserved < 0 {
			t.Errorf("%s: used %d, reserved %d; the reservations add up to %d and %d", at, used, reserved, want[at+" committed"], want[at+" reserved"])
		}
		if most >= 0 && used+reserved > most {
			t.Errorf("%s: %d of %d are taken", at, used+reserved, most)
		}
		delete(want, at+" committed")
		delete(want, at+" reserved")
		return none, err
	}, `SELECT level, owner_id, item, quota, used, reserved FROM quota_accounts`)
	if err != nil {
		t.Fatal(err)
	}
	for at, n := range want {
		if n != 0 {
			t.Errorf("%s: %d are reserved, and there is no account", at, n)
		}
	}
	var wrong int
	if err := q.QueryRow(ctx, `
		SELECT COUNT(*) FROM (
			SELECT second FROM (
				SELECT second, open FROM quota_expiries
				UNION ALL SELECT expire_time / 1000000, -1 FROM quota_reservations WHERE state = 'reserved') AS counted
			GROUP BY second HAVING SUM(open) <> 0) AS differing`).Scan(&wrong); err != nil || wrong > 0 {
		t.Errorf("in %d seconds the number of open reservations that expire is wrong; %v", wrong, err)
	}
}
