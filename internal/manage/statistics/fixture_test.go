package statistics_test

import (
	"fmt"
	"io/fs"
	"testing"
	"testing/fstest"
	"time"

	"github.com/lintel-gateway/lintel/internal/clock"
	"github.com/lintel-gateway/lintel/internal/manage/statistics"
	calls "github.com/lintel-gateway/lintel/internal/statistics"
	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/store/storetest"
	"github.com/lintel-gateway/lintel/internal/wire/apig"
	"github.com/lintel-gateway/lintel/internal/wire/wiretest"
)

// neighbours stands in for the areas whose tables this one reads.
var neighbours = fstest.MapFS{
	"0010_groups.sql": {Data: []byte("-- +goose Up\nCREATE TABLE groups (id TEXT PRIMARY KEY, project_id TEXT NOT NULL);\n" +
		"CREATE TABLE apis (id TEXT PRIMARY KEY, project_id TEXT NOT NULL, group_id TEXT NOT NULL);\n")},
}

const (
	ofAPI   = "/v1.0/apigw/statistics/api/latest?api_id="
	ofGroup = "/v1.0/apigw/statistics/group/latest?group_id="
)

// noon is thirty seconds into a minute.
var noon = time.Date(2026, 1, 2, 12, 0, 30, 0, time.UTC)

// fixture is the area with two projects: p1 has the group g1 with the APIs api1
// and api2, p2 has g2 with foreign.
type fixture struct {
	*testing.T
	db    *store.DB
	area  *statistics.Area
	calls *calls.Collector
	clock *clock.Fake
	alice *wiretest.Client // p1
	bob   *wiretest.Client // p2
	admin *wiretest.Client
}

func each(t *testing.T, f func(*fixture)) {
	t.Helper()
	storetest.Each(t, []fs.FS{statistics.Schema(), neighbours}, func(t *testing.T, db *store.DB) {
		x := &fixture{T: t, db: db, clock: clock.NewFake(noon), calls: calls.NewCollector()}
		x.area = statistics.New(statistics.Deps{DB: db, Clock: x.clock.Now, Calls: x.calls})
		x.exec(`INSERT INTO groups VALUES ('g1', 'p1'), ('g2', 'p2')`)
		x.exec(`INSERT INTO apis VALUES ('api1', 'p1', 'g1'), ('api2', 'p1', 'g1'), ('foreign', 'p2', 'g2')`)
		client := wiretest.Serve(t, apig.Dialect(x.area.Routes()))
		x.alice = client.As("project=p1;roles=reader")
		x.bob = client.As("project=p2;roles=member")
		x.admin = client.As("project=p0;roles=admin")
		f(x)
	})
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

// call counts a call of an API of g1 that ends now.
func (x *fixture) call(api string, status int, latency, backend time.Duration) {
	x.calls.Add(0, x.clock.Now(), &calls.Call{
		APIID: api, GroupID: "g1", Status: status, Latency: latency, Asked: backend > 0, Backend: backend, In: 7, Out: 70,
	})
}

func (x *fixture) flush() {
	x.Helper()
	if err := x.area.Flush(x.Context()); err != nil {
		x.Fatal(err)
	}
}

func (x *fixture) ofAPI(id, duration string) (out statistics.APIs) {
	x.Helper()
	x.alice.Do("GET", ofAPI+id+"&duration="+duration, nil).Want(200).Decode(&out)
	return out
}

func (x *fixture) ofGroup(id string) (out statistics.Groups) {
	x.Helper()
	x.alice.Do("GET", ofGroup+id, nil).Want(200).Decode(&out)
	return out
}

func (x *fixture) rows(table string) (n int) {
	x.Helper()
	if err := x.db.QueryRow(x.Context(), `SELECT COUNT(*) FROM `+table).Scan(&n); err != nil {
		x.Fatal(err)
	}
	return n
}
