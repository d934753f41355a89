package grants_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/lintel-gateway/lintel/internal/definition"
	"github.com/lintel-gateway/lintel/internal/ids"
	"github.com/lintel-gateway/lintel/internal/manage/grants"
	"github.com/lintel-gateway/lintel/internal/wire/wiretest"
)

func TestGrant(t *testing.T) {
	each(t, func(x *fixture) {
		in := grants.Input{APIIDs: []string{"api2", "api1"}, AppIDs: []string{"app1", "app2"}, EnvID: release}
		r := x.alice.Do("POST", collection, in).Want(201)
		var out [][]grants.Result
		r.Decode(&out)
		if len(out) != 2 || len(out[0]) != 2 || len(out[1]) != 2 {
			t.Fatalf("not one list for each app: %s", r.Body)
		}
		var made []string
		for i, app := range in.AppIDs {
			for j, api := range in.APIIDs {
				g := out[i][j]
				if g.AppID != app || g.APIID != api || g.AuthRole != "PROVIDER" || g.AuthResult != "SUCCESS" || !ids.Valid(g.ID) {
					t.Errorf("entry %d %d: %+v", i, j, g)
				}
				made = append(made, g.ID)
			}
		}
		if got := r.Text("0.0.auth_time"); got != "2026-01-02T03:04:05Z" {
			t.Errorf("auth_time %s", got)
		}
		x.touched(made...)

		// The same again, with one more environment's worth of nothing new.
		x.touch = nil
		var again [][]grants.Result
		x.alice.Do("POST", collection, in).Want(201).Decode(&again)
		for i := range out {
			for j := range out[i] {
				want := out[i][j]
				want.AuthResult = "SKIPPED"
				if again[i][j] != want {
					t.Errorf("again: %+v, want %+v", again[i][j], want)
				}
			}
		}
		if x.touch != nil || x.rows() != 4 {
			t.Errorf("a repeated call touched %v and left %d rows", x.touch, x.rows())
		}

		// Another environment is another grant.
		x.grant(x.alice, "e1", "app1", "api1")
		if x.rows() != 5 {
			t.Errorf("%d rows, want 5", x.rows())
		}
	})
}

func TestGrantSkipsRepeatedIDs(t *testing.T) {
	each(t, func(x *fixture) {
		var out [][]grants.Result
		x.alice.Do("POST", collection, grants.Input{
			APIIDs: []string{"api1", "api1"}, AppIDs: []string{"app1", "app1"}, EnvID: release,
		}).Want(201).Decode(&out)
		var results []string
		for _, list := range out {
			for _, g := range list {
				results = append(results, g.AuthResult)
			}
		}
		if want := []string{"SUCCESS", "SKIPPED", "SKIPPED", "SKIPPED"}; !slices.Equal(results, want) || x.rows() != 1 {
			t.Errorf("%v with %d rows, want %v", results, x.rows(), want)
		}
	})
}

func TestGrantRefuses(t *testing.T) {
	each(t, func(x *fixture) {
		pairs := func(n int) []string { return slices.Repeat([]string{"api1"}, n) }
		for _, c := range []struct {
			name       string
			apis, apps []string
			env        string
			status     int
			code, text string
		}{
			{"no APIs", nil, []string{"app1"}, release, 400, "APIG.2001", "api_ids"},
			{"no apps", []string{"api1"}, []string{}, release, 400, "APIG.2001", "app_ids"},
			{"no environment", []string{"api1"}, []string{"app1"}, "", 400, "APIG.2001", "env_id"},
			{"too many APIs", pairs(1001), []string{"app1"}, release, 400, "APIG.2006", "api_ids"},
			{"too many pairs", pairs(1000), slices.Repeat([]string{"app1"}, 6), release, 400, "APIG.2006", "app_ids"},
			{"unknown API", []string{"api1", "nowhere"}, []string{"app1"}, release, 404, "APIG.3002", "nowhere"},
			{"another project's API", []string{"api1", "foreign"}, []string{"app1"}, release, 403, "APIG.1102", ""},
			{"unpublished API", []string{"api1", "api3"}, []string{"app1"}, release, 404, "APIG.3015", "api3"},
			{"published elsewhere", []string{"api2"}, []string{"app1"}, "e1", 404, "APIG.3015", "api2"},
			{"no APP authentication", []string{"apinone"}, []string{"app1"}, release, 400, "APIG.2011", "apinone"},
			{"unknown app", []string{"api1"}, []string{"app1", "nobody"}, release, 404, "APIG.3004", "nobody"},
			{"unknown environment", []string{"api1"}, []string{"app1"}, "nowhere", 404, "APIG.3003", "nowhere"},
			{"another project's environment", []string{"api1"}, []string{"app1"}, "e2", 403, "APIG.1103", ""},
		} {
			t.Run(c.name, func(t *testing.T) {
				x.alice.For(t).Do("POST", collection, grants.Input{APIIDs: c.apis, AppIDs: c.apps, EnvID: c.env}).
					Refused(c.status, c.code, c.text)
			})
		}
		x.alice.Do("POST", collection, `{"api_ids":"api1","app_ids":["app1"],"env_id":"e1"}`).Refused(400, "APIG.2011", "api_ids")
		// The owner of the app cannot help itself.
		x.bob.Do("POST", collection, grants.Input{APIIDs: []string{"api1"}, AppIDs: []string{"app2"}, EnvID: release}).Refused(403, "APIG.1102")
		if x.rows() != 0 || x.touch != nil {
			t.Errorf("refusals left %d rows and touched %v", x.rows(), x.touch)
		}
		x.grant(x.admin, release, "app2", "api1", "foreign")
	})
}

func TestDelete(t *testing.T) {
	each(t, func(x *fixture) {
		made := x.grant(x.alice, release, "app2", "api1", "api2")
		x.carol.Do("DELETE", collection+"/"+made[0], nil).Refused(403, "APIG.1109")
		x.alice.Do("DELETE", collection+"/"+made[0], nil).Want(204)
		x.touched(made[0])
		if v, err := x.area.Contribute(x.Context(), x.db, made[0]); v != nil || err != nil {
			t.Errorf("published form of an ended grant: %v, %v", v, err)
		}
		x.alice.Do("DELETE", collection+"/"+made[0], nil).Refused(404, "APIG.3009", made[0])
		x.bob.Do("DELETE", collection+"/"+made[1], nil).Want(204) // the app's owner
		if x.rows() != 0 {
			t.Errorf("%d rows left", x.rows())
		}
	})
}

// TestBoughtGrantsStay: a provider cannot take back what it has sold.
func TestBoughtGrantsStay(t *testing.T) {
	each(t, func(x *fixture) {
		x.exec(`INSERT INTO grants (id, app_id, api_id, env_id, project_id, auth_role, auth_time)
			VALUES ('bought', 'app2', 'api1', 'e1', 'p1', 'CONSUMER', 1)`)
		x.alice.Do("DELETE", collection+"/bought", nil).Refused(403, "APIG.1109", "marketplace")
		x.carol.Do("DELETE", collection+"/bought", nil).Refused(403, "APIG.1109")
		x.bob.Do("DELETE", collection+"/bought", nil).Want(204) // the buyer's own app
	})
}

func TestContribute(t *testing.T) {
	each(t, func(x *fixture) {
		id := x.grant(x.alice, "e1", "app2", "api1")[0]
		v, err := x.area.Contribute(x.Context(), x.db, id)
		if want := (definition.Grant{ID: id, AppID: "app2", APIID: "api1", EnvID: "e1"}); err != nil || v != want {
			t.Errorf("%+v, %v; want %+v", v, err, want)
		}
	})
}

// TestLargestCall makes all pairs that one call may make.
// TestPublishedAuthCounts: what was published decides, not what the draft has
// become since.
func TestPublishedAuthCounts(t *testing.T) {
	each(t, func(x *fixture) {
		x.exec(`UPDATE apis SET auth_type = 'NONE' WHERE id = 'api2'`, `UPDATE apis SET auth_type = 'APP' WHERE id = 'apinone'`)
		grant := func(api string) *wiretest.Response {
			return x.alice.Do("POST", collection, grants.Input{EnvID: release, APIIDs: []string{api}, AppIDs: []string{"app1"}})
		}
		grant("api2").Want(201)
		grant("apinone").Refused(400, "APIG.2011")
	})
}

func TestLargestCall(t *testing.T) {
	each(t, func(x *fixture) {
		in := grants.Input{EnvID: release}
		var statements []string
		for i := range 1000 {
			id := fmt.Sprintf("many%d", i)
			in.APIIDs = append(in.APIIDs, id)
			statements = append(statements,
				fmt.Sprintf(`INSERT INTO apis VALUES ('%s', 'p1', 'g1', '%[1]s', 1, '/', 'APP', '')`, id),
				fmt.Sprintf(`INSERT INTO api_publications VALUES ('%s', '%[1]s', '%s', 'APP', 1, 'p1')`, id, release))
		}
		for i := range 5 {
			id := fmt.Sprintf("app%d", 10+i)
			in.AppIDs = append(in.AppIDs, id)
			statements = append(statements, fmt.Sprintf(`INSERT INTO apps VALUES ('%s', 'p2', '%[1]s', '', 'USER', 'apig')`, id))
		}
		x.exec(statements...)
		begun := time.Now()
		x.alice.Do("POST", collection, in).Want(201)
		t.Logf("5000 grants in %v", time.Since(begun))
		if x.rows() != 5_000 || len(x.touch) != 5_000 {
			t.Errorf("%d rows and %d touched, want 5000", x.rows(), len(x.touch))
		}
	})
}
