package responses_test

import (
	"fmt"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/lintel-gateway/lintel/internal/definition"
	"github.com/lintel-gateway/lintel/internal/ids"
	"github.com/lintel-gateway/lintel/internal/manage/responses"
	"github.com/lintel-gateway/lintel/internal/store/storetest"
)

const standardBody = `{"error_code":"$context.error.code","error_msg":"$context.error.message","request_id":"$context.requestId"}`

// standardTypes are the types of a response in which nothing was set. Written
// out again: clients rely on these names and numbers.
func standardTypes() map[string]any {
	types := map[string]any{}
	for name, status := range map[string]float64{
		"ACCESS_DENIED": 403, "AUTHORIZER_CONF_FAILURE": 500, "AUTHORIZER_FAILURE": 403, "AUTHORIZER_IDENTITIES_FAILURE": 401,
		"AUTH_FAILURE": 401, "AUTH_HEADER_MISSING": 401, "BACKEND_TIMEOUT": 504, "BACKEND_UNAVAILABLE": 502,
		"DEFAULT_4XX": 0, "DEFAULT_5XX": 0, "NOT_FOUND": 404, "REQUEST_PARAMETERS_FAILURE": 400, "THROTTLED": 429, "UNAUTHORIZED": 403,
	} {
		types[name] = map[string]any{"status": status, "body": standardBody, "default": true}
		if status == 0 {
			types[name] = map[string]any{"body": standardBody, "default": true}
		}
	}
	return types
}

func TestLifeOfAResponse(t *testing.T) {
	each(t, func(x *fixture) {
		made := x.alice.Do("POST", at("g1"), `{"name":"Mine-1_a","responses":{
			"throttled":{"status":503,"body":"{\"slow\":\"$context.error.code\"}"},
			"DEFAULT_4XX":{"body":"[\"$context.stage\"]","headers":[]},"Auth_Failure":{"body":"1"}}}`).Want(201)
		id := made.Text("id")
		types := standardTypes()
		types["THROTTLED"] = map[string]any{"status": 503.0, "body": `{"slow":"$context.error.code"}`, "default": false}
		types["DEFAULT_4XX"] = map[string]any{"body": `["$context.stage"]`, "default": false}
		types["AUTH_FAILURE"] = map[string]any{"status": 401.0, "body": "1", "default": false}
		want := map[string]any{
			"id": id, "name": "Mine-1_a", "default": false, "responses": types,
			"create_time": "2026-01-02T03:04:05.678901Z", "update_time": "2026-01-02T03:04:05.678901Z",
		}
		if !ids.Valid(id) || !reflect.DeepEqual(made.JSON(), want) {
			x.t.Errorf("made %s\nwant %v", made.Body, want)
		}
		if got := x.alice.Do("GET", at("g1")+"/"+id, nil).Want(200).JSON(); !reflect.DeepEqual(got, any(want)) {
			x.t.Errorf("shown %v", got)
		}
		if len(x.touched) != 2 || x.touched[1].ID != id { // the default one came with it
			x.t.Errorf("touched %v", x.touched)
		}
		x.touched = nil

		// A change replaces every type; a name that is left out stays.
		x.clock.Advance(time.Minute)
		types = standardTypes()
		types["NOT_FOUND"] = map[string]any{"status": 200.0, "body": "{}", "default": false}
		want["responses"], want["update_time"] = types, "2026-01-02T03:05:05.678901Z"
		if got := x.alice.Do("PUT", at("g1")+"/"+id, `{"responses":{"NOT_FOUND":{"status":200,"body":"{}"}}}`).Want(200).JSON(); !reflect.DeepEqual(got, any(want)) {
			x.t.Errorf("changed to %v", got)
		}
		x.touches(id)
		want["name"], want["responses"] = "other", standardTypes()
		if got := x.alice.Do("PUT", at("g1")+"/"+id, `{"name":"other"}`).Want(200).JSON(); !reflect.DeepEqual(got, any(want)) {
			x.t.Errorf("renamed to %v", got)
		}
		x.touches(id)

		x.alice.Do("DELETE", at("g1")+"/"+id, nil).Want(204)
		x.touches(id)
		if n := x.count(`SELECT COUNT(*) FROM group_response_types`); n != 0 {
			x.t.Errorf("%d types are left", n)
		}
		for _, method := range []string{"GET", "PUT", "DELETE"} {
			var body any
			if method == "PUT" {
				body = "{}"
			}
			x.alice.Do(method, at("g1")+"/"+id, body).Refused(404, "APIG.3007", "response does not exist,id:"+id)
		}
		x.touches()
		for _, record := range x.nobody.Audit() {
			if record.Status < 300 && record.Resource != id {
				x.t.Errorf("audit record %+v does not name the response", record)
			}
		}
	})
}

func TestTheDefaultResponse(t *testing.T) {
	each(t, func(x *fixture) {
		if n := x.count(`SELECT COUNT(*) FROM group_responses`); n != 0 {
			x.t.Fatalf("%d responses before anybody asked", n)
		}
		list := x.reader.Do("GET", at("g1"), nil).Want(200)
		id := list.Text("responses.0.id")
		want := map[string]any{"total": 1.0, "size": 1.0, "responses": []any{map[string]any{
			"id": id, "name": "default", "default": true, "responses": standardTypes(),
			"create_time": "2023-11-14T22:13:20Z", "update_time": "2023-11-14T22:13:20Z", // as old as the group
		}}}
		if !ids.Valid(id) || !reflect.DeepEqual(list.JSON(), any(want)) {
			x.t.Errorf("listed %s", list.Body)
		}
		x.touches(id)
		if again := x.standard(x.alice, "g1"); again != id {
			x.t.Errorf("the default response was %s and is %s", id, again)
		}
		x.touches()

		x.alice.Do("DELETE", at("g1")+"/"+id, nil).Refused(409, "APIG.3491", "cannot be deleted")
		x.alice.Do("PUT", at("g1")+"/"+id, `{"name":"other"}`).Refused(409, "APIG.3492", "cannot be modified")
		x.alice.Do("PUT", at("g1")+"/"+id, `{"name":"Default"}`).Refused(409, "APIG.3492")
		x.touches()
		r := x.alice.Do("PUT", at("g1")+"/"+id, `{"name":"default","responses":{"THROTTLED":{"body":"{}"}}}`).Want(200)
		if r.Text("responses.THROTTLED.body") != "{}" || r.Text("default") != "true" {
			x.t.Errorf("edited to %s", r.Body)
		}
		x.alice.Do("PUT", at("g1")+"/"+id, `{}`).Want(200)
		x.touches(id, id)

		// Nobody takes its name, not even where it has not been seen yet.
		x.alice.Do("POST", at("g2"), `{"name":"default"}`).Refused(400, "APIG.3216", "already exists, name:default")
		other := x.create(x.alice, "g2", "other")
		x.alice.Do("PUT", at("g2")+"/"+other, `{"name":"default"}`).Refused(400, "APIG.3216", "name:default")
		if n := x.count(`SELECT COUNT(*) FROM group_responses WHERE group_id = 'g2' AND is_default = 1`); n != 1 {
			x.t.Errorf("%d default responses", n)
		}
	})
}

// TestManyFirstQuestions: whoever asks first, and however many do, there is one
// default response.
func TestManyFirstQuestions(t *testing.T) {
	each(t, func(x *fixture) {
		var all sync.WaitGroup
		for i := range 12 {
			all.Go(func() {
				if i%3 == 0 {
					x.alice.Do("POST", at("g1"), fmt.Sprintf(`{"name":"n%d"}`, i))
					return
				}
				x.alice.Do("GET", at("g1"), nil).Want(200)
			})
		}
		all.Wait()
		if n := x.count(`SELECT COUNT(*) FROM group_responses WHERE is_default = 1`); n != 1 {
			x.t.Errorf("%d default responses", n)
		}
		// The quota counts the others, whoever came first.
		if n := x.count(`SELECT COUNT(*) FROM group_responses WHERE is_default = 0`); n != 2 {
			x.t.Errorf("%d others, the quota is 2", n)
		}
		x.alice.Do("POST", at("g1"), `{"name":"more"}`).Refused(403, "APIG.3136", "exceeds")
		x.create(x.alice, "g2", "more") // a group has its own
	})
}

func TestNamesAreUniqueInAGroup(t *testing.T) {
	each(t, func(x *fixture) {
		x.create(x.alice, "g1", "taken")
		id := x.create(x.alice, "g2", "taken")
		x.alice.Do("PUT", at("g2")+"/"+id, `{"name":"taken"}`).Want(200)
		x.alice.Do("POST", at("g2"), `{"name":"taken"}`).Refused(400, "APIG.3216", "already exists, name:taken")
		second := x.create(x.alice, "g2", "Taken") // case counts
		x.touched = nil
		x.alice.Do("PUT", at("g2")+"/"+second, `{"name":"taken","responses":{"THROTTLED":{"body":"{}"}}}`).Refused(400, "APIG.3216")
		x.touches()
		if got := x.alice.Do("GET", at("g2")+"/"+second, nil).Want(200); got.Text("name") != "Taken" || got.Text("responses.THROTTLED.default") != "true" {
			x.t.Errorf("a refused change left %s", got.Body)
		}
	})
}

func TestFieldsAreChecked(t *testing.T) {
	each(t, func(x *fixture) {
		id := x.create(x.alice, "g1", "mine")
		kind := func(fields string) string { return `{"name":"abc","responses":{"THROTTLED":{` + fields + `}}}` }
		long := strings.Repeat("网", 8190)
		for _, c := range []struct{ name, body, code, text string }{
			{"no name", `{}`, "APIG.2001", "parameterName:name"},
			{"65 characters", `{"name":"` + strings.Repeat("a", 65) + `"}`, "APIG.2006", "parameterName:name"},
			{"a blank", `{"name":"a b"}`, "APIG.2011", "parameterName:name"},
			{"Chinese", `{"name":"网关"}`, "APIG.2011", "parameterName:name"},
			{"a line break", `{"name":"abc\n"}`, "APIG.2011", "parameterName:name"},
			{"name of another type", `{"name":[]}`, "APIG.2011", "name"},
			{"an unknown type", `{"name":"abc","responses":{"TEAPOT":{"body":"{}"}}}`, "APIG.2011", "parameterName:responses.TEAPOT"},
			{"a type of later editions", `{"name":"abc","responses":{"THIRD_AUTH_FAILURE":{"body":"{}"}}}`, "APIG.2011", "THIRD_AUTH_FAILURE"},
			{"types as a list", `{"name":"abc","responses":[]}`, "APIG.2011", "responses"},
			{"status 199", kind(`"status":199,"body":"{}"`), "APIG.2002", "responses.THROTTLED.status"},
			{"a negative status", kind(`"status":-1,"body":"{}"`), "APIG.2002", "responses.THROTTLED.status"},
			{"status 600", kind(`"status":600,"body":"{}"`), "APIG.2003", "responses.THROTTLED.status"},
			{"status 444", kind(`"status":444,"body":"{}"`), "APIG.2011", "444"},
			{"status as a text", kind(`"status":"403","body":"{}"`), "APIG.2011", "status"},
			{"no body", kind(`"status":403`), "APIG.2001", "responses.THROTTLED.body"},
			{"an empty body", kind(`"body":""`), "APIG.2001", "responses.THROTTLED.body"},
			{"8193 characters", kind(`"body":"\"` + long + `a\""`), "APIG.2006", "responses.THROTTLED.body"},
			{"plain text", kind(`"body":"sorry"`), "APIG.2011", "not JSON"},
			{"a variable outside of a text", kind(`"body":"{\"a\":$context.stage}"`), "APIG.2011", "not JSON"},
			{"an unknown variable", kind(`"body":"\"$context.secret\""`), "APIG.2011", "$context.secret"},
			{"headers", kind(`"body":"{}","headers":[{"key":"a","value":"b"}]`), "APIG.2011", "responses.THROTTLED.headers"},
			{"one type in two cases", `{"name":"abc","responses":{"THROTTLED":{"body":"{}"},"throttled":{"body":"{}"}}}`, "APIG.2000", "twice"},
		} {
			x.alice.Do("POST", at("g1"), c.body).Refused(400, c.code, c.text)
			if c.name != "no name" {
				x.alice.Do("PUT", at("g1")+"/"+id, c.body).Refused(400, c.code, c.text)
			}
		}
		if n := x.count(`SELECT COUNT(*) FROM group_response_types`) + x.count(`SELECT COUNT(*) FROM group_responses WHERE name = 'abc'`); n != 0 {
			x.t.Errorf("%d rows came of what was refused", n)
		}
		x.alice.Do("PUT", at("g1")+"/"+id, kind(`"status":599,"body":"\"`+long+`\""`)).Want(200)
	})
}

func TestTypes(t *testing.T) {
	each(t, func(x *fixture) {
		id := x.create(x.alice, "g1", "mine")
		other := x.alice.Do("PUT", at("g1")+"/"+id+"/NOT_FOUND", `{"body":"[]"}`).Want(200)
		if want := any(map[string]any{"NOT_FOUND": map[string]any{"status": 404.0, "body": "[]", "default": false}}); !reflect.DeepEqual(other.JSON(), want) {
			x.t.Errorf("set %s", other.Body)
		}
		x.touched = nil
		one := at("g1") + "/" + id + "/ACCESS_DENIED"
		x.clock.Advance(time.Second)
		unset := any(map[string]any{"ACCESS_DENIED": map[string]any{"status": 403.0, "body": standardBody, "default": true}})
		set := any(map[string]any{"ACCESS_DENIED": map[string]any{"status": 418.0, "body": `"no"`, "default": false}})
		if got := x.alice.Do("GET", one, nil).Want(200).JSON(); !reflect.DeepEqual(got, unset) {
			x.t.Errorf("shown %v", got)
		}
		if got := x.alice.Do("PUT", one, `{"status":418,"body":"\"no\""}`).Want(200).JSON(); !reflect.DeepEqual(got, set) {
			x.t.Errorf("set %v", got)
		}
		x.touches(id)
		if got := x.reader.Do("GET", one, nil).Want(200).JSON(); !reflect.DeepEqual(got, set) {
			x.t.Errorf("shown %v", got)
		}
		if got := x.alice.Do("GET", at("g1")+"/"+id, nil).Want(200); got.Text("update_time") != "2026-01-02T03:04:06.678901Z" || got.Text("responses.NOT_FOUND.body") != "[]" {
			x.t.Errorf("the response is %s", got.Body)
		}
		x.alice.Do("PUT", one, `{"status":600,"body":"{}"}`).Refused(400, "APIG.2003", "parameterName:status")
		x.alice.Do("PUT", one, `{"status":100,"body":"{}"}`).Refused(400, "APIG.2002", "parameterName:status")
		x.alice.Do("PUT", one, `{}`).Refused(400, "APIG.2001", "parameterName:body")
		x.alice.Do("PUT", one, `{"body":"x"}`).Refused(400, "APIG.2011", "parameterName:body")
		x.alice.Do("PUT", one, `{"body":"`+strings.Repeat("1", 8193)+`"}`).Refused(400, "APIG.2006", "parameterName:body")
		x.touches()
		x.alice.Do("DELETE", one, nil).Want(204)
		x.touches(id)
		x.alice.Do("DELETE", one, nil).Want(204) // it is as it should be
		if got := x.alice.Do("GET", one, nil).Want(200).JSON(); !reflect.DeepEqual(got, unset) {
			x.t.Errorf("after the reset: %v", got)
		}
		for _, method := range []string{"GET", "PUT", "DELETE"} {
			var body any
			if method == "PUT" {
				body = `{"body":"{}"}`
			}
			for _, name := range []string{"TEAPOT", "access_denied", "ACCESS_DENIED%20", strings.Repeat("A", 1000)} {
				x.alice.Do(method, at("g1")+"/"+id+"/"+name, body).Refused(404, "APIG.3007", "no such type")
			}
		}
		// The default one is edited in the same way.
		standard := x.standard(x.alice, "g1")
		x.alice.Do("PUT", at("g1")+"/"+standard+"/DEFAULT_5XX", `{"body":"{}"}`).Want(200)
		x.alice.Do("DELETE", at("g1")+"/"+standard+"/DEFAULT_5XX", nil).Want(204)
	})
}

func TestAResponseThatAnAPINamesStays(t *testing.T) {
	each(t, func(x *fixture) {
		id := x.create(x.alice, "g1", "mine")
		x.exec(`INSERT INTO api_uses (api_id, env_id, kind, ref) VALUES ('a1', 'e', 'channel', $1)`, id)
		x.exec(`INSERT INTO api_uses (api_id, env_id, kind, ref) VALUES ('a2', 'e', 'response', $1)`, id)
		x.touched = nil
		x.alice.Do("DELETE", at("g1")+"/"+id, nil).Refused(403, "APIG.1107", "API a2 names it")
		x.touches()
		x.exec(`DELETE FROM api_uses WHERE api_id = 'a2'`)
		x.alice.Do("DELETE", at("g1")+"/"+id, nil).Want(204)
	})
}

func TestLists(t *testing.T) {
	each(t, func(x *fixture) {
		for _, name := range []string{"first", "second"} {
			x.create(x.alice, "g1", name)
			x.clock.Advance(time.Second)
		}
		x.create(x.alice, "g2", "elsewhere")
		for query, want := range map[string]string{
			"": "default second first", "?page_size=2": "default second", "?page_size=2&page_no=2": "first",
			"?limit=1&offset=1": "second", "?page_no=9": "", "?page_size=0": "default second first",
		} {
			var list struct {
				Total, Size int
				Responses   []struct{ Name string }
			}
			x.alice.Do("GET", at("g1")+query, nil).Want(200).Decode(&list)
			var names []string
			for _, r := range list.Responses {
				names = append(names, r.Name)
			}
			if got := strings.Join(names, " "); got != want || list.Total != 3 || list.Size != len(names) {
				x.t.Errorf("%s: %q, %d of %d; want %q", query, got, list.Size, list.Total, want)
			}
		}
		x.alice.Do("GET", at("g1")+"?page_size=501", nil).Refused(400, "APIG.2003")
		x.alice.Do("GET", at("g1")+"?page_size=-1", nil).Refused(400, "APIG.2002")
		x.alice.Do("GET", at("g1")+"?page_no=x", nil).Refused(400, "APIG.2011")
	})
}

func TestContribute(t *testing.T) {
	each(t, func(x *fixture) {
		standard := x.standard(x.alice, "g1")
		id := x.alice.Do("POST", at("g1"), `{"name":"mine","responses":{
			"THROTTLED":{"status":503,"body":"1"},"AUTH_FAILURE":{"body":"2"},"DEFAULT_4XX":{"body":"3"}}}`).Want(201).Text("id")
		for of, want := range map[string]definition.Response{
			standard: {ID: standard, GroupID: "g1", Default: true},
			id: {ID: id, GroupID: "g1", Types: []definition.ResponseType{
				{Type: "AUTH_FAILURE", Body: "2"}, {Type: "DEFAULT_4XX", Body: "3"}, {Type: "THROTTLED", Status: 503, Body: "1"},
			}},
		} {
			if got, err := x.area.Contribute(x.t.Context(), x.db, of); err != nil || !reflect.DeepEqual(got, want) {
				x.t.Errorf("%v, %v; want %v", got, err, want)
			}
		}
		if got, err := x.area.Contribute(x.t.Context(), x.db, "gone"); got != nil || err != nil {
			x.t.Errorf("of a response that is gone: %v, %v", got, err)
		}
	})
}

func TestDatabaseAway(t *testing.T) {
	each(t, func(x *fixture) {
		if err := x.db.Close(); err != nil {
			x.t.Fatal(err)
		}
		for _, r := range x.area.Routes() {
			path := strings.NewReplacer("{project_id}", "p1", "{instance_id}", instance, "{group_id}", "g1",
				"{response_id}", "x", "{response_type}", "THROTTLED").Replace(r.Pattern)
			var body any
			if r.Method == "POST" || r.Method == "PUT" {
				body = `{"name":"abc","body":"{}"}`
			}
			answer := x.alice.Do(r.Method, path, body)
			if answer.Status < 500 || strings.Contains(string(answer.Body), "sql") {
				x.t.Errorf("%s: %d %s", r.Action, answer.Status, answer.Body)
			}
		}
	})
}

func TestSchemaFiles(t *testing.T) { storetest.Numbered(t, 80, responses.Schema()) }
