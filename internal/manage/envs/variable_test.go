package envs_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/lintel-gateway/lintel/internal/ids"
	"github.com/lintel-gateway/lintel/internal/manage/envs"
)

func TestLifeOfAVariable(t *testing.T) {
	each(t, func(h *house) {
		env := createEnv(h.one, "DEV")
		in := variable("g1", env, "address", "192.168.1.5")
		made := h.one.Do("POST", varsPath, in).Want(201)
		id := made.Text("id")
		if !ids.Valid(id) {
			h.t.Errorf("id %q", id)
		}
		in["id"] = id
		same(h.t, "created", made, in)
		same(h.t, "shown", h.one.Do("GET", varsPath+"/"+id, nil).Want(200), in)
		same(h.t, "listed", h.one.Do("GET", varsPath+"?group_id=g1", nil).Want(200),
			map[string]any{"total": 1.0, "size": 1.0, "variables": []any{in}})
		h.one.Do("DELETE", varsPath+"/"+id, nil).Want(204)
		h.one.Do("GET", varsPath+"/"+id, nil).Refused(404, "APIG.3011", "does not exist, id: "+id)
		h.one.Do("DELETE", varsPath+"/"+id, nil).Refused(404, "APIG.3011")
		// Values reach gateways with the next publication, not before.
		if h.touched != nil {
			h.t.Errorf("touched %v", h.touched)
		}
	})
}

func TestVariableFieldsAreChecked(t *testing.T) {
	each(t, func(h *house) {
		with := func(field string, value any) map[string]any {
			in := variable("g1", envs.ReleaseID, "address", "a")
			if in[field] = value; value == nil {
				delete(in, field)
			}
			return in
		}
		for _, c := range []struct {
			field string
			value any
			code  string
		}{
			{"env_id", nil, "APIG.2001"},
			{"env_id", "", "APIG.2001"},
			{"group_id", nil, "APIG.2001"},
			{"variable_name", nil, "APIG.2001"},
			{"variable_name", "ab", "APIG.2005"},
			{"variable_name", strings.Repeat("a", 33), "APIG.2006"},
			{"variable_name", "1abc", "APIG.2011"},
			{"variable_name", "-abc", "APIG.2011"},
			{"variable_name", "ab c", "APIG.2011"},
			{"variable_name", "变量变量", "APIG.2011"},
			{"variable_name", "abc#", "APIG.2011"},
			{"variable_value", nil, "APIG.2001"},
			{"variable_value", "", "APIG.2001"},
			{"variable_value", strings.Repeat("a", 256), "APIG.2006"},
			{"variable_value", "a b", "APIG.2011"},
			{"variable_value", "#other#", "APIG.2011"},
			{"variable_value", "a\n", "APIG.2011"},
			{"variable_value", "{x}", "APIG.2011"},
			{"variable_value", 5, "APIG.2011"},
		} {
			h.one.Do("POST", varsPath, with(c.field, c.value)).Refused(400, c.code, c.field)
		}
		if n := h.count(`SELECT COUNT(*) FROM env_variables`); n != 0 {
			h.t.Errorf("%d variables were made", n)
		}
		h.one.Do("POST", varsPath, with("variable_name", "a_-"+strings.Repeat("9", 29))).Want(201)
		h.one.Do("POST", varsPath, with("variable_value", "https://a-b_c.example:8080/"+strings.Repeat("x", 228))).Want(201)
	})
}

func TestVariablesAreUniqueInGroupAndEnvironment(t *testing.T) {
	each(t, func(h *house) {
		env := createEnv(h.one, "DEV")
		h.one.Do("POST", varsPath, variable("g1", env, "address", "a")).Want(201)
		h.one.Do("POST", varsPath, variable("g1", env, "address", "b")).Refused(400, "APIG.3303")
		h.one.Do("POST", varsPath, variable("g1", env, "ADDRESS", "c")).Want(201) // case counts (4.6.2)
		h.one.Do("POST", varsPath, variable("g1", envs.ReleaseID, "address", "d")).Want(201)
		h.one.Do("POST", varsPath, variable("g1b", env, "address", "e")).Want(201)

		for i := range 2 {
			h.one.Do("POST", varsPath, variable("g1", env, fmt.Sprintf("more%d", i), "x")).Want(201)
		}
		h.one.Do("POST", varsPath, variable("g1", env, "too_many", "x")).Refused(403, "APIG.3106", "exceeds")
		h.one.Do("POST", varsPath, variable("g1b", env, "too_many", "x")).Want(201)
	})
}

func TestVariablesOfOthers(t *testing.T) {
	each(t, func(h *house) {
		mine, theirs := createEnv(h.one, "MINE"), createEnv(h.two, "THEIRS")
		for _, c := range []struct {
			group, env string
			status     int
			code       string
		}{
			{"none", mine, 404, "APIG.3001"},
			{"g2", mine, 403, "APIG.1101"},
			{"g1", "none", 404, "APIG.3003"},
			{"g1", "release", 404, "APIG.3003"},
			{"g1", theirs, 403, "APIG.1103"},
		} {
			h.one.Do("POST", varsPath, variable(c.group, c.env, "abc", "x")).Refused(c.status, c.code)
		}
		id := h.two.Do("POST", varsPath, variable("g2", theirs, "abc", "hunter2")).Want(201).Text("id")
		r := h.one.Do("GET", varsPath+"/"+id, nil).Refused(403, "APIG.1110")
		if strings.Contains(string(r.Body), "hunter2") || strings.Contains(string(r.Body), "g2") {
			h.t.Errorf("tells of the variable: %s", r.Body)
		}
		h.one.Do("DELETE", varsPath+"/"+id, nil).Refused(403, "APIG.1110")
		h.one.Do("GET", varsPath+"?group_id=g2", nil).Refused(403, "APIG.1101")
		h.one.Do("GET", varsPath+"?group_id=none", nil).Refused(404, "APIG.3001")

		// What an administrator makes belongs to the project of the group.
		made := h.admin.Do("POST", varsPath, variable("g1", mine, "admin", "x")).Want(201).Text("id")
		h.one.Do("GET", varsPath+"/"+made, nil).Want(200)
		h.admin.Do("POST", varsPath, variable("g1", theirs, "admin", "x")).Refused(400, "APIG.1201")
		h.admin.Do("GET", varsPath+"?group_id=g2", nil).Want(200)
		h.admin.Do("DELETE", varsPath+"/"+id, nil).Want(204)

		reader := h.any.As("project=p1;roles=reader")
		reader.Do("GET", varsPath+"/"+made, nil).Want(200)
		reader.Do("POST", varsPath, variable("g1", mine, "abc", "x")).Want(403)
		reader.Do("DELETE", varsPath+"/"+made, nil).Want(403)
	})
}

func TestVariableListFiltersAndPages(t *testing.T) {
	each(t, func(h *house) {
		env := createEnv(h.one, "DEV")
		h.one.Do("POST", varsPath, variable("g1", env, "port", "1")).Want(201)
		h.one.Do("POST", varsPath, variable("g1", env, "address", "2")).Want(201)
		h.one.Do("POST", varsPath, variable("g1", envs.ReleaseID, "port_2", "3")).Want(201)
		h.one.Do("POST", varsPath, variable("g1b", env, "other", "4")).Want(201)
		for _, c := range []struct{ query, total, names string }{
			{"", "3", "address port port_2"},
			{"&env_id=" + env, "2", "address port"},
			{"&env_id=" + envs.ReleaseID, "1", "port_2"},
			{"&env_id=none", "0", ""},
			{"&variable_name=PORT", "2", "port port_2"},
			{"&variable_name=port&precise_search=variable_name", "1", "port"},
			{"&variable_name=port&precise_search=name", "2", "port port_2"},
			{"&page_size=1&page_no=2", "3", "port"},
		} {
			list := h.one.Do("GET", varsPath+"?group_id=g1"+c.query, nil).Want(200)
			var got struct {
				Size      int
				Variables []struct {
					Name string `json:"variable_name"`
				}
			}
			list.Decode(&got)
			var names []string
			for _, v := range got.Variables {
				names = append(names, v.Name)
			}
			if s := strings.Join(names, " "); s != c.names || got.Size != len(names) || list.Text("total") != c.total {
				h.t.Errorf("%s: %q, size %d, total %s; want %q of %s", c.query, s, got.Size, list.Text("total"), c.names, c.total)
			}
		}
		h.one.Do("GET", varsPath, nil).Refused(400, "APIG.2001", "group_id")
		h.one.Do("GET", varsPath+"?group_id=g1&page_no=0", nil).Refused(400, "APIG.2002", "page_no")
	})
}
