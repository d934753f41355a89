package envs_test

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/lintel-gateway/lintel/internal/manage/envs"
	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/store/storetest"
)

func TestLifeOfAnEnvironment(t *testing.T) {
	each(t, func(h *house) {
		made := h.one.Do("POST", envsPath, `{"name":"DEV","remark":"开发环境"}`, "X-Language", "en-us").Want(201)
		id := made.Text("id")
		want := map[string]any{"id": id, "name": "DEV", "remark": "开发环境", "create_time": "2026-01-02T03:04:05Z"}
		same(h.t, "created", made, want)

		h.clock.Advance(time.Hour)
		want["name"] = "DEVELOP"
		same(h.t, "renamed, remark left out", h.one.Do("PUT", envsPath+"/"+id, `{"name":"DEVELOP"}`).Want(200), want)
		want["remark"] = "new"
		same(h.t, "described", h.one.Do("PUT", envsPath+"/"+id, `{"name":"DEVELOP","remark":"new"}`).Want(200), want)

		list := h.one.Do("GET", envsPath, nil).Want(200)
		if list.Text("total") != "2" || list.Text("size") != "2" || !reflect.DeepEqual(list.Get("envs.1"), any(want)) {
			h.t.Errorf("listed %s", list.Body)
		}
		h.one.Do("DELETE", envsPath+"/"+id, nil).Want(204)
		h.one.Do("DELETE", envsPath+"/"+id, nil).Refused(404, "APIG.3003", "Environment "+id+" does not exist")
		h.one.Do("PUT", envsPath+"/"+id, `{"name":"abc"}`).Refused(404, "APIG.3003")
		if h.touched != nil {
			h.t.Errorf("nothing was published, yet touched %v", h.touched)
		}
	})
}

func TestEnvironmentFieldsAreChecked(t *testing.T) {
	each(t, func(h *house) {
		id := createEnv(h.one, "DEV")
		for _, c := range []struct{ body, code, param string }{
			{`{}`, "APIG.2001", "name"},
			{`{"name":""}`, "APIG.2001", "name"},
			{`{"name":"ab"}`, "APIG.2005", "name"},
			{`{"name":"` + strings.Repeat("a", 65) + `"}`, "APIG.2006", "name"},
			{`{"name":"1abc"}`, "APIG.2011", "name"},
			{`{"name":"_abc"}`, "APIG.2011", "name"},
			{`{"name":"a-bc"}`, "APIG.2011", "name"},
			{`{"name":"环境环境"}`, "APIG.2011", "name"},
			{`{"name":"abc\n"}`, "APIG.2011", "name"},
			{`{"name":7}`, "APIG.2011", "name"},
			{`{"name":"abc","remark":"` + strings.Repeat("分", 256) + `"}`, "APIG.2006", "remark"},
			{`{"name":"abc","remark":"\u0001"}`, "APIG.2011", "remark"},
			{`[]`, "APIG.2000", ""},
		} {
			h.one.Do("POST", envsPath, c.body).Refused(400, c.code, c.param)
			h.one.Do("PUT", envsPath+"/"+id, c.body).Refused(400, c.code, c.param)
		}
		h.one.Do("PUT", envsPath+"/"+id, `{"name":"`+strings.Repeat("a", 64)+`","remark":"`+strings.Repeat("记", 255)+`"}`).Want(200)
	})
}

func TestEnvironmentNamesAreUnique(t *testing.T) {
	each(t, func(h *house) {
		createEnv(h.one, "DEV")
		id := createEnv(h.one, "TEST")
		for _, name := range []string{"DEV", "RELEASE"} {
			h.one.Do("POST", envsPath, map[string]any{"name": name}).Refused(400, "APIG.3205")
			h.one.Do("PUT", envsPath+"/"+id, map[string]any{"name": name}).Refused(400, "APIG.3205")
		}
		createEnv(h.one, "release") // X-Stage tells them apart, too
		createEnv(h.two, "DEV")
		h.one.Do("POST", envsPath, `{"name":"FOURTH"}`).Refused(403, "APIG.3104", "exceeds")
		h.one.Do("DELETE", envsPath+"/"+id, nil).Want(204)
		createEnv(h.one, "FOURTH")
	})
}

func TestRelease(t *testing.T) {
	each(t, func(h *house) {
		want := map[string]any{
			"id": envs.ReleaseID, "name": "RELEASE",
			"remark": "Production environment", "create_time": "2020-01-01T00:00:00Z",
		}
		for range 2 {
			list := h.one.Do("GET", envsPath, nil).Want(200)
			if !reflect.DeepEqual(list.JSON(), map[string]any{"total": 1.0, "size": 1.0, "envs": []any{want}}) {
				h.t.Errorf("%s", list.Body)
			}
			h.clock.Advance(time.Hour)
		}
		if got := h.one.Do("GET", envsPath, nil, "X-Language", "zh-cn").Want(200).Text("envs.0.remark"); got != "生产环境" {
			h.t.Errorf("in Chinese: %q", got)
		}
		for _, c := range []string{"member", "admin"} {
			c := h.any.As("project=p1;roles=" + c)
			c.Do("PUT", envsPath+"/"+envs.ReleaseID, `{"name":"PROD"}`).Refused(403, "APIG.1103")
			c.Do("DELETE", envsPath+"/"+envs.ReleaseID, nil).Refused(403, "APIG.1103")
		}
	})
}

func TestEnvironmentsOfOthers(t *testing.T) {
	each(t, func(h *house) {
		mine, theirs := createEnv(h.one, "MINE"), createEnv(h.two, "SECRET")
		r := h.one.Do("PUT", envsPath+"/"+theirs, `{"name":"abc"}`).Refused(403, "APIG.1103")
		if strings.Contains(string(r.Body), "SECRET") {
			h.t.Errorf("tells of the environment: %s", r.Body)
		}
		h.one.Do("DELETE", envsPath+"/"+theirs, nil).Refused(403, "APIG.1103")
		if got := h.one.Do("GET", envsPath+"?name=SECRET", nil).Want(200).Text("total"); got != "0" {
			h.t.Error("another project's environment is listed")
		}
		if got := h.admin.Do("GET", envsPath, nil).Want(200).Text("total"); got != "3" {
			h.t.Errorf("the administrator sees %s environments", got)
		}
		h.admin.Do("PUT", envsPath+"/"+mine, `{"name":"BY_ADMIN"}`).Want(200)
		h.admin.Do("DELETE", envsPath+"/"+theirs, nil).Want(204)
		reader := h.any.As("project=p1;roles=reader")
		reader.Do("GET", envsPath, nil).Want(200)
		reader.Do("POST", envsPath, `{"name":"abc"}`).Want(403)
		reader.Do("PUT", envsPath+"/"+mine, `{"name":"abc"}`).Want(403)
		reader.Do("DELETE", envsPath+"/"+mine, nil).Want(403)
	})
}

func TestEnvironmentListPages(t *testing.T) {
	each(t, func(h *house) {
		for _, name := range []string{"Alpha", "beta", "RELEASE_2"} {
			createEnv(h.one, name)
			h.clock.Advance(time.Second)
		}
		for _, c := range []struct{ query, total, names string }{
			{"", "4", "RELEASE RELEASE_2 beta Alpha"},
			{"?page_size=1", "4", "RELEASE"},
			{"?page_size=1&page_no=2", "4", "RELEASE_2"},
			{"?page_size=2&page_no=2", "4", "beta Alpha"},
			{"?page_size=3&page_no=2", "4", "Alpha"},
			{"?page_size=4&page_no=2", "4", ""},
			{"?page_size=0", "4", "RELEASE RELEASE_2 beta Alpha"},
			{"?name=lease", "2", "RELEASE RELEASE_2"},
			{"?name=RELEASE&precise_search=name", "1", "RELEASE"},
			{"?name=release&precise_search=name", "0", ""},
			{"?name=BET", "1", "beta"},
			{"?name=beta&page_no=2", "1", ""},
			{"?name=BETA&precise_search=name", "0", ""},
			{"?precise_search=name", "4", "RELEASE RELEASE_2 beta Alpha"},
			{"?limit=2&offset=1", "4", "RELEASE_2 beta"},
		} {
			list := h.one.Do("GET", envsPath+c.query, nil).Want(200)
			var got struct {
				Size int
				Envs []struct{ Name string }
			}
			list.Decode(&got)
			var names []string
			for _, e := range got.Envs {
				names = append(names, e.Name)
			}
			if s := strings.Join(names, " "); s != c.names || got.Size != len(names) || list.Text("total") != c.total {
				h.t.Errorf("%s: %q, size %d, total %s; want %q of %s", c.query, s, got.Size, list.Text("total"), c.names, c.total)
			}
		}
		h.one.Do("GET", envsPath+"?page_size=501", nil).Refused(400, "APIG.2003", "page_size")
	})
}

func TestARenameTouchesWhatIsPublishedThere(t *testing.T) {
	each(t, func(h *house) {
		id := createEnv(h.one, "DEV")
		h.exec(`INSERT INTO api_publications (api_id, env_id) VALUES ('a2', $1), ('a1', $1), ('a3', 'other')`, id)
		h.one.Do("PUT", envsPath+"/"+id, `{"name":"DEV","remark":"new"}`).Want(200)
		if h.touched != nil {
			h.t.Errorf("the name is the same, yet touched %v", h.touched)
		}
		h.one.Do("PUT", envsPath+"/"+id, `{"name":"STAGE"}`).Want(200)
		want := []store.Touched{{Kind: "api", ID: "a1/" + id}, {Kind: "api", ID: "a2/" + id}}
		if !reflect.DeepEqual(h.touched, want) {
			h.t.Errorf("touched %v, want %v", h.touched, want)
		}
	})
}

func TestDeletingAnEnvironment(t *testing.T) {
	each(t, func(h *house) {
		id := createEnv(h.one, "DEV")
		h.exec(`INSERT INTO api_publications (api_id, env_id) VALUES ('a1', $1)`, id)
		h.exec(`INSERT INTO api_versions (version_id, env_id) VALUES ('v1', $1), ('v2', 'other')`, id)
		h.exec(`INSERT INTO grants (id, env_id) VALUES ('r2', $1), ('r1', $1), ('r3', 'other')`, id)
		h.one.Do("POST", varsPath, variable("g1", id, "host", "a")).Want(201)
		h.one.Do("POST", varsPath, variable("g1", envs.ReleaseID, "host", "b")).Want(201)

		h.one.Do("DELETE", envsPath+"/"+id, nil).Refused(403, "APIG.3418", "published APIs")
		rows := `SELECT (SELECT COUNT(*) FROM api_versions) + (SELECT COUNT(*) FROM grants) + (SELECT COUNT(*) FROM env_variables)`
		if n := h.count(rows); n != 7 || h.touched != nil {
			h.t.Errorf("a refused deletion left %d of 7 rows and touched %v", n, h.touched)
		}

		h.exec(`DELETE FROM api_publications`)
		h.one.Do("DELETE", envsPath+"/"+id, nil).Want(204)
		if n := h.count(rows); n != 3 {
			h.t.Errorf("%d rows are left, want the 3 of other environments", n)
		}
		want := []store.Touched{{Kind: "grant", ID: "r1"}, {Kind: "grant", ID: "r2"}}
		if !reflect.DeepEqual(h.touched, want) {
			h.t.Errorf("touched %v, want %v", h.touched, want)
		}
	})
}

func TestSchemaFiles(t *testing.T) { storetest.Numbered(t, 11, envs.Schema()) }
