package api_test

import (
	"net/url"
	"strings"
)

// described is a document of one API with a MOCK backend for each pair of path
// and name.
func described(title string, pairs ...string) object {
	paths := object{}
	for i := 0; i < len(pairs); i += 2 {
		paths[pairs[i]] = object{"get": object{
			"operationId": pairs[i+1], "schemes": list{"http", "https"},
			"x-apigateway-backend": object{"type": "MOCK", "mockEndpoints": object{"result-content": "mock of " + pairs[i+1]}},
		}}
	}
	return object{"swagger": "2.0", "info": object{"title": title, "description": title, "version": "1"}, "paths": paths}
}

// openapiScenario is the life of documents: imported, published, called,
// exported, imported again.
func openapiScenario(s *scenario) {
	own, other := s.tenants()
	made := s.do(own.member, "POST openapi", described("Shop", "/orders", "order_list", "/orders/{id}", "order_show")).want(200).has(fields{
		"group_id": hexID, "success.0.id": hexID, "success.0.action": "create", "success.0.method": "GET", "success.0.path": "/orders",
		"success.1.path": "/orders/{id}", "success.2": gone{}, "failure": list{}, "dry_run": gone{},
		"report.0.pointer": "/info/version", "report.0.action": "ignored",
	})
	group := made.text("group_id")
	s.get(own.member, "api-groups/"+group).has(fields{"name": "Shop", "remark": "Shop"})
	s.get(own.member, "apis/"+made.text("success.1.id")).has(fields{
		"name": "order_show", "req_params.0.name": "id", "req_params.0.location": "PATH", "backend_type": "MOCK", "run_env_id": gone{},
	})
	s.importRefusals(own, other, group)
	s.importModes(own, group)
	s.importLimits(own)
	for _, i := range []string{"0", "1"} {
		s.publish(own.member, made.text("success."+i+".id"), releaseEnv)
	}
	s.exports(own, other, group, made.text("success.0.id"))
	s.boundByImport(own)
}

func (s *scenario) importRefusals(own, other *tenant, group string) {
	good := described("Another", "/a", "api_a")
	foreign := s.group(other.member, "theirs")
	rows := []row{
		{name: "nobody imports", as: nobody, call: "POST openapi", body: good, status: 401, code: "APIG.1000"},
		{name: "a reader imports", as: own.reader, call: "POST openapi", body: good, status: 403, code: "APIC.7110"},
		{name: "nobody imports into a group", as: nobody, call: "PUT openapi?mode=merge&group_id=" + group, body: good, status: 401, code: "APIG.1000"},
		{name: "a reader imports into a group", as: own.reader, call: "PUT openapi?mode=merge&group_id=" + group, body: good, status: 403, code: "APIC.7110"},
		{name: "the title is taken", as: own.member, call: "POST openapi", body: described("Shop"), status: 400, code: "APIG.3201", text: "name:Shop"},
		{name: "no title", as: own.member, call: "POST openapi", body: described(""), status: 400, code: "APIG.2001", text: "info.title"},
		{name: "no title to be made a name", as: own.member, call: "POST openapi", body: described("%%%"), status: 400, code: "APIG.2011", text: "info.title"},
		{name: "no group", as: own.member, call: "PUT openapi?mode=merge", body: good, status: 400, code: "APIG.2001", text: "group_id"},
		{name: "no mode", as: own.member, call: "PUT openapi?group_id=" + group, body: good, status: 400, code: "APIG.2001", text: "mode"},
		{name: "another mode", as: own.member, call: "PUT openapi?mode=x&group_id=" + group, body: good, status: 400, code: "APIG.2011", text: "mode"},
		{name: "group that is nowhere", as: own.member, call: "PUT openapi?mode=merge&group_id=nothing", body: good, status: 404, code: "APIG.3001", text: "API group nothing does not exist"},
		{name: "group of others", as: own.member, call: "PUT openapi?mode=merge&group_id=" + foreign, body: good, status: 403, code: "APIG.1101"},
	}
	for _, call := range []string{"POST openapi?x=1", "PUT openapi?mode=merge&group_id=" + group} {
		refused := func(name string, body any, code, text string) row {
			return row{name: name + ", " + call[:4], as: own.member, call: call, body: body, status: 400, code: code, text: text}
		}
		rows = append(rows,
			row{name: "extend_mode, " + call[:4], as: own.member, call: call + "&extend_mode=x", body: good, status: 400, code: "APIG.2011", text: "extend_mode"},
			row{name: "dry_run, " + call[:4], as: own.member, call: call + "&dry_run=yes", body: good, status: 400, code: "APIG.2011", text: "dry_run"},
			refused("no body", nil, "APIG.3609", "empty"),
			refused("blanks", " \n", "APIG.3609", "empty"),
			refused("half a document", `{"swagger":"2.0"`, "APIG.3600", ""),
			refused("no YAML", "a: [1", "APIG.3600", ""),
			refused("another version", object{"swagger": "1.2", "info": object{"title": "abc"}}, "APIG.3601", "2.0"),
			refused("a key twice", `{"swagger":"2.0","swagger":"2.0"}`, "APIG.3602", "twice"),
			refused("elsewhere", object{"swagger": "2.0", "info": object{"title": "abc"}, "paths": object{"/a": object{"$ref": "http://169.254.169.254/"}}}, "APIG.3602", "/paths/~1a/$ref"),
			refused("aliases of aliases", "a: &a [x,x,x,x,x,x,x,x,x,x]\nc: &c ["+many("*a,", 100)+"*a]\nd: &d ["+many("*c,", 100)+"*c]\n", "APIG.3603", "values"),
			refused("over 5 MB", many("# \n", 2<<20), "APIG.3603", ""),
		)
	}
	s.rows(rows)
	// The announced length is enough.
	r := s.request(own.member, "POST openapi", "{}", "Expect", "100-continue")
	r.ContentLength = 12<<20 + 1
	s.send(r, "POST openapi with 12 MB and a byte").refused(400, "APIG.3603", "")
	s.get(own.member, "api-groups").has(fields{"total": 1})
}

func (s *scenario) importModes(own *tenant, group string) {
	next := described("Ignored", "/orders/{order}", "order_show", "/new", "order_new")
	into := "PUT openapi?group_id=" + group + "&mode="
	s.do(own.member, into+"override&dry_run=true", next).want(200).has(fields{
		"dry_run": true, "group_id": group, "success.0.action": "create", "success.0.id": "", "success.0.path": "/new",
		"success.1.action": "update", "success.1.id": hexID,
	})
	s.get(own.member, "apis").has(fields{"total": 2})
	s.do(own.member, into+"merge", next).want(200).has(fields{
		"group_id": group, "success.0.path": "/new", "success.1": gone{},
		"failure.0.error_code": "APIG.3301", "failure.0.method": "GET", "failure.0.path": "/orders/{order}", "failure.1": gone{},
	})
	s.do(own.member, into+"override", next).want(200).has(fields{"success.1.action": "update", "failure": list{}})
	s.do(s.admin, into+"override", described("Ignored", "/new", "order_new")).want(200).has(fields{"success.0.action": "update"})
	s.get(own.member, "apis").has(fields{"total": 3})
	s.get(own.member, "api-groups/"+group).has(fields{"name": "Shop"})
	// What fails is listed, the rest is imported.
	odd := described("Odd", "/fine", "fine_one", "/odd", "odd_one")
	odd["paths"].(object)["/odd"].(object)["get"].(object)["x-apigateway-backend"] = object{"type": "FTP"}
	a := s.do(own.member, "POST openapi", odd).want(200).has(fields{
		"success.0.path": "/fine", "success.1": gone{},
		"failure.0.error_code": "APIG.2011", "failure.0.path": "/odd", "failure.0.method": "GET",
	})
	if text := a.text("failure.0.error_msg"); !strings.Contains(text, "parameterName:backend_type") {
		a.errorf("error_msg %q", text)
	}
}

// importLimits: the quota of imports, of groups and of APIs.
func (s *scenario) importLimits(own *tenant) {
	pairs := []string{}
	for _, name := range numbered("many_%03d", 301) {
		pairs = append(pairs, "/"+name, name)
	}
	for _, call := range []string{"POST openapi", "PUT openapi?mode=merge&group_id=" + s.group(own.member, "limits")} {
		s.do(own.member, call, described("Limits", pairs...)).refused(403, "APIG.3127", "A maximum of 300 APIs can be imported at a time.")
	}
	full := s.tenant("full")
	for _, name := range numbered("group_%d", smallQuota-1) {
		s.group(full.member, name)
	}
	// The last group takes as many APIs as one may have; the others fail alone.
	a := s.do(full.member, "POST openapi", described("Last", pairs[:2*smallQuota]...)).want(200)
	a.has(fields{"success.9.id": hexID, "success.10": gone{}, "failure.0.error_code": "APIG.3125", "failure.1.error_code": "APIG.3125"})
	s.do(full.member, "POST openapi", described("One_too_many", "/a", "api_a")).refused(403, "APIG.3101", "")
}

func (s *scenario) exports(own, other *tenant, group, api string) {
	env := s.env(own.member, "STAGE")
	foreignEnv, foreignGroup := s.env(other.member, "STAGE"), s.group(other.member, "Shop")
	foreignAPI := s.api(other.member, mock(foreignGroup, "theirs", "/theirs"))
	second := s.api(own.member, mock(s.group(own.member, "second"), "second", "/second"))
	s.publish(own.member, second, releaseEnv)
	offline := s.api(own.member, mock(group, "offline", "/offline"))
	export := "GET openapi?group_id=" + group
	content := "/orders.get.x-apigateway-backend.mockEndpoints.result-content"
	s.rows([]row{
		{name: "export", as: own.reader, call: export, status: 200, fields: fields{
			"swagger": "2.0", "info.title": "Shop", "info.description": "Shop", "responses.default.description": "response example",
			"securityDefinitions.apig-auth-app.x-apigateway-auth-type": "AppSigv1", "securityDefinitions.apig-auth-iam.in": "header",
			"paths./orders.get.operationId": "order_list", "paths./orders.get.schemes": list{"http", "https"}, "paths./offline": gone{},
			"paths./orders.get.x-apigateway-cors": false, "paths./orders.get.x-apigateway-match-mode": "NORMAL",
			"paths./orders.get.x-apigateway-request-type": "public", "paths./orders.get.x-apigateway-backend": gone{},
			"paths./orders.get.responses.default.$ref": "#/responses/default", "paths./orders/{order}.get.parameters.0.in": "path",
		}},
		{name: "with backends", as: own.member, call: export + "&define=full&version=mine", status: 200, fields: fields{
			"info.version": "mine", "paths." + content: "mock of order_list",
		}},
		{name: "as OpenAPI 3", as: own.member, call: export + "&define=all&format=openapi3", status: 200, fields: fields{
			"openapi": "3.0.3", "paths." + content: "mock of order_list", "components.responses.default.description": "response example",
		}},
		{name: "by another name of the group", as: own.member, call: "GET openapi?group=" + group, status: 200, fields: fields{"info.title": "Shop"}},
		{name: "of an environment with nothing", as: own.member, call: export + "&env_id=" + env, status: 200, fields: fields{"paths": object{}}},
		{name: "to an administrator", as: s.admin, call: export, status: 200},
		{name: "to nobody", as: nobody, call: export, status: 401, code: "APIG.1000"},
		{name: "no group", as: own.member, call: "GET openapi", status: 400, code: "APIG.2001", text: "group_id"},
		{name: "group that is nowhere", as: own.member, call: "GET openapi?group_id=nothing", status: 404, code: "APIG.3001"},
		{name: "group of others", as: own.member, call: "GET openapi?group_id=" + foreignGroup, status: 403, code: "APIG.1101"},
		{name: "environment that is nowhere", as: own.member, call: export + "&env_id=nothing", status: 404, code: "APIG.3003"},
		{name: "environment of others", as: own.member, call: export + "&env=" + foreignEnv, status: 403, code: "APIG.1103"},
		{name: "environment of another project", as: s.admin, call: export + "&env=" + foreignEnv, status: 400, code: "APIG.1201"},
		{name: "define", as: own.member, call: export + "&define=x", status: 400, code: "APIG.2011", text: "define"},
		{name: "type", as: own.member, call: export + "&type=xml", status: 400, code: "APIG.2011", text: "type"},
		{name: "format", as: own.member, call: export + "&format=raml", status: 400, code: "APIG.2011", text: "format"},
		{name: "long version", as: own.member, call: export + "&version=" + many("1", 65), status: 400, code: "APIG.2006", text: "version"},

		{name: "by ids", as: own.member, call: "POST openapi/apis?define=full", body: list{api}, status: 200, fields: fields{
			"swagger": "2.0", "info.title": "Shop", "paths." + content: "mock of order_list", "paths./orders/{order}": gone{},
		}},
		{name: "by ids, a reader", as: own.reader, call: "POST openapi/apis", body: list{api}, status: 403, code: "APIC.7110"},
		{name: "by ids, nobody", as: nobody, call: "POST openapi/apis", body: list{api}, status: 401, code: "APIG.1000"},
		{name: "no ids", as: own.member, call: "POST openapi/apis", body: list{}, status: 400, code: "APIG.2001", text: "api_ids"},
		{name: "too many ids", as: own.member, call: "POST openapi/apis", body: texts(numbered("id%d", 1001)...), status: 400, code: "APIG.2006", text: "api_ids"},
		{name: "of two groups", as: own.member, call: "POST openapi/apis", body: list{api, second}, status: 400, code: "APIG.2011", text: "several groups"},
		{name: "API that is nowhere", as: own.member, call: "POST openapi/apis", body: list{api, "nothing"}, status: 404, code: "APIG.3002", text: "API nothing does not exist"},
		{name: "API of others", as: own.member, call: "POST openapi/apis", body: list{foreignAPI}, status: 403, code: "APIG.1102"},
		{name: "API that is offline", as: own.member, call: "POST openapi/apis", body: list{api, offline}, status: 404, code: "APIG.3015", text: offline},
		{name: "by ids, environment that is nowhere", as: own.member, call: "POST openapi/apis?env_id=nothing", body: list{api}, status: 404, code: "APIG.3003"},
		{name: "by ids, environment of others", as: own.member, call: "POST openapi/apis?env_id=" + foreignEnv, body: list{api}, status: 403, code: "APIG.1103"},
		{name: "by ids, environment of another project", as: s.admin, call: "POST openapi/apis?env_id=" + foreignEnv, body: list{api}, status: 400, code: "APIG.1201"},
		{name: "by ids, define", as: own.member, call: "POST openapi/apis?define=x", body: list{api}, status: 400, code: "APIG.2011", text: "define"},
	})
	// YAML goes back in as it came out.
	yaml := s.get(own.member, "openapi?type=yaml&define=all&version=1&group_id="+group)
	if !yaml.isYAML() || !strings.HasPrefix(string(yaml.body), "swagger: '2.0'\n") {
		yaml.errorf("%s %.200s", yaml.header.Get("Content-Type"), yaml.body)
	}
	again := s.do(other.member, "POST openapi", strings.Replace(string(yaml.body), "title: Shop", "title: Again", 1)).want(200).has(fields{"failure": list{}})
	for _, i := range []string{"0", "1"} {
		s.publish(other.member, again.text("success."+i+".id"), releaseEnv)
	}
	back := s.get(other.member, "openapi?type=yaml&define=all&version=1&group_id="+again.text("group_id"))
	clean := func(a *answer) string {
		lines := strings.Split(string(a.body), "\n")
		kept := lines[:0]
		for _, line := range lines {
			if !strings.HasPrefix(line, "host: ") && !strings.HasPrefix(line, "  title: ") {
				kept = append(kept, line)
			}
		}
		return strings.Join(kept, "\n")
	}
	if clean(yaml) != clean(back) {
		back.errorf("is\n%s\nwas\n%s", back.body, yaml.body)
	}
}

// boundByImport: what an imported API is bound to holds from its publication
// on, and is exported with it.
func (s *scenario) boundByImport(own *tenant) {
	d := described("Bound", "/bound", "bound")
	op := d["paths"].(object)["/bound"].(object)["get"].(object)
	op["x-apigateway-ratelimit"], op["x-apigateway-access-control"] = "slow", list{"few"}
	d["x-apigateway-ratelimits"] = object{"slow": object{"api-limit": 7, "interval": 1, "unit": "minute"}, "idle": object{"api-limit": 1, "interval": 1, "unit": "DAY"}}
	d["x-apigateway-access-controls"] = object{"few": object{"acl-type": "deny", "entity-type": "ip", "value": "10.1.2.3"}}
	made := s.do(own.member, "POST openapi", d).want(200).has(fields{"failure": list{}})
	throttles := s.get(own.member, "throttles").has(fields{"total": 1, "throttles.0.name": "slow", "throttles.0.api_call_limits": 7, "throttles.0.time_unit": "MINUTE"})
	bound := "throttle-bindings/binded-apis?throttle_id=" + throttles.text("throttles.0.id")
	s.get(own.member, bound).has(fields{"total": 0})
	s.publish(own.member, made.text("success.0.id"), releaseEnv)
	s.get(own.member, bound).has(fields{"total": 1, "apis.0.name": "bound"})
	export := "openapi?define=all&group_id=" + made.text("group_id")
	s.get(own.member, export).has(fields{
		"paths./bound.get.x-apigateway-ratelimit": "slow", "paths./bound.get.x-apigateway-access-control": "few",
		"x-apigateway-ratelimits.slow.api-limit": 7, "x-apigateway-ratelimits.slow.unit": "MINUTE", "x-apigateway-ratelimits.idle": gone{},
		"x-apigateway-access-controls.few.acl-type": "DENY", "x-apigateway-access-controls.few.value": "10.1.2.3",
	})
	// merge keeps a policy of the same name, override overwrites it.
	d["x-apigateway-ratelimits"].(object)["slow"].(object)["api-limit"] = 8
	into := "PUT openapi?mode=override&group_id=" + made.text("group_id")
	for _, extend := range []struct {
		mode  string
		limit int
	}{{"", 7}, {"&extend_mode=merge", 7}, {"&extend_mode=override", 8}} {
		s.do(own.member, into+extend.mode, d).want(200).has(fields{"failure": list{}})
		s.get(own.member, export).has(fields{"x-apigateway-ratelimits.slow.api-limit": extend.limit})
	}
}

var openapiPart = part{
	fill:  func(s *scenario, h *holder) {},
	empty: func(h *holder) []string { return nil },
	needs: map[string]func(h *holder) string{
		"openapi": func(h *holder) string { return "&group_id=" + h.ids["group"] },
	},
	references: func(s *scenario, h *holder) []reference {
		query := func(call string, body any) func(string) (string, any) {
			return func(id string) (string, any) { return call + url.QueryEscape(id), body }
		}
		return []reference{
			{"group of an export", groupKind, false, query("GET openapi?group_id=", nil)},
			{"group of an export by its other name", groupKind, false, query("GET openapi?group=", nil)},
			{"environment of an export", envKind, false, query("GET openapi?group_id="+h.ids["group"]+"&env_id=", nil)},
			{"group of an import", groupKind, false, query("PUT openapi?mode=merge&group_id=", described("Refused", "/refused", "refused"))},
			{"API of an export", apiKind, false, func(id string) (string, any) { return "POST openapi/apis", list{h.ids["api"], id} }},
			{"environment of an export by ids", envKind, false, query("POST openapi/apis?env_id=", list{h.ids["api"]})},
		}
	},
}
