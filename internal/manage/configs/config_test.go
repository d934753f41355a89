package configs_test

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/lintel-gateway/lintel/internal/clock"
	"github.com/lintel-gateway/lintel/internal/entitlement"
	"github.com/lintel-gateway/lintel/internal/manage/configs"
	"github.com/lintel-gateway/lintel/internal/quota"
	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/store/storetest"
	"github.com/lintel-gateway/lintel/internal/wire/apig"
	"github.com/lintel-gateway/lintel/internal/wire/wiretest"
)

// neighbours stands in for identity.
var neighbours = fstest.MapFS{"0001_accounts.sql": {Data: []byte(`-- +goose Up
CREATE TABLE identity_projects (id TEXT PRIMARY KEY);
INSERT INTO identity_projects VALUES ('p1'), ('p2');
`)}}

const path = "/v1.0/apigw/config/project"

type fixture struct {
	*testing.T
	db            *store.DB
	book          entitlement.Book
	clock         *clock.Fake
	member, admin *wiretest.Client
}

func each(t *testing.T, f func(*fixture)) {
	t.Helper()
	storetest.Each(t, []fs.FS{entitlement.Schema(), neighbours}, func(t *testing.T, db *store.DB) {
		limits, err := quota.Default().With(map[quota.Item]int{quota.Apps: 12})
		if err != nil {
			t.Fatal(err)
		}
		x := &fixture{T: t, db: db, book: entitlement.New(limits), clock: clock.NewFake(time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC))}
		area := configs.New(configs.Deps{DB: db, Clock: x.clock.Now, Quotas: x.book})
		client := wiretest.Serve(t, apig.Dialect(area.Routes()))
		x.member, x.admin = client.As("project=p1;roles=member"), client.As("project=p0;roles=admin")
		f(x)
	})
}

func (x *fixture) list(c *wiretest.Client, query string) (out configs.List) {
	x.Helper()
	c.Do("GET", path+query, nil).Want(200).Decode(&out)
	return out
}

// TestEveryQuotaHasAName also keeps the names apart, and the three that clients
// know in their places.
func TestEveryQuotaHasAName(t *testing.T) {
	each(t, func(x *fixture) {
		all := x.list(x.member, "?page_size=0")
		if all.Total != len(quota.Items()) || all.Size != all.Total {
			x.Errorf("%d entries, %d quotas", all.Total, len(quota.Items()))
		}
		var names []string
		for i, c := range all.Configs {
			names = append(names, c.Name)
			if c.ID != fmt.Sprint(i+1) || c.Remark == "" || c.Time != nil || !strings.HasSuffix(c.Name, "_LIMIT") && !strings.Contains(c.Name, "_LIMIT_") {
				x.Errorf("%+v", c)
			}
		}
		if !slices.Equal(names[:3], []string{"API_NUM_LIMIT", "APP_NUM_LIMIT", "APIGROUP_NUM_LIMIT"}) {
			x.Errorf("%v", names[:3])
		}
		slices.Sort(names)
		if len(slices.Compact(names)) != all.Total {
			x.Errorf("a name stands for two quotas: %v", names)
		}
		// Every name moves its own quota and no other.
		for i, c := range all.Configs {
			x.admin.Do("PUT", path+"/"+c.Name, configs.Input{Value: fmt.Sprint(7000 + i), ProjectID: "p2"}).Want(200)
		}
		limits, err := x.book.For(x.Context(), x.db, "p2")
		if err != nil {
			x.Fatal(err)
		}
		values := map[int]bool{}
		for _, item := range quota.Items() {
			values[limits.Of(item)] = limits.Of(item) >= 7000
		}
		if len(values) != all.Total {
			x.Errorf("%d quotas have numbers of their own, want %d", len(values), all.Total)
		}
	})
}

func TestLists(t *testing.T) {
	each(t, func(x *fixture) {
		for query, want := range map[string]string{
			"?config_id=2":                            "APP_NUM_LIMIT",
			"?config_id=x":                            "",
			"?config_name=APIGROUP_NUM_LIMIT":         "APIGROUP_NUM_LIMIT",
			"?config_name=apigroup_":                  "APIGROUP_NUM_LIMIT APIGROUP_DOMAIN_NUM_LIMIT",
			"?config_name=nothing":                    "",
			"?page_size=2":                            "API_NUM_LIMIT APP_NUM_LIMIT",
			"?page_size=1&page_no=3":                  "APIGROUP_NUM_LIMIT",
			"?page_size=2&page_no=1000":               "",
			"?config_id=2&config_name=API_NUM_LIMIT_": "",
		} {
			got := x.list(x.member, query)
			var names []string
			for _, c := range got.Configs {
				names = append(names, c.Name)
			}
			if strings.Join(names, " ") != want || got.Configs == nil || got.Size != len(names) {
				x.Errorf("%s: %v, want %s", query, names, want)
			}
		}
	})
}

func TestChange(t *testing.T) {
	each(t, func(x *fixture) {
		apps := path + "/APP_NUM_LIMIT"
		full := fmt.Errorf("full")
		room := func(project string, count int, want error) {
			x.Helper()
			if err := x.book.Room(x.Context(), x.db, project, quota.Apps, count, full); err != want {
				x.Errorf("%d apps of %s: %v, want %v", count, project, err, want)
			}
		}
		room("p1", 12, full)
		var got configs.Config
		x.admin.Do("PUT", apps, configs.Input{Value: "14", ProjectID: "p1"}).Want(200).Decode(&got)
		if got.Value != "14" || got.Name != "APP_NUM_LIMIT" || got.ID != "2" || got.Time == nil || got.Time.String() != "2026-01-02T03:04:05Z" {
			x.Errorf("%+v", got)
		}
		room("p1", 13, nil)
		room("p1", 14, full)
		room("p2", 12, full)
		if mine := x.list(x.member, "?config_id=2").Configs[0]; mine.Value != "14" || mine.Time == nil {
			x.Errorf("%+v", mine)
		}
		if theirs := x.list(x.admin, "?config_id=2&project_id=p1").Configs[0]; theirs.Value != "14" {
			x.Errorf("%+v", theirs)
		}
		if own := x.list(x.admin, "?config_id=2").Configs[0]; own.Value != "12" {
			x.Errorf("%+v", own)
		}
		x.admin.Do("PUT", apps, configs.Input{Value: "0", ProjectID: "p1"}).Want(200)
		room("p1", 0, full)
		x.admin.Do("PUT", apps, configs.Input{Value: "3"}).Want(200) // its own
		room("p0", 3, full)
		x.admin.Do("DELETE", apps+"?project_id=p1", nil).Want(204)
		room("p1", 11, nil)
		room("p1", 12, full)
		x.admin.Do("DELETE", apps+"?project_id=p1", nil).Want(204) // as it is
		if mine := x.list(x.member, "?config_id=2").Configs[0]; mine.Value != "12" || mine.Time != nil {
			x.Errorf("%+v", mine)
		}
	})
}

func TestRefusals(t *testing.T) {
	each(t, func(x *fixture) {
		apps := path + "/APP_NUM_LIMIT"
		value := func(v string) configs.Input { return configs.Input{Value: v, ProjectID: "p1"} }
		for _, test := range []struct {
			as           *wiretest.Client
			method, path string
			body         any
			status       int
			code, text   string
		}{
			{x.member, "PUT", apps, value("14"), 403, "APIG.1107", ""},
			{x.member, "DELETE", apps, nil, 403, "APIG.1107", ""},
			{x.member, "PUT", path + "/nothing", value("14"), 403, "APIG.1107", ""},
			{x.member, "GET", path + "?project_id=p2", nil, 403, "APIG.1107", ""},
			{x.member, "GET", path + "?project_id=nothing", nil, 403, "APIG.1107", ""},
			{x.admin, "GET", path + "?project_id=nothing", nil, 400, "APIG.2011", "project_id"},
			{x.admin, "PUT", apps, configs.Input{Value: "1", ProjectID: "nothing"}, 400, "APIG.2011", "project_id"},
			{x.admin, "DELETE", apps + "?project_id=nothing", nil, 400, "APIG.2011", "project_id"},
			{x.admin, "PUT", path + "/app_num_limit", value("14"), 404, "APIG.3007", ""},
			{x.admin, "DELETE", path + "/NOTHING_NUM_LIMIT", nil, 404, "APIG.3007", ""},
			{x.admin, "PUT", apps, value(""), 400, "APIG.2001", "config_value"},
			{x.admin, "PUT", apps, value("many"), 400, "APIG.2011", "config_value"},
			{x.admin, "PUT", apps, value("-1"), 400, "APIG.2011", "config_value"},
			{x.admin, "PUT", apps, value("1.5"), 400, "APIG.2011", "config_value"},
			{x.admin, "PUT", apps, value("1000001"), 400, "APIG.2003", "config_value"},
			{x.admin, "PUT", apps, value("99999999999999999999"), 400, "APIG.2003", "config_value"},
			{x.admin, "PUT", apps, `{"config_value":400}`, 400, "APIG.2011", "config_value"},
		} {
			test.as.Do(test.method, test.path, test.body).Refused(test.status, test.code, test.text)
		}
	})
}
