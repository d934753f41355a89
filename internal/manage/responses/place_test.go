package responses_test

import (
	"strings"
	"testing"

	"github.com/lintel-gateway/lintel/internal/wire/wiretest"
)

// calls are all operations on one response below a collection.
func calls(parent, id string) [][3]string {
	one, kind := parent+"/"+id, parent+"/"+id+"/THROTTLED"
	return [][3]string{
		{"POST", parent, `{"name":"new"}`}, {"GET", parent, ""},
		{"GET", one, ""}, {"PUT", one, `{"name":"renamed"}`}, {"DELETE", one, ""},
		{"GET", kind, ""}, {"PUT", kind, `{"body":"{}"}`}, {"DELETE", kind, ""},
	}
}

func send(c *wiretest.Client, call [3]string) *wiretest.Response {
	var body any
	if call[2] != "" {
		body = call[2]
	}
	return c.Do(call[0], call[1], body)
}

func TestWhoMay(t *testing.T) {
	each(t, func(x *fixture) {
		mine, second, theirs := x.create(x.alice, "g1", "mine"), x.create(x.alice, "g2", "mine"), x.create(x.bob, "g3", "zq_secret")
		x.touched = nil
		for _, c := range []struct {
			who       *wiretest.Client
			group, id string
			status    int
			code      string
		}{
			{x.alice, "g3", theirs, 403, "APIG.1101"},
			{x.bob, "g1", mine, 403, "APIG.1101"},
			{x.alice, "g9", mine, 404, "APIG.3001"},
			{x.nobody, "g1", mine, 401, "APIG.1000"},
		} {
			for _, call := range calls(at(c.group), c.id) {
				r := send(c.who, call).Refused(c.status, c.code)
				if strings.Contains(string(r.Body), "zq_") {
					x.t.Errorf("%v tells of the response: %s", call, r.Body)
				}
			}
		}
		for _, id := range []string{second, theirs, "x", "%27%20OR%201=1", strings.Repeat("a", 1000)} {
			for _, call := range calls(at("g1"), id)[2:] {
				send(x.alice, call).Refused(404, "APIG.3007")
				send(x.root, call).Refused(404, "APIG.3007")
			}
		}
		for _, call := range calls(at("g1"), mine) {
			if call[0] == "GET" {
				send(x.reader, call).Want(200)
				continue
			}
			send(x.reader, call).Refused(403, "APIC.7110")
		}
		x.touches()
		for _, call := range calls(at("g3"), theirs) {
			if r := send(x.root, call); r.Status >= 300 && call[0] != "GET" && r.Status != 404 {
				x.t.Errorf("%v by an administrator: %d %s", call, r.Status, r.Body)
			}
		}
		if n := x.count(`SELECT COUNT(*) FROM group_responses WHERE group_id = 'g3' AND project_id <> 'p2'`); n != 0 {
			x.t.Error("an administrator's response is not the group's project's")
		}
	})
}

// TestPathsOfV2: the same responses at the paths of v2, whose project is the
// group's.
func TestPathsOfV2(t *testing.T) {
	each(t, func(x *fixture) {
		r := x.alice.Do("POST", v2("p1", "g1"), `{"name":"mine"}`).Want(201)
		id := r.Text("id")
		for _, path := range []string{at("g1"), v2("p1", "g1"), strings.Replace(v2("p1", "g1"), instance, "eddc4d25-480b-4cd6-b512-f270a1b8b341", 1)} {
			x.alice.Do("GET", path+"/"+id, nil).Want(200)
			x.root.Do("GET", path+"/"+id, nil).Want(200)
			if got := x.alice.Do("GET", path, nil).Want(200).Text("responses.1.id"); got != id {
				x.t.Errorf("%s lists %s", path, got)
			}
		}
		x.touched = nil
		for _, c := range []struct {
			who            *wiretest.Client
			project, group string
			status         int
			code           string
		}{
			{x.alice, "p2", "g1", 403, "APIC.7111"},
			{x.alice, "p2", "g3", 403, "APIC.7111"},
			{x.alice, "nothing", "g1", 403, "APIC.7111"},
			{x.alice, "p1", "g3", 404, "APIG.3001"}, // the project has no such group
			{x.root, "p2", "g1", 404, "APIG.3001"},
			{x.alice, "p1", "g9", 404, "APIG.3001"},
			{x.nobody, "p1", "g1", 401, "APIG.1000"},
		} {
			for _, call := range calls(v2(c.project, c.group), id) {
				send(c.who, call).Refused(c.status, c.code)
			}
		}
		for _, bad := range []string{"x", "EDDC4D25480B4CD6B512F270A1B8B341", instance + "0", "eddc4d25480b-4cd6b512-f270a-1b8b341-", "%20", strings.Repeat("a", 1000)} {
			for _, call := range calls(strings.Replace(v2("p1", "g1"), instance, bad, 1), id) {
				send(x.alice, call).Refused(404, "APIG.3030")
			}
		}
		x.touches()
		for _, call := range calls(v2("p1", "g1"), id)[2:] {
			if call[0] == "DELETE" && strings.HasSuffix(call[1], id) {
				continue
			}
			if r := send(x.alice, call); r.Status >= 300 {
				x.t.Errorf("%v: %d %s", call, r.Status, r.Body)
			}
		}
		x.alice.Do("DELETE", v2("p1", "g1")+"/"+id, nil).Want(204)
		x.alice.Do("GET", at("g1")+"/"+id, nil).Refused(404, "APIG.3007")
	})
}
