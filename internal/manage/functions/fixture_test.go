package functions_test

import (
	"context"
	"encoding/base64"
	"fmt"
	"io/fs"
	"net"
	"slices"
	"testing"
	"testing/fstest"
	"time"

	"go.uber.org/goleak"

	"github.com/lintel-gateway/lintel/internal/clock"
	"github.com/lintel-gateway/lintel/internal/entitlement"
	"github.com/lintel-gateway/lintel/internal/function"
	"github.com/lintel-gateway/lintel/internal/ids"
	"github.com/lintel-gateway/lintel/internal/manage/functions"
	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/store/storetest"
	"github.com/lintel-gateway/lintel/internal/wire/apig"
	"github.com/lintel-gateway/lintel/internal/wire/wiretest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// neighbours stands in for the areas whose tables this one reads.
var neighbours = fstest.MapFS{
	"0001_projects.sql":    {Data: []byte("-- +goose Up\nCREATE TABLE identity_projects (id TEXT PRIMARY KEY, domain_id TEXT NOT NULL, name TEXT NOT NULL);\n")},
	"0016_api_uses.sql":    {Data: []byte("-- +goose Up\nCREATE TABLE api_uses (api_id TEXT NOT NULL, env_id TEXT NOT NULL, kind TEXT NOT NULL, ref TEXT NOT NULL);\n")},
	"0110_authorizers.sql": {Data: []byte("-- +goose Up\nCREATE TABLE authorizers (id TEXT PRIMARY KEY, function TEXT NOT NULL, version TEXT NOT NULL);\n")},
}

const (
	collection = "/v2/p1/fgs/functions"
	prefix     = "urn:fss:region-1:p1:function:"
)

// fixture is an area on a world of two projects, p1 "One" and p2 "Two".
type fixture struct {
	*testing.T
	db                       *store.DB
	area                     *functions.Area
	clock                    *clock.Fake
	touch                    []string
	alice, bob, admin, carol *wiretest.Client // p1, p2, p0, reader of p1
}

func each(t *testing.T, f func(*fixture)) {
	t.Helper()
	storetest.Each(t, []fs.FS{functions.Schema(), entitlement.Schema(), neighbours}, func(t *testing.T, db *store.DB) {
		x := &fixture{T: t, db: db, clock: clock.NewFake(time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC))}
		runtime, err := function.New(t.Context(), function.Options{
			PerFunction: 1, Waiting: 1, Transport: function.NewTransport(new(net.Dialer).DialContext),
		})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := runtime.Close(context.Background()); err != nil {
				t.Error(err)
			}
		})
		x.area = functions.New(functions.Deps{DB: db, IDs: ids.Random(), Clock: x.clock.Now, Region: "region-1", Runtime: runtime})
		x.exec(`INSERT INTO identity_projects VALUES ('p1', 'd1', 'One'), ('p2', 'd1', 'Two')`)
		db.OnCommit(func(_ context.Context, _ *store.Tx, touched []store.Touched) (func(), error) {
			x.touch = nil
			for _, t := range touched {
				x.touch = append(x.touch, t.Kind+"/"+t.ID)
			}
			return nil, nil
		})
		client := wiretest.Serve(t, apig.Dialect(x.area.Routes()))
		x.alice = client.As("project=p1;roles=member")
		x.carol = client.As("project=p1;roles=reader")
		x.bob = client.As("project=p2;roles=member")
		x.admin = client.As("project=p0;roles=admin")
		f(x)
	})
}

func (x *fixture) exec(statement string) {
	x.Helper()
	if err := x.db.Write(x.Context(), func(tx *store.Tx) error {
		_, err := tx.Exec(x.Context(), statement)
		return err
	}); err != nil {
		x.Fatal(fmt.Errorf("%s: %w", statement, err))
	}
}

func (x *fixture) count(table string) (n int) {
	x.Helper()
	if err := x.db.QueryRow(x.Context(), `SELECT COUNT(*) FROM `+table).Scan(&n); err != nil {
		x.Fatal(err)
	}
	return n
}

// touched fails unless the last write touched exactly these versions.
func (x *fixture) touched(urns ...string) {
	x.Helper()
	var want []string
	for _, urn := range urns {
		want = append(want, "function/"+urn)
	}
	if !slices.Equal(x.touch, want) {
		x.Errorf("touched %v, want %v", x.touch, want)
	}
	x.touch = nil
}

type object = map[string]any

// wasi is the body of a function with a module, http of one with a target.
func wasi(name string, module []byte, pairs ...any) object {
	return with(object{
		"func_name": name, "runtime": "wasi", "timeout": 2, "memory_size": 16, "handler": "index.handler",
		"code_type": "inline", "func_code": object{"file": base64.StdEncoding.EncodeToString(module)},
	}, pairs)
}

func http(name, target string, pairs ...any) object {
	return with(object{"func_name": name, "runtime": "HTTP", "timeout": 2, "memory_size": 128, "http_target": target}, pairs)
}

func with(body object, pairs []any) object {
	for i := 0; i < len(pairs); i += 2 {
		if body[pairs[i].(string)] = pairs[i+1]; pairs[i+1] == nil {
			delete(body, pairs[i].(string))
		}
	}
	return body
}
