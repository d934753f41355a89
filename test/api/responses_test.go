package api_test

import "strings"

// anInstance is the id of an instance that v2 has and this platform has not: any
// well-formed one will do.
const anInstance = "eddc4d25480b4cd6b512f270a1b8b341"

var (
	responseKind     = kind{"response", "APIG.3007", "", false, false}
	responseTypeKind = kind{"response type", "APIG.3007", "", false, false}
	// What an instance of v2 lacks is the group that is not in its project.
	instanceKind = kind{"instance", "APIG.3001", "", false, false}
)

var responsesPart = part{
	paths: responsePaths(),
	fill: func(s *scenario, h *holder) {
		h.ids["response"] = s.post(h.member, responsesOf(h.ids["group"]), object{
			"name": h.marker, "responses": object{"THROTTLED": object{"body": `"` + h.marker + `"`}},
		}).text("id")
		h.ids["instance"], h.ids["response type"] = anInstance, "THROTTLED"
	},
	empty: func(h *holder) []string { return []string{responsesOf(h.ids["group"]) + "/" + h.ids["response"]} },
	spare: map[string]func(*scenario, *operation, *holder, string) ([]string, []string){
		"response": func(s *scenario, op *operation, h *holder, name string) ([]string, []string) {
			return spareResponse(s, op, h, name)
		},
		"response type": func(s *scenario, op *operation, h *holder, name string) ([]string, []string) {
			return spareResponse(s, op, h, name, "THROTTLED")
		},
		"group": func(s *scenario, op *operation, h *holder, name string) ([]string, []string) {
			id := s.group(h.member, name)
			return placed(op, h, id), []string{"api-groups/" + id}
		},
	},
	bodies: map[string]func(*scenario, *holder, []string) any{
		"apigw:responses:create":               newResponse,
		"apigw:responses:update":               newResponse,
		"apigw:responses:update_type":          newType,
		"apigw:instance_responses:create":      newResponse,
		"apigw:instance_responses:update":      newResponse,
		"apigw:instance_responses:update_type": newType,
	},
}

func responsesOf(group string) string { return "api-groups/" + group + "/gateway-responses" }

// responsePaths are those of v1.0 and v2 alike.
func responsePaths() map[string][]kind {
	paths := map[string][]kind{}
	for parent, kinds := range map[string][]kind{
		"/v1.0/apigw/api-groups/{group_id}/gateway-responses":                                    {groupKind},
		"/v2/{project_id}/apigw/instances/{instance_id}/api-groups/{group_id}/gateway-responses": {scopeKind, instanceKind, groupKind},
	} {
		paths[parent] = kinds
		paths[parent+"/{response_id}"] = append(kinds[:len(kinds):len(kinds)], responseKind)
		paths[parent+"/{response_id}/{response_type}"] = append(kinds[:len(kinds):len(kinds)], responseKind, responseTypeKind)
	}
	return paths
}

// placed are the ids of an operation's path before and behind those of a group.
func placed(op *operation, h *holder, ids ...string) []string {
	if strings.HasPrefix(op.pattern, "/v2/") {
		return append([]string{h.project, anInstance}, ids...)
	}
	return ids
}

// spareResponse makes a response in a group of its own: the quota is small.
func spareResponse(s *scenario, op *operation, h *holder, name string, behind ...string) (ids, paths []string) {
	group := s.group(h.member, name)
	id := s.post(h.member, responsesOf(group), object{"name": name}).text("id")
	return placed(op, h, append([]string{group, id}, behind...)...), []string{"api-groups/" + group}
}

func newResponse(s *scenario, _ *holder, _ []string) any {
	return object{"name": "n" + s.unknown()[:20]}
}

func newType(*scenario, *holder, []string) any { return object{"status": 503, "body": "{}"} }

const standardResponse = `{"error_code":"$context.error.code","error_msg":"$context.error.message","request_id":"$context.requestId"}`

// responsesScenario is the life of group responses, at both places.
func responsesScenario(s *scenario) {
	own, other := s.tenants()
	for _, v2 := range []bool{false, true} {
		group, foreign := s.group(own.member, map[bool]string{false: "first", true: "second"}[v2]), s.group(other.member, map[bool]string{false: "first", true: "second"}[v2])
		at := func(project, group string) string {
			if v2 {
				return "/v2/" + project + "/apigw/instances/" + anInstance + "/api-groups/" + group + "/gateway-responses"
			}
			return "/v1.0/apigw/" + responsesOf(group)
		}
		s.responseLife(own, at(own.project, group))
		s.responseTypes(own, at(own.project, group))
		s.responsePlaces(own, at(own.project, group), at(other.project, foreign), at(own.project, s.unknown()), v2)
		s.responseUse(own, group, at(own.project, group))
	}
	s.responseInstances(own, other)
}

func (s *scenario) responseLife(own *tenant, at string) {
	s.get(own.reader, at).has(fields{
		"total": 1, "size": 1, "responses.0.id": hexID, "responses.0.name": "default", "responses.0.default": true, "responses.0.create_time": moment,
		"responses.0.responses.AUTH_FAILURE": object{"status": 401.0, "body": standardResponse, "default": true},
	})
	standard := s.get(own.member, at).text("responses.0.id")
	body := object{"name": "response_1", "responses": object{
		"throttled":   object{"status": 503, "body": `{"code":"$context.error.code","at":"$context.stage"}`},
		"DEFAULT_5XX": object{"body": "[]"},
	}}
	id := s.do(own.member, "POST "+at, body).want(201).has(fields{
		"id": hexID, "name": "response_1", "default": false, "create_time": moment, "update_time": moment,
		"responses.THROTTLED":                  object{"status": 503.0, "body": `{"code":"$context.error.code","at":"$context.stage"}`, "default": false},
		"responses.DEFAULT_5XX":                object{"body": "[]", "default": false},
		"responses.DEFAULT_4XX":                object{"body": standardResponse, "default": true},
		"responses.UNAUTHORIZED.status":        403,
		"responses.AUTHORIZER_FAILURE.status":  403,
		"responses.NOT_FOUND.status":           404,
		"responses.BACKEND_TIMEOUT.status":     504,
		"responses.BACKEND_UNAVAILABLE.status": 502,
	}).text("id")
	second := s.post(own.member, at, object{"name": "response_2"}).text("id")
	one := at + "/" + id
	s.rows([]row{
		{name: "a name that is taken", as: own.member, call: "POST " + at, body: body, status: 400, code: "APIG.3216", text: "already exists, name:response_1"},
		{name: "the name of the default one", as: own.member, call: "POST " + at, body: object{"name": "default"}, status: 400, code: "APIG.3216"},
		{name: "show", as: own.reader, call: "GET " + one, status: 200, fields: fields{"id": id, "name": "response_1", "responses.THROTTLED.status": 503}},
		{name: "list", as: own.reader, call: "GET " + at + "?page_size=2", status: 200, fields: fields{"total": 3, "size": 2, "responses.0.id": standard, "responses.1.id": second}},
		{name: "replace", as: own.member, call: "PUT " + one, body: object{"name": "response_3", "responses": object{"NOT_FOUND": object{"status": 410, "body": "{}"}}}, status: 200, fields: fields{
			"id": id, "name": "response_3", "responses.NOT_FOUND": object{"status": 410.0, "body": "{}", "default": false}, "responses.THROTTLED.default": true,
		}},
		{name: "take a name", as: own.member, call: "PUT " + one, body: object{"name": "response_2"}, status: 400, code: "APIG.3216"},
		{name: "by an administrator", as: s.admin, call: "PUT " + one, body: object{}, status: 200, fields: fields{"name": "response_3", "responses.NOT_FOUND.default": true}},
		{name: "rename the default one", as: own.member, call: "PUT " + at + "/" + standard, body: object{"name": "mine"}, status: 409, code: "APIG.3492"},
		{name: "edit the default one", as: own.member, call: "PUT " + at + "/" + standard, body: object{"responses": object{"ACCESS_DENIED": object{"body": "{}"}}}, status: 200, fields: fields{
			"default": true, "responses.ACCESS_DENIED.status": 403, "responses.ACCESS_DENIED.default": false,
		}},
		{name: "delete the default one", as: own.member, call: "DELETE " + at + "/" + standard, status: 409, code: "APIG.3491"},
		{name: "delete", as: own.member, call: "DELETE " + at + "/" + second, status: 204},
		{name: "delete again", as: own.member, call: "DELETE " + at + "/" + second, status: 404, code: "APIG.3007", text: "response does not exist,id:" + second},
	})
	s.pages(own.member, "GET "+at)
	for _, call := range []string{"POST " + at, "PUT " + one} {
		s.responseFields(own.member, call)
	}
	s.do(own.member, "POST "+at, object{}).refused(400, "APIG.2001", "parameterName:name")
	for _, name := range []string{"b", "c", "d"} {
		s.post(own.member, at, object{"name": name})
	}
	s.do(own.member, "POST "+at, object{"name": "e"}).refused(403, "APIG.3136", "")
}

// responseFields are the refusals of a whole response.
func (s *scenario) responseFields(as *actor, call string) {
	kind := func(of any) object { return object{"name": "abc", "responses": object{"THROTTLED": of}} }
	refused := func(name string, body any, code, text string) row {
		return row{name: name, as: as, call: call, body: body, status: 400, code: code, text: text}
	}
	s.rows([]row{
		refused("65 characters", object{"name": many("a", 65)}, "APIG.2006", "parameterName:name"),
		refused("a blank", object{"name": "a b"}, "APIG.2011", "parameterName:name"),
		refused("Chinese", object{"name": "网关响应"}, "APIG.2011", "parameterName:name"),
		refused("an unknown type", object{"name": "abc", "responses": object{"TEAPOT": object{"body": "{}"}}}, "APIG.2011", "parameterName:responses.TEAPOT"),
		refused("status 199", kind(object{"status": 199, "body": "{}"}), "APIG.2002", "parameterName:responses.THROTTLED.status"),
		refused("status 600", kind(object{"status": 600, "body": "{}"}), "APIG.2003", "parameterName:responses.THROTTLED.status"),
		refused("status 444", kind(object{"status": 444, "body": "{}"}), "APIG.2011", "444"),
		refused("no body", kind(object{"status": 403}), "APIG.2001", "parameterName:responses.THROTTLED.body"),
		refused("a long body", kind(object{"body": many("1", 8193)}), "APIG.2006", "parameterName:responses.THROTTLED.body"),
		refused("a body that is no JSON", kind(object{"body": "sorry"}), "APIG.2011", "not JSON"),
		refused("an unknown variable", kind(object{"body": `"$context.secret"`}), "APIG.2011", "$context.secret"),
		refused("headers", kind(object{"body": "{}", "headers": list{object{"key": "a", "value": "b"}}}), "APIG.2011", "headers"),
	})
}

func (s *scenario) responseTypes(own *tenant, at string) {
	one := at + "/" + s.get(own.member, at).text("responses.1.id")
	kind := one + "/BACKEND_TIMEOUT"
	set := object{"BACKEND_TIMEOUT": object{"status": 200.0, "body": `"late"`, "default": false}}
	unset := object{"BACKEND_TIMEOUT": object{"status": 504.0, "body": standardResponse, "default": true}}
	is := func(want object) fields {
		return fields{"BACKEND_TIMEOUT": want["BACKEND_TIMEOUT"], "THROTTLED": gone{}}
	}
	s.rows([]row{
		{name: "show a type", as: own.reader, call: "GET " + kind, status: 200, fields: is(unset)},
		{name: "set a type", as: own.member, call: "PUT " + kind, body: object{"status": 200, "body": `"late"`}, status: 200, fields: is(set)},
		{name: "show what was set", as: own.reader, call: "GET " + kind, status: 200, fields: is(set)},
		{name: "show it in the whole", as: own.reader, call: "GET " + one, status: 200, fields: fields{"responses.BACKEND_TIMEOUT.status": 200}},
		{name: "a type without a body", as: own.member, call: "PUT " + kind, body: object{"status": 200}, status: 400, code: "APIG.2001", text: "parameterName:body"},
		{name: "a type of status 100", as: own.member, call: "PUT " + kind, body: object{"status": 100, "body": "{}"}, status: 400, code: "APIG.2002", text: "parameterName:status"},
		{name: "a type of status 1000", as: own.member, call: "PUT " + kind, body: object{"status": 1000, "body": "{}"}, status: 400, code: "APIG.2003", text: "parameterName:status"},
		{name: "a type with a long body", as: own.member, call: "PUT " + kind, body: object{"body": many("1", 8193)}, status: 400, code: "APIG.2006", text: "parameterName:body"},
		{name: "a type with a wrong body", as: own.member, call: "PUT " + kind, body: object{"body": "{"}, status: 400, code: "APIG.2011", text: "parameterName:body"},
		{name: "back to the default", as: own.member, call: "DELETE " + kind, status: 204},
		{name: "show the default again", as: own.reader, call: "GET " + kind, status: 200, fields: is(unset)},
		{name: "show an unknown type", as: own.member, call: "GET " + one + "/TEAPOT", status: 404, code: "APIG.3007", text: "type"},
		{name: "set a type in lower case", as: own.member, call: "PUT " + one + "/throttled", body: object{"body": "{}"}, status: 404, code: "APIG.3007", text: "type"},
		{name: "reset an unknown type", as: own.member, call: "DELETE " + one + "/TEAPOT", status: 404, code: "APIG.3007", text: "type"},
	})
}

// responsePlaces: whose group it is, which there is none of, and who asks.
func (s *scenario) responsePlaces(own *tenant, at, foreign, nowhere string, v2 bool) {
	id := s.get(own.member, at).text("responses.1.id")
	code := map[bool]string{false: "APIG.1101", true: "APIC.7111"}[v2]
	for _, c := range []struct {
		method, below string
		body          any
	}{
		{"POST ", "", object{"name": "more"}}, {"GET ", "", nil},
		{"GET ", "/" + id, nil}, {"PUT ", "/" + id, object{"name": "more"}}, {"DELETE ", "/" + id, nil},
		{"GET ", "/" + id + "/THROTTLED", nil}, {"PUT ", "/" + id + "/THROTTLED", object{"body": "{}"}}, {"DELETE ", "/" + id + "/THROTTLED", nil},
	} {
		s.do(own.member, c.method+foreign+c.below, c.body).refused(403, code, "")
		s.do(own.member, c.method+nowhere+c.below, c.body).refused(404, "APIG.3001", "does not exist")
		s.do(nobody, c.method+at+c.below, c.body).refused(401, "APIG.1000", "")
		if c.below != "" {
			s.do(own.member, c.method+at+strings.Replace(c.below, id, s.unknown(), 1), c.body).refused(404, "APIG.3007", "")
		}
		if c.method != "GET " {
			s.do(own.reader, c.method+at+c.below, c.body).refused(403, "APIC.7110", "")
		}
		if v2 {
			s.do(own.member, c.method+strings.Replace(at, anInstance, "an-instance", 1)+c.below, c.body).refused(404, "APIG.3030", "")
		}
	}
}

// responseUse: what an API names cannot be deleted while it does.
func (s *scenario) responseUse(own *tenant, group, at string) {
	id := s.get(own.member, at).text("responses.1.id")
	document := mock(group, "worded", "/worded")
	api := s.api(own.member, with(document, "response_id", id))
	s.do(own.member, "DELETE "+at+"/"+id, nil).refused(403, "APIG.1107", "API "+api+" names it")
	s.publish(own.member, api, releaseEnv)
	s.put(own.member, "apis/"+api, document)
	s.do(own.member, "DELETE "+at+"/"+id, nil).refused(403, "APIG.1107", api) // what is published names it still
	s.remove(own.member, "apis/publish/"+api+"?env_id="+releaseEnv)
	s.remove(own.member, at+"/"+id)
	s.remove(own.member, "apis/"+api)
	s.remove(own.member, "api-groups/"+group) // with all its responses
	s.do(own.member, "GET "+at, nil).refused(404, "APIG.3001", group)
}

// responseInstances: both places show the same responses, and instances are only
// a form.
func (s *scenario) responseInstances(own, other *tenant) {
	group := s.group(own.member, "shown_twice")
	id := s.post(own.member, responsesOf(group), object{"name": "one"}).text("id")
	instance := s.unknown()
	path := "/v2/" + own.project + "/apigw/instances/" + instance + "/api-groups/" + group + "/gateway-responses/" + id
	s.get(own.reader, path).has(fields{"id": id, "name": "one"})
	s.get(s.admin, path).has(fields{"id": id})
	s.get(own.reader, strings.Replace(path, instance, "eddc4d25-480b-4cd6-b512-f270a1b8b341", 1)).has(fields{"id": id})
	// An administrator's project of the path is the group's as well.
	s.do(s.admin, "GET "+strings.Replace(path, own.project, other.project, 1), nil).refused(404, "APIG.3001", group)
}
