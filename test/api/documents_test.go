package api_test

// documents sends documents that are wrong in one place, to create an API and
// to change one. What is refused leaves the draft as it was.
func documents(s *scenario) {
	own, other := s.tenants()
	group, foreignGroup := s.group(own.member, "orders"), s.group(other.member, "orders")
	taken := mock(group, "taken", "/taken")
	s.api(own.member, taken)
	id := s.api(own.member, with(mock(group, "changed", "/changed"), "req_method", "ANY"))
	before := s.get(own.member, "apis/"+id).body
	s.do(own.member, "POST apis", mock("nothing", "fresh", "/fresh")).refused(404, "APIG.3001", "API group nothing does not exist")
	s.do(own.member, "POST apis", mock(foreignGroup, "fresh", "/fresh")).refused(403, "APIG.1101", "")
	s.do(own.member, "POST apis", mock("", "fresh", "/fresh")).refused(400, "APIG.2001", "parameterName:group_id")
	s.names(own.member, "POST apis", func(name string) any { return mock(group, name, "/fresh") })
	for _, call := range []string{"POST apis", "PUT apis/" + id} {
		for _, wrong := range wrongDocuments(group) {
			s.rows([]row{{name: wrong.name, as: own.member, call: call, body: wrong.document, status: wrong.status, code: wrong.code, text: wrong.text}})
		}
	}
	if after := s.get(own.member, "apis/"+id).body; string(after) != string(before) {
		s.t.Errorf("a refused change changed\n%s\nto\n%s", before, after)
	}
	s.get(own.member, "apis").has(fields{"total": 2})
	s.timeouts(own, group, id)
}

type wrongDocument struct {
	name     string
	document object
	status   int
	code     string
	text     string
}

func wrongDocuments(group string) []wrongDocument {
	good, site := mock(group, "fresh", "/fresh"), web(group, "fresh", "/fresh", "h.test")
	bad := func(name, code, text string, document object) wrongDocument {
		return wrongDocument{name, document, 400, code, text}
	}
	backend := func(pairs ...any) object {
		return with(site, "backend_api", with(site["backend_api"].(object), pairs...))
	}
	parameter := func(pairs ...any) object {
		return with(good, "req_params", list{with(object{"name": "q", "location": "QUERY", "type": "STRING"}, pairs...)})
	}
	mapping := func(pairs ...any) object {
		d := parameter()
		d["backend_params"] = list{with(object{"name": "q", "location": "QUERY", "origin": "REQUEST", "value": "q"}, pairs...)}
		return d
	}
	path := func(uri string, names ...string) object {
		params := list{}
		for _, name := range names {
			params = append(params, object{"name": name, "location": "PATH", "type": "STRING"})
		}
		return with(good, "req_uri", uri, "req_params", params)
	}
	table := []wrongDocument{
		bad("no type", "APIG.2001", "type", with(good, "type", nil)),
		bad("type 3", "APIG.2011", "type", with(good, "type", 3)),
		bad("type in words", "APIG.2011", "type", with(good, "type", "public")),
		bad("protocol", "APIG.2011", "req_protocol", with(good, "req_protocol", "FTP")),
		bad("no method", "APIG.2001", "req_method", with(good, "req_method", nil)),
		bad("method", "APIG.2011", "req_method", with(good, "req_method", "TRACE")),
		bad("match mode", "APIG.2011", "match_mode", with(good, "match_mode", "PREFIX")),
		bad("long version", "APIG.2006", "version", with(good, "version", many("1", 17))),
		bad("long remark", "APIG.2006", "remark", with(good, "remark", many("注", 256))),
		bad("long sample", "APIG.2006", "result_normal_sample", with(good, "result_normal_sample", many("x", 20481))),
		bad("short name", "APIG.2005", "name", with(good, "name", "ab")),
		bad("response that cannot exist", "APIG.2011", "response_id", with(good, "response_id", "r")),
		bad("no authentication", "APIG.2001", "auth_type", with(good, "auth_type", nil)),
		bad("authentication", "APIG.2011", "auth_type", with(good, "auth_type", "BASIC")),
		bad("AppCode", "APIG.2011", "app_code_auth_type", with(good, "auth_type", "APP", "auth_opt", object{"app_code_auth_type": "QUERY"})),
		bad("no authorizer", "APIG.2001", "authorizer_id", with(good, "auth_type", "AUTHORIZER")),
		{"authorizer that cannot exist", with(good, "auth_type", "AUTHORIZER", "authorizer_id", "a1"), 404, "APIG.3081", "authorizer with id: a1 not found"},
		bad("tag", "APIG.2011", "tags[0]", with(good, "tags", list{"<b>"})),
		bad("tag twice", "APIG.3213", "shop", with(good, "tags", list{"shop", "shop"})),
		bad("name taken", "APIG.3202", "The API name already exists, api_name:taken", with(good, "name", "taken")),
		bad("path taken", "APIG.3301", "API name: taken", with(good, "req_uri", "/taken")),

		bad("no path", "APIG.2001", "req_uri", with(good, "req_uri", nil)),
		bad("long path", "APIG.2006", "req_uri", with(good, "req_uri", "/"+many("x", 512))),
		bad("relative path", "APIG.2011", "req_uri", with(good, "req_uri", "fresh")),
		bad("dots", "APIG.2011", "req_uri", with(good, "req_uri", "/a/../b")),
		bad("encoded slash", "APIG.2011", "req_uri", with(good, "req_uri", "/a%2fb")),
		bad("part of a segment", "APIG.2011", "req_uri", path("/a{id}", "id")),
		bad("greedy in the middle", "APIG.2011", "req_uri", path("/{id+}/b", "id")),
		bad("greedy with a prefix", "APIG.2011", "req_uri", with(path("/{id+}", "id"), "match_mode", "SWA")),
		bad("variable twice", "APIG.2011", "req_uri", path("/{id}/{id}", "id")),
		bad("variable not declared", "APIG.2026", "id", path("/{id}")),
		bad("declared, not in the path", "APIG.2026", "id", path("/fresh", "id")),

		bad("no parameter name", "APIG.2001", "req_params[0].name", parameter("name", nil)),
		bad("parameter name", "APIG.2011", "req_params[0].name", parameter("name", "1q")),
		bad("reserved name", "APIG.2011", "req_params[0].name", parameter("name", "X-Apig-Mode")),
		bad("reserved header", "APIG.2011", "req_params[0].name", parameter("name", "authorization", "location", "HEADER")),
		bad("header with _", "APIG.2011", "req_params[0].name", parameter("name", "a_b", "location", "HEADER")),
		bad("location", "APIG.2011", "req_params[0].location", parameter("location", "COOKIE")),
		bad("type of a parameter", "APIG.2011", "req_params[0].type", parameter("type", "DATE")),
		bad("required 3", "APIG.2011", "req_params[0].required", parameter("required", 3)),
		bad("valid_enable 3", "APIG.2011", "req_params[0].valid_enable", parameter("valid_enable", 3)),
		bad("bounds", "APIG.2011", "req_params[0].min_num", parameter("min_num", 2, "max_num", 1)),
		bad("negative length", "APIG.2002", "req_params[0].min_size", parameter("min_size", -1)),
		bad("long default", "APIG.2006", "req_params[0].default_value", parameter("default_value", many("x", 256))),
		bad("parameter twice", "APIG.3209", "q", with(good, "req_params", list{
			object{"name": "q", "location": "QUERY", "type": "STRING"}, object{"name": "q", "location": "QUERY", "type": "NUMBER"},
		})),

		bad("no backend type", "APIG.2001", "backend_type", with(good, "backend_type", nil)),
		bad("backend type", "APIG.2011", "backend_type", with(good, "backend_type", "GRPC")),
		bad("no backend", "APIG.2001", "backend_api", with(site, "backend_api", nil)),
		bad("no mock", "APIG.2001", "mock_info", with(good, "mock_info", nil)),
		bad("long mock", "APIG.2006", "mock_info.result_content", with(good, "mock_info", object{"result_content": many("x", 20481)})),
		bad("no domain", "APIG.2001", "backend_api.url_domain", backend("url_domain", nil)),
		bad("domain", "APIG.2024", "backend_api.url_domain", backend("url_domain", "h/x")),
		bad("port", "APIG.2025", "backend_api.url_domain", backend("url_domain", "h:70000")),
		bad("half a variable", "APIG.2011", "backend_api.url_domain", backend("url_domain", "#host")),
		bad("backend protocol", "APIG.2011", "backend_api.req_protocol", backend("req_protocol", "BOTH")),
		bad("backend method", "APIG.2011", "backend_api.req_method", backend("req_method", "get it")),
		bad("backend path", "APIG.2011", "backend_api.req_uri", backend("req_uri", "/a//b")),
		bad("backend path variable", "APIG.2027", "id", backend("req_uri", "/{id}")),
		bad("channel without id", "APIG.2001", "backend_api.vpc_info.vpc_id", backend("vpc_status", 1)),
		bad("vpc_status 3", "APIG.2011", "backend_api.vpc_status", backend("vpc_status", 3)),
		{"channel that cannot exist", backend("vpc_status", 1, "vpc_info", object{"vpc_id": "c1"}), 404, "APIG.3023", "c1"},
		{"authorizer of a backend", backend("authorizer_id", "a1"), 404, "APIG.3081", "a1"},
		{"function that cannot exist", with(good, "backend_type", "FUNCTION", "func_info", object{"function_urn": "urn:x", "invocation_type": "sync", "timeout": 5}), 404, "APIG.3019", ""},

		bad("mapping of nothing", "APIG.2028", "z", mapping("value", "z")),
		bad("mapping of an authorizer", "APIG.2036", "$context.authorizer.x", mapping("origin", "SYSTEM", "value", "$context.authorizer.x")),
		bad("unknown gateway parameter", "APIG.2011", "backend_params[0].value", mapping("origin", "SYSTEM", "value", "$context.nothing")),
		bad("origin", "APIG.2011", "backend_params[0].origin", mapping("origin", "COOKIE")),
		bad("no value", "APIG.2001", "backend_params[0].value", mapping("value", nil)),
		bad("mapping to a path that is not there", "APIG.2027", "q", mapping("location", "PATH")),
	}
	return append(table, wrongAmounts(good)...)
}

// wrongAmounts are documents over a quota, and policy backends that are wrong.
func wrongAmounts(good object) []wrongDocument {
	parameters := list{}
	for _, name := range numbered("q%d", 7) {
		parameters = append(parameters, object{"name": name, "location": "QUERY", "type": "STRING"})
	}
	condition := object{"condition_origin": "source", "condition_value": "10.0.0.0/8"}
	policy := func(name string, conditions ...any) object {
		return object{"name": name, "effect_mode": "ANY", "conditions": list(conditions), "result_content": "x"}
	}
	policies := func(all ...any) object { return with(good, "policy_mocks", list(all)) }
	tags := list{}
	for _, tag := range numbered("tag%d", 11) {
		tags = append(tags, tag)
	}
	param := object{"condition_origin": "param", "condition_type": "exact", "condition_value": "1", "req_param_name": "nothing"}
	return []wrongDocument{
		{"too many tags", with(good, "tags", tags), 403, "APIG.3133", ""},
		{"too many parameters", with(good, "req_params", parameters), 403, "APIG.3111", ""},
		{"too many policies", policies(policy("one", condition), policy("two", condition), policy("three", condition)), 403, "APIG.3113", ""},
		{"too many conditions", policies(policy("one", condition, condition, condition)), 403, "APIG.3114", ""},
		{"policy name twice", policies(policy("one", condition), policy("one", condition)), 400, "APIG.3210", "one"},
		{"policy without conditions", policies(policy("one")), 400, "APIG.2001", "policy_mocks[0].conditions"},
		{"policy mode", policies(with(policy("one", condition), "effect_mode", "SOME")), 400, "APIG.2011", "policy_mocks[0].effect_mode"},
		{"policy address", policies(policy("one", with(condition, "condition_value", "10.0.0.300"))), 400, "APIG.2015", "policy_mocks[0].conditions[0].condition_value"},
		{"policy parameter", policies(policy("one", param)), 400, "APIG.2028", "nothing"},
		{"policy origin", policies(policy("one", with(condition, "condition_origin", "moon"))), 400, "APIG.2011", "condition_origin"},
		{"policy pattern", with(policies(policy("one", with(param, "condition_type", "pattern", "condition_value", "(", "req_param_name", "q"))),
			"req_params", list{object{"name": "q", "location": "QUERY", "type": "STRING"}}), 400, "APIG.2011", "condition_value"},
	}
}

// timeouts: creating refuses what changing mends (reference 4.2.3).
func (s *scenario) timeouts(own *tenant, group, id string) {
	wait := func(ms any) object {
		d := web(group, "timed", "/timed", "h.test")
		return with(d, "backend_api", with(d["backend_api"].(object), "timeout", ms))
	}
	mended := fields{"backend_api.timeout": 45000}
	s.rows([]row{
		{name: "no timeout", as: own.member, call: "POST apis", body: wait(nil), status: 400, code: "APIG.2001", text: "backend_api.timeout"},
		{name: "negative timeout", as: own.member, call: "POST apis", body: wait(-1), status: 400, code: "APIG.2002", text: "backend_api.timeout"},
		{name: "timeout over a minute", as: own.member, call: "POST apis", body: wait(60001), status: 400, code: "APIG.2003", text: "backend_api.timeout"},
		{name: "fractional timeout", as: own.member, call: "POST apis", body: wait(1.5), status: 400, code: "APIG.2011", text: "backend_api.timeout"},
		{name: "change without timeout", as: own.member, call: "PUT apis/" + id, body: wait(nil), status: 200, fields: mended},
		{name: "change to a negative timeout", as: own.member, call: "PUT apis/" + id, body: wait(-1), status: 200, fields: mended},
		{name: "change to over a minute", as: own.member, call: "PUT apis/" + id, body: wait(60001), status: 200, fields: mended},
		{name: "a minute", as: own.member, call: "PUT apis/" + id, body: wait(60000), status: 200, fields: fields{"backend_api.timeout": 60000}},
	})
}
