package api_test

// environments is the life of environments.
func environments(s *scenario) {
	own, other := s.tenants()
	made := s.do(own.member, "POST envs", object{"name": "STAGE_1", "remark": "for tests"}).want(201).has(fields{
		"id": hexID, "name": "STAGE_1", "remark": "for tests", "create_time": moment,
	})
	id := made.text("id")
	foreign := s.env(other.member, "STAGE_1")
	s.rows([]row{
		{name: "name taken", as: own.member, call: "POST envs", body: object{"name": "STAGE_1"}, status: 400, code: "APIG.3205"},
		{name: "RELEASE is taken", as: own.member, call: "POST envs", body: object{"name": "RELEASE"}, status: 400, code: "APIG.3205"},
		{name: "names differ by case", as: own.member, call: "POST envs", body: object{"name": "stage_1"}, status: 201, fields: fields{"remark": ""}},
		{name: "a reader creates", as: own.reader, call: "POST envs", body: object{"name": "READER"}, status: 403, code: "APIC.7110"},
		{name: "nobody creates", as: nobody, call: "POST envs", body: object{"name": "NOBODY"}, status: 401, code: "APIG.1000"},

		{name: "change", as: own.member, call: "PUT envs/" + id, body: object{"name": "STAGE_2"}, status: 200, fields: fields{
			"id": id, "name": "STAGE_2", "remark": "for tests", "create_time": made.text("create_time"),
		}},
		{name: "change by an administrator", as: s.admin, call: "PUT envs/" + id, body: object{"name": "STAGE_2", "remark": ""}, status: 200, fields: fields{"remark": ""}},
		{name: "take a name", as: own.member, call: "PUT envs/" + id, body: object{"name": "stage_1"}, status: 400, code: "APIG.3205"},
		{name: "become RELEASE", as: own.member, call: "PUT envs/" + id, body: object{"name": "RELEASE"}, status: 400, code: "APIG.3205"},
		{name: "change RELEASE", as: own.member, call: "PUT envs/" + releaseEnv, body: object{"name": "OTHER"}, status: 403, code: "APIG.1103"},
		{name: "change RELEASE by an administrator", as: s.admin, call: "PUT envs/" + releaseEnv, body: object{"name": "OTHER"}, status: 403, code: "APIG.1103"},
		{name: "change a foreign one", as: own.member, call: "PUT envs/" + foreign, body: object{"name": "MINE"}, status: 403, code: "APIG.1103"},
		{name: "change an unknown one", as: own.member, call: "PUT envs/nothing", body: object{"name": "MINE"}, status: 404, code: "APIG.3003", text: "Environment nothing does not exist"},
	})
	for _, call := range []string{"POST envs", "PUT envs/" + id} {
		s.envNames(own.member, call)
		s.remarks(own.member, call, func(remark any) any { return object{"name": "A_NAME", "remark": remark} })
	}
	for query, want := range map[string]string{
		"":                                  "RELEASE stage_1 STAGE_2",
		"?page_size=1":                      "RELEASE",
		"?page_size=1&page_no=2":            "stage_1",
		"?page_size=2&page_no=2":            "STAGE_2",
		"?page_size=0":                      "RELEASE stage_1 STAGE_2",
		"?name=e":                           "RELEASE stage_1 STAGE_2",
		"?name=stage":                       "stage_1 STAGE_2",
		"?name=lease":                       "RELEASE",
		"?name=stage_1&precise_search=name": "stage_1",
		"?name=release&precise_search=name": "",
	} {
		a := s.get(own.reader, "envs"+query)
		if got := a.each("envs", "name"); got != want {
			a.errorf("environments %q, want %q", got, want)
		}
	}
	s.get(own.member, "envs?page_size=2").has(fields{"total": 3, "size": 2, "envs.0.id": releaseEnv, "envs.0.remark": "Production environment"})
	s.do(own.member, "GET envs", nil, "X-Language", "zh-cn").want(200).has(fields{"envs.0.remark": "生产环境"})
	s.get(other.member, "envs?name=STAGE").has(fields{"total": 1, "envs.0.id": foreign})
	s.pages(own.member, "GET envs")
	s.rows([]row{{name: "list for nobody", as: nobody, call: "GET envs", status: 401, code: "APIG.1000"}})
	s.envEnds(own, id, foreign)
}

func (s *scenario) envNames(as *actor, call string) {
	refused := func(name, value, code string) row {
		return row{name: name, as: as, call: call, body: object{"name": value}, status: 400, code: code, text: "parameterName:name"}
	}
	s.rows([]row{
		refused("no name", "", "APIG.2001"),
		refused("2 characters", "ab", "APIG.2005"),
		refused("65 characters", many("a", 65), "APIG.2006"),
		refused("Chinese", "环境环境", "APIG.2011"),
		refused("digit first", "1abc", "APIG.2011"),
		refused("hyphen", "a-bc", "APIG.2011"),
	})
}

// envEnds: an environment in use stays; deleting it takes variables along.
func (s *scenario) envEnds(own *tenant, id, foreign string) {
	group := s.group(own.member, "orders")
	api := s.api(own.member, mock(group, "orders", "/orders"))
	s.publish(own.member, api, id)
	variable := s.post(own.member, "env-variables", object{"group_id": group, "env_id": id, "variable_name": "host", "variable_value": "a"}).text("id")
	s.rows([]row{
		{name: "delete one in use", as: own.member, call: "DELETE envs/" + id, status: 403, code: "APIG.3418"},
		{name: "delete RELEASE", as: own.member, call: "DELETE envs/" + releaseEnv, status: 403, code: "APIG.1103"},
		{name: "delete a foreign one", as: own.member, call: "DELETE envs/" + foreign, status: 403, code: "APIG.1103"},
		{name: "a reader deletes", as: own.reader, call: "DELETE envs/" + id, status: 403, code: "APIC.7110"},
		{name: "free it", as: own.member, call: "DELETE apis/publish/" + api + "?env_id=" + id, status: 204},
		{name: "delete", as: own.member, call: "DELETE envs/" + id, status: 204},
		{name: "delete again", as: own.member, call: "DELETE envs/" + id, status: 404, code: "APIG.3003", text: "Environment " + id + " does not exist"},
		{name: "its variables are gone", as: own.member, call: "GET env-variables/" + variable, status: 404, code: "APIG.3011"},
		{name: "its versions are gone", as: own.member, call: "GET apis/publish/" + api, status: 200, fields: fields{"total": 0, "api_versions": list{}}},
	})
	for _, name := range numbered("FILLER_%d", 9) {
		s.env(own.member, name)
	}
	s.do(own.member, "POST envs", object{"name": "ONE_TOO_MANY"}).refused(403, "APIG.3104", "")
}

// variables is the life of environment variables.
func variables(s *scenario) {
	own, other := s.tenants()
	group, second, foreignGroup := s.group(own.member, "orders"), s.group(own.member, "second"), s.group(other.member, "orders")
	env, foreignEnv := s.env(own.member, "STAGE"), s.env(other.member, "STAGE")
	good := object{"group_id": group, "env_id": env, "variable_name": "host", "variable_value": "10.0.0.1:8080"}
	id := s.do(own.member, "POST env-variables", good).want(201).has(fields{
		"id": hexID, "group_id": group, "env_id": env, "variable_name": "host", "variable_value": "10.0.0.1:8080",
	}).text("id")
	foreign := s.post(other.member, "env-variables", with(good, "group_id", foreignGroup, "env_id", foreignEnv)).text("id")
	refused := func(name, field string, value any, status int, code, text string) row {
		return row{name: name, as: own.member, call: "POST env-variables", body: with(good, field, value), status: status, code: code, text: text}
	}
	s.rows([]row{
		refused("no environment", "env_id", nil, 400, "APIG.2001", "parameterName:env_id"),
		refused("no group", "group_id", nil, 400, "APIG.2001", "parameterName:group_id"),
		refused("no name", "variable_name", nil, 400, "APIG.2001", "parameterName:variable_name"),
		refused("no value", "variable_value", "", 400, "APIG.2001", "parameterName:variable_value"),
		refused("short name", "variable_name", "ab", 400, "APIG.2005", "parameterName:variable_name"),
		refused("long name", "variable_name", many("a", 33), 400, "APIG.2006", "parameterName:variable_name"),
		refused("digit first", "variable_name", "1abc", 400, "APIG.2011", "parameterName:variable_name"),
		refused("hash in the name", "variable_name", "a#bc", 400, "APIG.2011", "parameterName:variable_name"),
		refused("long value", "variable_value", many("a", 256), 400, "APIG.2006", "parameterName:variable_value"),
		refused("blank in the value", "variable_value", "a b", 400, "APIG.2011", "parameterName:variable_value"),
		refused("variable in the value", "variable_value", "#host#", 400, "APIG.2011", "parameterName:variable_value"),
		refused("value of another type", "variable_value", 80, 400, "APIG.2011", "parameterName:variable_value"),
		refused("unknown group", "group_id", "nothing", 404, "APIG.3001", "API group nothing does not exist"),
		refused("foreign group", "group_id", foreignGroup, 403, "APIG.1101", ""),
		refused("unknown environment", "env_id", "nothing", 404, "APIG.3003", "Environment nothing does not exist"),
		refused("foreign environment", "env_id", foreignEnv, 403, "APIG.1103", ""),
		refused("name taken", "variable_value", "x", 400, "APIG.3303", ""),
		{name: "a group and an environment of two projects", as: s.admin, call: "POST env-variables", body: with(good, "env_id", foreignEnv), status: 400, code: "APIG.1201"},
		{name: "another environment", as: own.member, call: "POST env-variables", body: with(good, "env_id", releaseEnv), status: 201},
		{name: "another group", as: own.member, call: "POST env-variables", body: with(good, "group_id", second), status: 201},
		{name: "longest name and value", as: own.member, call: "POST env-variables", body: with(good, "variable_name", many("v", 32), "variable_value", many("a", 255)), status: 201},
		{name: "a reader creates", as: own.reader, call: "POST env-variables", body: good, status: 403, code: "APIC.7110"},

		{name: "show", as: own.reader, call: "GET env-variables/" + id, status: 200, fields: fields{"id": id, "variable_value": "10.0.0.1:8080"}},
		{name: "show to an administrator", as: s.admin, call: "GET env-variables/" + id, status: 200, fields: fields{"id": id}},
		{name: "show a foreign one", as: own.member, call: "GET env-variables/" + foreign, status: 403, code: "APIG.1110"},
		{name: "show an unknown one", as: own.member, call: "GET env-variables/nothing", status: 404, code: "APIG.3011", text: "The environment variable does not exist, id: nothing"},

		{name: "list without a group", as: own.member, call: "GET env-variables", status: 400, code: "APIG.2001", text: "parameterName:group_id"},
		{name: "list of an unknown group", as: own.member, call: "GET env-variables?group_id=nothing", status: 404, code: "APIG.3001"},
		{name: "list of a foreign group", as: own.member, call: "GET env-variables?group_id=" + foreignGroup, status: 403, code: "APIG.1101"},
	})
	s.variableLists(own.reader, group, env)
	s.rows([]row{
		{name: "delete a foreign one", as: own.member, call: "DELETE env-variables/" + foreign, status: 403, code: "APIG.1110"},
		{name: "a reader deletes", as: own.reader, call: "DELETE env-variables/" + id, status: 403, code: "APIC.7110"},
		{name: "delete", as: own.member, call: "DELETE env-variables/" + id, status: 204},
		{name: "delete again", as: own.member, call: "DELETE env-variables/" + id, status: 404, code: "APIG.3011", text: id},
	})
	for _, name := range numbered("filler_%d", 4) {
		s.post(own.member, "env-variables", with(good, "variable_name", name))
	}
	s.do(own.member, "POST env-variables", good).refused(403, "APIG.3106", "")
}

func (s *scenario) variableLists(as *actor, group, env string) {
	long := many("v", 32)
	for query, want := range map[string]string{
		"":                       "host host " + long,
		"&env_id=" + env:         "host " + long,
		"&env_id=" + releaseEnv:  "host",
		"&env_id=nothing":        "",
		"&variable_name=OS":      "host host",
		"&page_size=2&page_no=2": long,
		"&variable_name=os&env_id=" + env + "&precise_search=variable_name":   "",
		"&variable_name=host&env_id=" + env + "&precise_search=variable_name": "host",
	} {
		a := s.get(as, "env-variables?group_id="+group+query)
		if got := a.each("variables", "variable_name"); got != want {
			a.errorf("variables %q, want %q", got, want)
		}
	}
	s.pages(as, "GET env-variables?group_id="+group)
}
