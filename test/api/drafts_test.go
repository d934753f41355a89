package api_test

import (
	"regexp"
	"strings"
)

// drafts is the life of an API that is not published.
func drafts(s *scenario) {
	own, other := s.tenants()
	group, second, foreignGroup := s.group(own.member, "orders"), s.group(own.member, "second"), s.group(other.member, "orders")
	made := s.do(own.member, "POST apis", object{
		// The reference's own sample writes its words in lower case.
		"group_id": group, "name": "orders", "type": 1, "req_protocol": "https", "req_method": "get", "req_uri": "/orders/{id}",
		"auth_type": "app", "backend_type": "http", "remark": "all orders", "tags": list{"shop", "APIG-SN-1"}, "cors": true,
		"req_params":     list{object{"name": "id", "location": "path", "type": "string"}},
		"backend_params": list{object{"name": "id", "location": "path", "origin": "request", "value": "id"}},
		"backend_api": object{
			"url_domain": "10.0.0.1:8080", "req_protocol": "http", "req_method": "get", "req_uri": "/o/{id}", "timeout": 1000,
			"vpc_info": object{"vpc_id": ""},
		},
		"mock_info": object{}, "func_info": object{"function_urn": "", "timeout": 0},
	}).want(201).has(fields{
		"id": hexID, "group_id": group, "group_name": "orders", "name": "orders", "type": 1, "status": 1, "arrange_necessary": 2,
		"req_protocol": "HTTPS", "req_method": "GET", "match_mode": "NORMAL", "auth_type": "APP", "auth_opt.app_code_auth_type": "DISABLE",
		"backend_type": "HTTP", "cors": true, "tags": []string{"shop", "APIG-SN-1"}, "register_time": moment, "update_time": moment,
		"req_params.0.id": hexID, "req_params.0.location": "PATH", "req_params.0.required": 1, "req_params.0.valid_enable": 2,
		"backend_params.0.origin": "REQUEST", "backend_params.0.location": "PATH", "backend_api.req_method": "GET",
		"backend_api.vpc_status": 2, "backend_api.vpc_info": gone{}, "mock_info": gone{}, "func_info": gone{}, "run_env_id": gone{},
		// Accepted, and refused when it is called: reference 4.2.2 reserves the range.
		"warnings.0": regexp.MustCompile(`^backend_api\.url_domain: calls will be refused with APIG\.0404: 10\.0\.0\.1 is a private address; .*--backend-allow`),
		"warnings.1": gone{},
	})
	id := made.text("id")
	if a := s.get(own.member, "apis/"+id); string(a.body) != string(made.body) {
		s.t.Errorf("shown\n%s\nmade\n%s", a.body, made.body)
	}
	foreign := s.api(other.member, mock(foreignGroup, "orders", "/orders"))
	s.rows([]row{
		{name: "show to a reader", as: own.reader, call: "GET apis/" + id, status: 200, fields: fields{"id": id}},
		{name: "show to an administrator", as: s.admin, call: "GET apis/" + id, status: 200, fields: fields{"id": id}},
		{name: "show a foreign one", as: own.member, call: "GET apis/" + foreign, status: 403, code: "APIG.1102"},
		{name: "show an unknown one", as: own.member, call: "GET apis/nothing", status: 404, code: "APIG.3002", text: "API nothing does not exist"},
		{name: "a reader creates", as: own.reader, call: "POST apis", body: mock(group, "reader", "/reader"), status: 403, code: "APIC.7110"},
		{name: "nobody creates", as: nobody, call: "POST apis", body: mock(group, "nobody", "/nobody"), status: 401, code: "APIG.1000"},
		{name: "private, another group", as: own.member, call: "POST apis", body: with(mock(second, "private", "/orders"), "type", 2, "req_method", "post"), status: 201, fields: fields{"type": 2}},
		{name: "an administrator registers for the owner of the group", as: s.admin, call: "POST apis", body: mock(second, "admins", "/admins"), status: 201},
		{name: "and the owner has it", as: own.member, call: "GET apis?name=admins", status: 200, fields: fields{"total": 1}},

		{name: "change", as: own.member, call: "PUT apis/" + id, status: 200,
			body: with(web("", "orders_2", "/orders", "h#sub#.test"), "group_id", nil, "auth_type", "NONE"),
			fields: fields{
				"id": id, "name": "orders_2", "group_id": group, "req_params": gone{}, "auth_opt": gone{}, "tags": gone{}, "remark": gone{},
				"register_time": made.text("register_time"), "backend_api.url_domain": "h#sub#.test", "warnings": gone{},
			}},
		{name: "change a foreign one", as: own.member, call: "PUT apis/" + foreign, body: mock(group, "mine", "/mine"), status: 403, code: "APIG.1102"},
		{name: "change an unknown one", as: own.member, call: "PUT apis/nothing", body: mock(group, "mine", "/mine"), status: 404, code: "APIG.3002"},
		{name: "move to another group", as: own.member, call: "PUT apis/" + id, body: mock(second, "orders", "/moved"), status: 400, code: "APIG.2011", text: "parameterName:group_id"},
		{name: "a reader changes", as: own.reader, call: "PUT apis/" + id, body: mock(group, "mine", "/mine"), status: 403, code: "APIC.7110"},
	})
	s.apiLists(own, other, id, group)
	s.apiEnds(own, id, foreign, second)
}

func (s *scenario) apiLists(own, other *tenant, id, group string) {
	env := s.env(own.member, "STAGE")
	tagged := s.api(own.member, with(mock(group, "tagged", "/100%25"), "tags", list{"blue", "shop"}, "auth_type", "APP", "req_protocol", "HTTP"))
	s.publish(own.member, tagged, env)
	for query, want := range map[string]string{
		"":                                 "tagged admins private orders_2",
		"?page_size=2&page_no=2":           "private orders_2",
		"?id=" + id:                        "orders_2",
		"?group_id=" + group:               "tagged orders_2",
		"?name=RDERS":                      "orders_2",
		"?name=orders&precise_search=name": "",
		"?req_uri=ORDERS":                  "private orders_2",
		"?req_uri=%25&precise_search=name": "tagged",
		"?req_uri=/orders&precise_search=req_uri":                   "private orders_2",
		"?req_uri=/orders&name=private&precise_search=name,req_uri": "private",
		"?req_method=post":      "private",
		"?req_protocol=http":    "tagged",
		"?auth_type=app":        "tagged",
		"?env_id=" + env:        "tagged",
		"?env_id=" + releaseEnv: "",
		"?type=2":               "private",
		"?status=1":             "tagged admins private orders_2",
		"?tags=blue,red":        "tagged",
	} {
		a := s.get(own.reader, "apis"+query)
		if got := a.each("apis", "name"); got != want {
			a.errorf("APIs %q, want %q", got, want)
		}
	}
	s.get(own.member, "apis?id="+tagged).has(fields{
		"total": 1, "apis.0.run_env_name": "STAGE", "apis.0.run_env_id": env, "apis.0.publish_id": hexID, "apis.0.group_name": "orders",
	})
	if body := s.get(own.member, "apis?id="+id).body; strings.Contains(string(body), "h#sub#.test") {
		s.t.Errorf("a list shows a backend: %s", body)
	}
	s.get(other.member, "apis?id="+id).has(fields{"total": 0, "apis": list{}})
	s.get(s.admin, "apis?id="+id).has(fields{"total": 1})
	s.pages(own.member, "GET apis")
	s.rows([]row{
		{name: "type of a list", as: own.member, call: "GET apis?type=x", status: 400, code: "APIG.2011", text: "parameterName:type"},
		{name: "status of a list", as: own.member, call: "GET apis?status=x", status: 400, code: "APIG.2011", text: "parameterName:status"},
		{name: "list for nobody", as: nobody, call: "GET apis", status: 401, code: "APIG.1000"},
	})
	s.do(own.member, "DELETE apis/"+tagged, nil).refused(403, "APIG.3416", "")
	s.remove(own.member, "apis/publish/"+tagged+"?env_id="+env)
	s.remove(own.member, "apis/"+tagged)
}

func (s *scenario) apiEnds(own *tenant, id, foreign, group string) {
	s.rows([]row{
		{name: "delete a foreign one", as: own.member, call: "DELETE apis/" + foreign, status: 403, code: "APIG.1102"},
		{name: "a reader deletes", as: own.reader, call: "DELETE apis/" + id, status: 403, code: "APIC.7110"},
		{name: "delete", as: own.member, call: "DELETE apis/" + id, status: 204},
		{name: "delete again", as: own.member, call: "DELETE apis/" + id, status: 404, code: "APIG.3002", text: "API " + id + " does not exist"},
	})
	// Two are in this group already.
	for _, name := range numbered("filler_%d", smallQuota-4) {
		s.api(own.member, mock(group, name, "/"+name))
	}
	s.do(own.member, "POST apis", mock(group, "one_too_many", "/too-many")).refused(403, "APIG.3125", "")
	third := s.group(own.member, "third")
	for _, name := range numbered("filler_%d", 2) {
		s.api(own.member, mock(third, name, "/"+name))
	}
	s.do(own.member, "POST apis", mock(third, "one_too_many", "/too-many")).refused(403, "APIG.3102", "")
}
