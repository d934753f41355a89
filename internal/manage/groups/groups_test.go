package groups_test

import (
	"context"
	"fmt"
	"io/fs"
	"reflect"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/lintel-gateway/lintel/internal/clock"
	"github.com/lintel-gateway/lintel/internal/definition"
	"github.com/lintel-gateway/lintel/internal/entitlement"
	"github.com/lintel-gateway/lintel/internal/ids"
	"github.com/lintel-gateway/lintel/internal/manage/domains"
	"github.com/lintel-gateway/lintel/internal/manage/groups"
	"github.com/lintel-gateway/lintel/internal/manage/responses"
	"github.com/lintel-gateway/lintel/internal/quota"
	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/store/storetest"
	"github.com/lintel-gateway/lintel/internal/wire/apig"
	"github.com/lintel-gateway/lintel/internal/wire/wiretest"
)

const path = "/v1.0/apigw/api-groups"

// neighbours are the columns that this area uses of other areas' tables.
const neighbours = `-- +goose Up
CREATE TABLE env_variables (id TEXT PRIMARY KEY, group_id TEXT NOT NULL);
CREATE TABLE apis (id TEXT PRIMARY KEY, group_id TEXT NOT NULL REFERENCES groups (id));
CREATE TABLE apps (id TEXT PRIMARY KEY);
CREATE TABLE app_codes (id TEXT PRIMARY KEY, app_id TEXT NOT NULL REFERENCES apps (id));
CREATE TABLE grants (id TEXT PRIMARY KEY, app_id TEXT NOT NULL REFERENCES apps (id));
CREATE TABLE purchases (id TEXT PRIMARY KEY, group_id TEXT NOT NULL REFERENCES groups (id), app_id TEXT NOT NULL REFERENCES apps (id), expire_time BIGINT NOT NULL);
`

// house is the area on one engine, with three callers.
type house struct {
	t                    *testing.T
	db                   *store.DB
	area                 *groups.Area
	clock                *clock.Fake
	touched              []store.Touched
	mute                 error    // what asking answers
	asked                []string // groups about whose domains DNS was asked
	one, two, admin, any *wiretest.Client
}

func each(t *testing.T, f func(h *house)) {
	t.Helper()
	schemas := []fs.FS{groups.Schema(), entitlement.Schema(), domains.Schema(), responses.Schema(), fstest.MapFS{"0099_neighbours.sql": {Data: []byte(neighbours)}}}
	storetest.Each(t, schemas, func(t *testing.T, db *store.DB) {
		h := &house{t: t, db: db, clock: clock.NewFake(time.Date(2026, 1, 2, 3, 4, 5, 678901234, time.UTC))}
		db.OnCommit(func(_ context.Context, _ *store.Tx, touched []store.Touched) (func(), error) {
			return func() { h.touched = append(h.touched, touched...) }, nil
		})
		limits, err := quota.Default().With(map[quota.Item]int{quota.Groups: 4})
		if err != nil {
			t.Fatal(err)
		}
		h.area = groups.New(groups.Deps{
			DB: db, IDs: ids.Random(), Clock: h.clock.Now, Quotas: entitlement.New(limits), Domain: "gw.example.com",
			CNAMEs: func(_ context.Context, groups []string) error { h.asked = append(h.asked, groups...); return h.mute },
		})
		h.any = wiretest.Serve(t, apig.Dialect(h.area.Routes()))
		h.one = h.any.As("project=p1;roles=member")
		h.two = h.any.As("project=p2;roles=member")
		h.admin = h.any.As("project=p0;roles=admin")
		f(h)
	})
}

func (h *house) exec(query string, args ...any) {
	h.t.Helper()
	err := h.db.Write(h.t.Context(), func(tx *store.Tx) error {
		_, err := tx.Exec(h.t.Context(), query, args...)
		return err
	})
	if err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) count(query string, args ...any) (n int) {
	h.t.Helper()
	if err := h.db.QueryRow(h.t.Context(), query, args...).Scan(&n); err != nil {
		h.t.Fatal(err)
	}
	return n
}

func create(c *wiretest.Client, name string) (id string) {
	return c.Do("POST", path, map[string]any{"name": name}).Want(201).Text("id")
}

func TestLifeOfAGroup(t *testing.T) {
	each(t, func(h *house) {
		made := h.one.Do("POST", path, `{"name":"api_group_001","remark":"分组1","status":3,"sl_domain":"mine","unknown":{}}`).Want(201)
		id, sub := made.Text("id"), made.Text("sl_domain")
		if label, domain, _ := strings.Cut(sub, "."); !ids.Valid(id) || !ids.Valid(label) || label == id || domain != "gw.example.com" {
			h.t.Errorf("id %q, sub-domain %q", id, sub)
		}
		want := map[string]any{
			"id": id, "name": "api_group_001", "remark": "分组1", "status": 1.0,
			"sl_domain": sub, "sl_domains": []any{sub}, "url_domains": []any{},
			"register_time": "2026-01-02T03:04:05.678901Z", "update_time": "2026-01-02T03:04:05.678901Z",
			"on_sell_status": 2.0, "is_default": 2.0,
		}
		same(h.t, "created", made, want)
		same(h.t, "shown", h.one.Do("GET", path+"/"+id, nil).Want(200), want)

		h.clock.Advance(time.Minute)
		want["name"], want["update_time"] = "Second_名", "2026-01-02T03:05:05.678901Z"
		same(h.t, "renamed, remark left out", h.one.Do("PUT", path+"/"+id, `{"name":"Second_名"}`).Want(200), want)
		want["remark"] = ""
		same(h.t, "remark emptied", h.one.Do("PUT", path+"/"+id, `{"name":"Second_名","remark":""}`).Want(200), want)
		same(h.t, "shown again", h.one.Do("GET", path+"/"+id, nil).Want(200), want)

		list := h.one.Do("GET", path, nil).Want(200)
		if !reflect.DeepEqual(list.JSON(), map[string]any{"total": 1.0, "size": 1.0, "groups": []any{want}}) {
			h.t.Errorf("listed %s", list.Body)
		}

		h.one.Do("DELETE", path+"/"+id, nil).Want(204)
		h.one.Do("GET", path+"/"+id, nil).Refused(404, "APIG.3001", "API group "+id+" does not exist")
		h.one.Do("DELETE", path+"/"+id, nil).Refused(404, "APIG.3001")

		// A group is published as it is made and withdrawn as it goes; a new
		// name is no news for gateways.
		mark := store.Touched{Kind: "group", ID: id}
		if !reflect.DeepEqual(h.touched, []store.Touched{mark, mark}) {
			h.t.Errorf("touched %v", h.touched)
		}
		for _, record := range h.any.Audit() {
			if record.Status < 300 && record.Resource != id {
				h.t.Errorf("audit record %+v does not name the group", record)
			}
		}
	})
}

func same(t *testing.T, what string, r *wiretest.Response, want map[string]any) {
	t.Helper()
	if !reflect.DeepEqual(r.JSON(), want) {
		t.Errorf("%s: %s\nwant %v", what, r.Body, want)
	}
}

func TestLimitsOfAGroupShowWhenSet(t *testing.T) {
	each(t, func(h *house) {
		id := create(h.one, "group")
		h.exec(`UPDATE groups SET call_limits = 1000, time_interval = 1, time_unit = 'SECOND' WHERE id = $1`, id)
		g := h.one.Do("GET", path+"/"+id, nil).Want(200)
		if g.Text("call_limits") != "1000" || g.Text("time_interval") != "1" || g.Text("time_unit") != "SECOND" {
			h.t.Errorf("%s", g.Body)
		}
	})
}

func TestFieldsAreChecked(t *testing.T) {
	each(t, func(h *house) {
		id := create(h.one, "group")
		for _, c := range []struct{ name, body, code, param string }{
			{"no name", `{}`, "APIG.2001", "name"},
			{"empty name", `{"name":""}`, "APIG.2001", "name"},
			{"null name", `{"name":null}`, "APIG.2001", "name"},
			{"short name", `{"name":"ab"}`, "APIG.2005", "name"},
			{"long name", `{"name":"` + strings.Repeat("分", 65) + `"}`, "APIG.2006", "name"},
			{"digit first", `{"name":"1abc"}`, "APIG.2011", "name"},
			{"underscore first", `{"name":"_abc"}`, "APIG.2011", "name"},
			{"blank inside", `{"name":"a b c"}`, "APIG.2011", "name"},
			{"hyphen", `{"name":"a-bc"}`, "APIG.2011", "name"},
			{"control character", `{"name":"abc\u0007"}`, "APIG.2011", "name"},
			{"NUL", `{"name":"abc\u0000"}`, "APIG.2000", "U+0000"},
			{"long remark", `{"name":"abc","remark":"` + strings.Repeat("分", 256) + `"}`, "APIG.2006", "remark"},
			{"control character in remark", `{"name":"abc","remark":"a\u0007"}`, "APIG.2011", "remark"},
			{"number as name", `{"name":123}`, "APIG.2011", "name"},
			{"list as remark", `{"name":"abc","remark":[]}`, "APIG.2011", "remark"},
			{"not JSON", `{"name":`, "APIG.2000", ""},
			{"no body", ``, "APIG.2000", ""},
		} {
			h.one.Do("POST", path, c.body).Refused(400, c.code, c.param)
			h.one.Do("PUT", path+"/"+id, c.body).Refused(400, c.code, c.param)
		}
		if n := h.count(`SELECT COUNT(*) FROM groups WHERE name <> 'group'`); n != 0 {
			h.t.Errorf("%d groups were made or changed", n)
		}
		longest := `{"name":"` + strings.Repeat("分", 64) + `","remark":"` + strings.Repeat("记", 255) + `"}`
		h.one.Do("PUT", path+"/"+id, longest).Want(200)
	})
}

func TestNamesAreUniqueInAProject(t *testing.T) {
	each(t, func(h *house) {
		create(h.one, "taken")
		id := create(h.one, "other")
		h.one.Do("POST", path, `{"name":"taken"}`).Refused(400, "APIG.3201", "already exists")
		h.one.Do("PUT", path+"/"+id, `{"name":"taken"}`).Refused(400, "APIG.3201")
		h.one.Do("PUT", path+"/"+id, `{"name":"other"}`).Want(200)
		if got := h.one.Do("GET", path+"/"+id, nil).Want(200).Text("name"); got != "other" {
			h.t.Errorf("a refused change left the name %q", got)
		}
		create(h.one, "Taken") // case counts
		create(h.two, "taken")
	})
}

func TestQuota(t *testing.T) {
	each(t, func(h *house) {
		var all sync.WaitGroup
		for i := range 8 {
			all.Go(func() { h.one.Do("POST", path, fmt.Sprintf(`{"name":"group%d"}`, i)) })
		}
		all.Wait()
		if n := h.count(`SELECT COUNT(*) FROM groups`); n != 4 {
			h.t.Errorf("%d groups, the quota is 4", n)
		}
		h.one.Do("POST", path, `{"name":"one_more"}`).Refused(403, "APIG.3101", "exceeds")
		create(h.two, "group0") // each project has its own
		id := h.one.Do("GET", path, nil).Want(200).Text("groups.0.id")
		h.one.Do("DELETE", path+"/"+id, nil).Want(204)
		create(h.one, "one_more")
	})
}

func TestGroupsOfOthers(t *testing.T) {
	each(t, func(h *house) {
		mine, theirs := create(h.one, "mine"), create(h.two, "secret_plan")
		for _, call := range [][3]string{{"GET", ""}, {"PUT", `{"name":"abc"}`}, {"DELETE", ""}} {
			var body any
			if call[1] != "" {
				body = call[1]
			}
			r := h.one.Do(call[0], path+"/"+theirs, body).Refused(403, "APIG.1101")
			if strings.Contains(string(r.Body), "secret") || strings.Contains(string(r.Body), "p2") {
				h.t.Errorf("%s tells of the group: %s", call[0], r.Body)
			}
			for _, id := range []string{ids.Random().New(), "x", "%00", "%27%20OR%201=1"} {
				h.one.Do(call[0], path+"/"+id, body).Want(map[bool]int{true: 400, false: 404}[id == "%00"])
			}
		}
		list := h.one.Do("GET", path+"?id="+theirs, nil).Want(200)
		if list.Text("total") != "0" || len(list.Get("groups").([]any)) != 0 {
			h.t.Errorf("listed another project's group: %s", list.Body)
		}
		if got := h.admin.Do("GET", path, nil).Want(200).Text("total"); got != "2" {
			h.t.Errorf("the administrator sees %s groups", got)
		}
		h.admin.Do("PUT", path+"/"+mine, `{"name":"by_admin"}`).Want(200)
		if got := h.one.Do("GET", path+"?name=by_admin", nil).Want(200).Text("total"); got != "1" {
			h.t.Error("an administrator's change moved the group to another project")
		}
		h.admin.Do("DELETE", path+"/"+theirs, nil).Want(204)

		reader := h.any.As("project=p1;roles=reader")
		reader.Do("GET", path+"/"+mine, nil).Want(200)
		reader.Do("GET", path, nil).Want(200)
		reader.Do("POST", path, `{"name":"abc"}`).Want(403)
		reader.Do("PUT", path+"/"+mine, `{"name":"abc"}`).Want(403)
		reader.Do("DELETE", path+"/"+mine, nil).Want(403)
		h.any.Do("GET", path, nil).Want(401)
		h.any.As("user=u;roles=member").Do("GET", path, nil).Refused(401, "APIG.1003")
	})
}

func TestListFiltersAndPages(t *testing.T) {
	each(t, func(h *house) {
		var id string
		for _, name := range []string{"alpha", "Alpha_2", "beta", "分组_x"} {
			id = create(h.one, name)
			h.clock.Advance(time.Second)
		}
		for _, c := range []struct {
			query, total string
			names        string
		}{
			{"", "4", "分组_x beta Alpha_2 alpha"},
			{"?name=ALPHA", "2", "Alpha_2 alpha"},
			{"?name=alpha&precise_search=name", "1", "alpha"},
			{"?name=a_2", "1", "Alpha_2"},
			{"?name=%25", "0", ""},
			{"?name=%E5%88%86", "1", "分组_x"},
			{"?id=" + id, "1", "分组_x"},
			{"?id=" + id + "&name=beta", "0", ""},
			{"?id=none", "0", ""},
			{"?page_size=2", "4", "分组_x beta"},
			{"?page_size=2&page_no=2", "4", "Alpha_2 alpha"},
			{"?page_size=3&page_no=2", "4", "alpha"},
			{"?page_no=2147483647", "4", ""},
			{"?page_size=0", "4", "分组_x beta Alpha_2 alpha"},
			{"?name=" + strings.Repeat("a", 60_000), "0", ""},
		} {
			list := h.one.Do("GET", path+c.query, nil).Want(200)
			var got struct {
				Size   int
				Groups []struct{ Name string }
			}
			list.Decode(&got)
			var names []string
			for _, g := range got.Groups {
				names = append(names, g.Name)
			}
			if s := strings.Join(names, " "); s != c.names || got.Size != len(names) || list.Text("total") != c.total {
				h.t.Errorf("%.40s: %q, size %d, total %s; want %q of %s", c.query, s, got.Size, list.Text("total"), c.names, c.total)
			}
		}
		h.one.Do("GET", path+"?page_size=501", nil).Refused(400, "APIG.2003", "page_size")
		h.one.Do("GET", path+"?page_size=-1", nil).Refused(400, "APIG.2002", "page_size")
		h.one.Do("GET", path+"?page_no=0", nil).Refused(400, "APIG.2002", "page_no")
		h.one.Do("GET", path+"?page_no=x", nil).Refused(400, "APIG.2011", "page_no")
	})
}

func TestAGroupWithAPIsStays(t *testing.T) {
	each(t, func(h *house) {
		id, other := create(h.one, "full"), create(h.one, "other")
		h.exec(`INSERT INTO apis (id, group_id) VALUES ('a', $1)`, id)
		h.exec(`INSERT INTO env_variables (id, group_id) VALUES ('v', $1), ('w', $2)`, id, other)
		h.one.Do("DELETE", path+"/"+id, nil).Refused(403, "APIG.3415", "contains APIs,id:"+id)
		if n := h.count(`SELECT COUNT(*) FROM env_variables`); n != 2 {
			h.t.Error("a refused deletion took variables")
		}
		h.exec(`DELETE FROM apis`)
		h.one.Do("DELETE", path+"/"+id, nil).Want(204)
		if n := h.count(`SELECT COUNT(*) FROM env_variables WHERE id = 'w'`) - h.count(`SELECT COUNT(*) FROM env_variables WHERE id = 'v'`); n != 1 {
			h.t.Error("the variables of the group must go, and no others")
		}
	})
}

func TestContribute(t *testing.T) {
	each(t, func(h *house) {
		made := h.one.Do("POST", path, `{"name":"group"}`).Want(201)
		got, err := h.area.Contribute(h.t.Context(), h.db, made.Text("id"))
		want := definition.Group{ID: made.Text("id"), ProjectID: "p1", Hosts: []string{made.Text("sl_domain")}, SubDomain: made.Text("sl_domain")}
		if err != nil || !reflect.DeepEqual(got, want) {
			h.t.Errorf("%v, %v; want %v", got, err, want)
		}
		if got, err := h.area.Contribute(h.t.Context(), h.db, "gone"); got != nil || err != nil {
			h.t.Errorf("of a group that is gone: %v, %v", got, err)
		}
	})
}

func TestDatabaseAway(t *testing.T) {
	each(t, func(h *house) {
		if err := h.db.Close(); err != nil {
			h.t.Fatal(err)
		}
		bodies := map[string]any{"POST": `{"name":"abc"}`, "PUT": `{"name":"abc"}`}
		for _, r := range h.area.Routes() {
			answer := h.one.Do(r.Method, strings.Replace(r.Pattern, "{id}", "x", 1), bodies[r.Method])
			if answer.Status < 500 || strings.Contains(string(answer.Body), "sql") {
				h.t.Errorf("%s: %d %s", r.Action, answer.Status, answer.Body)
			}
		}
	})
}

func TestSchemaFiles(t *testing.T) { storetest.Numbered(t, 10, groups.Schema()) }

// TestRefresh: a start with another gateway domain compiles every group again.
func TestRefresh(t *testing.T) {
	each(t, func(h *house) {
		id := h.one.Do("POST", path, map[string]any{"name": "shop"}).Want(201).Text("id")
		moved := groups.New(groups.Deps{DB: h.db, Domain: "other.example.com"})
		h.touched = nil
		if err := moved.Refresh(h.t.Context()); err != nil {
			h.t.Fatal(err)
		}
		if want := []store.Touched{{Kind: "group", ID: id}}; !reflect.DeepEqual(h.touched, want) {
			h.t.Errorf("touched %v, want %v", h.touched, want)
		}
		value, err := moved.Contribute(h.t.Context(), h.db, id)
		if err != nil {
			h.t.Fatal(err)
		}
		if hosts := value.(definition.Group).Hosts; len(hosts) != 1 || !strings.HasSuffix(hosts[0], ".other.example.com") {
			h.t.Errorf("hosts %v", hosts)
		}
	})
}
