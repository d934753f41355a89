package authorizers_test

import (
	"context"
	"fmt"
	"io/fs"
	"slices"
	"testing"
	"testing/fstest"
	"time"

	"github.com/lintel-gateway/lintel/internal/clock"
	"github.com/lintel-gateway/lintel/internal/entitlement"
	"github.com/lintel-gateway/lintel/internal/ids"
	"github.com/lintel-gateway/lintel/internal/manage/authorizers"
	"github.com/lintel-gateway/lintel/internal/quota"
	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/store/storetest"
	"github.com/lintel-gateway/lintel/internal/wire/apig"
	"github.com/lintel-gateway/lintel/internal/wire/wiretest"
)

// neighbours stands in for the areas whose tables this one reads.
var neighbours = fstest.MapFS{
	"0016_api_uses.sql":  {Data: []byte("-- +goose Up\nCREATE TABLE api_uses (api_id TEXT NOT NULL, env_id TEXT NOT NULL, kind TEXT NOT NULL, ref TEXT NOT NULL);\n")},
	"0120_functions.sql": {Data: []byte("-- +goose Up\nCREATE TABLE functions (urn TEXT PRIMARY KEY, project_id TEXT NOT NULL);\nCREATE TABLE function_versions (urn TEXT NOT NULL, version TEXT NOT NULL);\n")},
}

const (
	collection = "/v1.0/apigw/authorizers"
	own        = "urn:fss:r:p1:function:default:own"
	foreign    = "urn:fss:r:p2:function:default:foreign"
)

// fixture is an area on a world of two projects with one function each; own has
// the version v1.
type fixture struct {
	*testing.T
	db                *store.DB
	area              *authorizers.Area
	clock             *clock.Fake
	touch             []string
	alice, bob, admin *wiretest.Client // p1, p2, p0
}

func each(t *testing.T, f func(*fixture)) {
	t.Helper()
	limits, err := quota.Default().With(map[quota.Item]int{quota.Authorizers: 4, quota.Identities: 2})
	if err != nil {
		t.Fatal(err)
	}
	storetest.Each(t, []fs.FS{authorizers.Schema(), entitlement.Schema(), neighbours}, func(t *testing.T, db *store.DB) {
		x := &fixture{T: t, db: db, clock: clock.NewFake(time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC))}
		x.area = authorizers.New(authorizers.Deps{DB: db, IDs: ids.Random(), Clock: x.clock.Now, Quotas: entitlement.New(limits)})
		x.exec(`INSERT INTO functions VALUES ('` + own + `', 'p1'), ('` + foreign + `', 'p2')`)
		x.exec(`INSERT INTO function_versions VALUES ('` + own + `', 'latest'), ('` + own + `', 'v1'), ('` + foreign + `', 'latest')`)
		db.OnCommit(func(_ context.Context, _ *store.Tx, touched []store.Touched) (func(), error) {
			x.touch = nil
			for _, t := range touched {
				x.touch = append(x.touch, t.Kind+"/"+t.ID)
			}
			return nil, nil
		})
		client := wiretest.Serve(t, apig.Dialect(x.area.Routes()))
		x.alice = client.As("project=p1;roles=member")
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

// touched fails unless the last write touched exactly this authorizer.
func (x *fixture) touched(ids ...string) {
	x.Helper()
	var want []string
	for _, id := range ids {
		want = append(want, "authorizer/"+id)
	}
	if !slices.Equal(x.touch, want) {
		x.Errorf("touched %v, want %v", x.touch, want)
	}
	x.touch = nil
}

type object = map[string]any

// body is a request with other fields.
func body(pairs ...any) object {
	out := object{"name": "Authorizer_1", "type": "FRONTEND", "authorizer_type": "FUNC", "authorizer_uri": own}
	for i := 0; i < len(pairs); i += 2 {
		out[pairs[i].(string)] = pairs[i+1]
	}
	return out
}

func identities(names ...string) []object {
	out := []object{}
	for _, n := range names {
		out = append(out, object{"name": n, "location": "header"})
	}
	return out
}
