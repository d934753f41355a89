package outline_test

import (
	"io/fs"
	"testing"
	"testing/fstest"

	"github.com/lintel-gateway/lintel/internal/clock"
	"github.com/lintel-gateway/lintel/internal/manage/outline"
	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/store/storetest"
	"github.com/lintel-gateway/lintel/internal/wire/apig"
	"github.com/lintel-gateway/lintel/internal/wire/wiretest"
)

// neighbours stands in for the areas whose tables this one reads.
var neighbours = fstest.MapFS{"0010_all.sql": {Data: []byte(`-- +goose Up
CREATE TABLE groups (id TEXT PRIMARY KEY, project_id TEXT NOT NULL, on_sell_status INTEGER NOT NULL);
CREATE TABLE apis (id TEXT PRIMARY KEY, project_id TEXT NOT NULL);
CREATE TABLE api_publications (api_id TEXT NOT NULL, env_id TEXT NOT NULL);
CREATE TABLE apps (id TEXT PRIMARY KEY, project_id TEXT NOT NULL);
CREATE TABLE grants (id TEXT PRIMARY KEY, app_id TEXT NOT NULL);
`)}}

func TestCounts(t *testing.T) {
	storetest.Each(t, []fs.FS{neighbours}, func(t *testing.T, db *store.DB) {
		area := outline.New(outline.Deps{DB: db, Clock: clock.System})
		client := wiretest.Serve(t, apig.Dialect(area.Routes()))
		check := func(actor string, groups outline.Groups, apis outline.APIs, apps outline.Apps) {
			t.Helper()
			c := client.As(actor)
			var g outline.Groups
			var a outline.APIs
			var p outline.Apps
			c.Do("GET", "/v1.0/apigw/resources/outline/groups", nil).Want(200).Decode(&g)
			c.Do("GET", "/v1.0/apigw/resources/outline/apis", nil).Want(200).Decode(&a)
			c.Do("GET", "/v1.0/apigw/resources/outline/apps", nil).Want(200).Decode(&p)
			if g != groups || a != apis || p != apps {
				t.Errorf("%s: %+v %+v %+v, want %+v %+v %+v", actor, g, a, p, groups, apis, apps)
			}
		}
		check("project=p1;roles=reader", outline.Groups{}, outline.APIs{}, outline.Apps{})
		if err := db.Write(t.Context(), func(tx *store.Tx) error {
			for _, statement := range []string{
				`INSERT INTO groups VALUES ('g1', 'p1', 1), ('g2', 'p1', 2), ('g3', 'p1', 3), ('g4', 'p2', 1)`,
				`INSERT INTO apis VALUES ('a1', 'p1'), ('a2', 'p1'), ('a3', 'p1'), ('a4', 'p2')`,
				`INSERT INTO api_publications VALUES ('a1', 'DEFAULT_ENVIRONMENT_RELEASE_ID'), ('a1', 'e1'), ('a2', 'e1'), ('a4', 'DEFAULT_ENVIRONMENT_RELEASE_ID')`,
				`INSERT INTO apps VALUES ('x1', 'p1'), ('x2', 'p1'), ('x3', 'p1'), ('x4', 'p2')`,
				`INSERT INTO grants VALUES ('t1', 'x1'), ('t2', 'x1'), ('t3', 'x2')`,
			} {
				if _, err := tx.Exec(t.Context(), statement); err != nil {
					return err
				}
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		check("project=p1;roles=reader", outline.Groups{OffSell: 2, OnSell: 1}, outline.APIs{All: 3, OffRelease: 2, OnRelease: 1}, outline.Apps{Authorised: 2, Unauthorised: 1})
		check("project=p2;roles=member", outline.Groups{OnSell: 1}, outline.APIs{All: 1, OnRelease: 1}, outline.Apps{Unauthorised: 1})
		check("project=p3;roles=admin", outline.Groups{OffSell: 2, OnSell: 2}, outline.APIs{All: 4, OffRelease: 2, OnRelease: 2}, outline.Apps{Authorised: 2, Unauthorised: 2})
		client.Do("GET", "/v1.0/apigw/resources/outline/groups", nil).Refused(401, "APIG.1000")
	})
}
