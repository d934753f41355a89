package api_test

// grants lets apps call APIs, lists who may call what, and ends it.
func grants(s *scenario) {
	own, other := s.tenants()
	group := s.group(own.member, "orders")
	env, foreignEnv := s.env(own.member, "STAGE"), s.env(other.member, "STAGE")
	app, consumer := s.app(own.member, "shop"), s.app(other.member, "consumer")
	document := with(mock(group, "orders", "/orders"), "auth_type", "APP", "remark", "all orders")
	id, second := s.api(own.member, document), s.api(own.member, with(document, "name", "second", "req_uri", "/second"))
	open := s.api(own.member, mock(group, "open", "/open"))
	foreign := s.api(other.member, with(mock(s.group(other.member, "orders"), "orders", "/orders"), "auth_type", "APP"))
	s.do(own.member, "POST app-auths", object{"api_ids": list{id}, "app_ids": list{app}, "env_id": env}).refused(404, "APIG.3015", id)
	for _, api := range []string{id, second, open} {
		s.publish(own.member, api, env)
	}
	s.publish(own.member, id, releaseEnv)
	s.unbound(own, other, app, id, group, env, foreignEnv)

	in := object{"api_ids": list{id, second}, "app_ids": list{app}, "env_id": env}
	made := s.do(own.member, "POST app-auths", in).want(201).has(fields{
		"0.0.id": hexID, "0.0.api_id": id, "0.0.app_id": app, "0.0.auth_time": moment, "0.0.auth_role": "PROVIDER", "0.0.auth_result": "SUCCESS",
		"0.1.api_id": second, "0.1.auth_result": "SUCCESS", "0.2": gone{}, "1": gone{},
	})
	grant := made.text("0.0.id")
	tooMany := make(list, 1001)
	for i := range tooMany {
		tooMany[i] = id
	}
	s.rows([]row{
		{name: "again", as: own.member, call: "POST app-auths", body: in, status: 201, fields: fields{"0.0.id": grant, "0.0.auth_result": "SKIPPED"}},
		{name: "an app of another project", as: own.member, call: "POST app-auths", body: with(in, "api_ids", list{id}, "app_ids", list{consumer, app}), status: 201, fields: fields{
			"0.0.app_id": consumer, "0.0.auth_result": "SUCCESS", "1.0.app_id": app, "1.0.auth_result": "SKIPPED",
		}},
		{name: "RELEASE", as: s.admin, call: "POST app-auths", body: with(in, "api_ids", list{id}, "env_id", releaseEnv), status: 201},
		{name: "no APIs", as: own.member, call: "POST app-auths", body: with(in, "api_ids", list{}), status: 400, code: "APIG.2001", text: "parameterName:api_ids"},
		{name: "no apps", as: own.member, call: "POST app-auths", body: with(in, "app_ids", nil), status: 400, code: "APIG.2001", text: "parameterName:app_ids"},
		{name: "no environment", as: own.member, call: "POST app-auths", body: with(in, "env_id", nil), status: 400, code: "APIG.2001", text: "parameterName:env_id"},
		{name: "1001 APIs", as: own.member, call: "POST app-auths", body: with(in, "api_ids", tooMany), status: 400, code: "APIG.2006", text: "parameterName:api_ids"},
		{name: "one id for a list", as: own.member, call: "POST app-auths", body: with(in, "api_ids", id), status: 400, code: "APIG.2011", text: "parameterName:api_ids"},
		{name: "another authentication", as: own.member, call: "POST app-auths", body: with(in, "api_ids", list{open}), status: 400, code: "APIG.2011", text: open},
		{name: "not published there", as: own.member, call: "POST app-auths", body: with(in, "api_ids", list{second}, "env_id", releaseEnv), status: 404, code: "APIG.3015", text: second},
		{name: "unknown API", as: own.member, call: "POST app-auths", body: with(in, "api_ids", list{id, "nothing"}), status: 404, code: "APIG.3002", text: "API nothing does not exist"},
		{name: "unknown app", as: own.member, call: "POST app-auths", body: with(in, "app_ids", list{app, "nothing"}), status: 404, code: "APIG.3004", text: "App nothing does not exist"},
		{name: "unknown environment", as: own.member, call: "POST app-auths", body: with(in, "env_id", "nothing"), status: 404, code: "APIG.3003", text: "Environment nothing does not exist"},
		{name: "foreign API", as: own.member, call: "POST app-auths", body: with(in, "api_ids", list{foreign}), status: 403, code: "APIG.1102"},
		{name: "foreign environment", as: own.member, call: "POST app-auths", body: with(in, "env_id", foreignEnv), status: 403, code: "APIG.1103"},
		{name: "a consumer grants itself", as: other.member, call: "POST app-auths", body: object{"api_ids": list{id}, "app_ids": list{consumer}, "env_id": releaseEnv}, status: 403, code: "APIG.1102"},
		{name: "a reader grants", as: own.reader, call: "POST app-auths", body: in, status: 403, code: "APIC.7110"},
		{name: "nobody grants", as: nobody, call: "POST app-auths", body: in, status: 401, code: "APIG.1000"},
	})
	s.boundAPIs(own, other, app, consumer, id, group, env)
	s.boundApps(own, other, app, consumer, id, foreign, env)
	s.grantEnds(own, other, consumer, grant)
}

func (s *scenario) unbound(own, other *tenant, app, id, group, env, foreignEnv string) {
	call := "GET app-auths/unbinded-apis?app_id=" + app
	s.rows([]row{
		{name: "unbound", as: own.reader, call: call + "&env_id=" + env + "&api_id=" + id, status: 200, fields: fields{
			"total": 1, "size": 1, "apis.0.id": id, "apis.0.name": "orders", "apis.0.group_id": group, "apis.0.group_name": "orders",
			"apis.0.remark": "all orders", "apis.0.run_env_name": "STAGE", "apis.0.run_env_id": env, "apis.0.publish_id": hexID,
			"apis.0.auth_type": "APP", "apis.0.req_uri": "/orders",
		}},
		{name: "unbound by name", as: own.member, call: call + "&env_id=" + env + "&api_name=SECO", status: 200, fields: fields{"total": 1, "apis.0.name": "second"}},
		{name: "unbound of a group", as: own.member, call: call + "&env_id=" + env + "&group_id=" + group, status: 200, fields: fields{"total": 2}},
		{name: "unbound in RELEASE", as: own.member, call: call + "&env_id=" + releaseEnv, status: 200, fields: fields{"total": 1}},
		{name: "unbound without app", as: own.member, call: "GET app-auths/unbinded-apis?env_id=" + env, status: 400, code: "APIG.2001", text: "parameterName:app_id"},
		{name: "unbound without environment", as: own.member, call: call, status: 400, code: "APIG.2001", text: "parameterName:env_id"},
		{name: "unbound of an unknown app", as: own.member, call: "GET app-auths/unbinded-apis?app_id=nothing&env_id=" + env, status: 404, code: "APIG.3004"},
		{name: "unbound in an unknown environment", as: own.member, call: call + "&env_id=nothing", status: 404, code: "APIG.3003"},
		{name: "unbound in a foreign environment", as: own.member, call: call + "&env_id=" + foreignEnv, status: 403, code: "APIG.1103"},
		{name: "nothing of another project", as: other.member, call: call + "&env_id=" + foreignEnv, status: 200, fields: fields{"total": 0, "apis": list{}}},
		{name: "nothing of another project in RELEASE", as: other.member, call: call + "&env_id=" + releaseEnv, status: 200, fields: fields{"total": 0, "apis": list{}}},
	})
	s.pages(own.member, call+"&env_id="+env)
}

func (s *scenario) boundAPIs(own, other *tenant, app, consumer, id, group, env string) {
	call := "GET app-auths/binded-apis?app_id=" + app
	s.rows([]row{
		{name: "bound APIs", as: own.reader, call: call + "&env_id=" + env + "&api_id=" + id, status: 200, fields: fields{
			"total": 1, "size": 1, "auths.0.id": hexID, "auths.0.api_id": id, "auths.0.api_name": "orders", "auths.0.group_name": "orders",
			"auths.0.api_remark": "all orders", "auths.0.api_type": 1, "auths.0.envname": "STAGE", "auths.0.env_id": env, "auths.0.auth_role": "PROVIDER",
			"auths.0.auth_time": moment, "auths.0.appid": app, "auths.0.app_name": "shop", "auths.0.app_creator": "USER", "auths.0.app_type": "apig", "auths.0.publish_id": hexID,
		}},
		{name: "in all environments", as: own.member, call: call, status: 200, fields: fields{"total": 3}},
		{name: "by name", as: own.member, call: call + "&api_name=SECOND", status: 200, fields: fields{"total": 1, "auths.0.api_name": "second"}},
		{name: "by group", as: own.member, call: call + "&group_id=" + group + "&group_name=order", status: 200, fields: fields{"total": 3}},
		{name: "by another group", as: own.member, call: call + "&group_id=nothing", status: 200, fields: fields{"total": 0, "auths": list{}}},
		{name: "without app", as: own.member, call: "GET app-auths/binded-apis", status: 400, code: "APIG.2001", text: "parameterName:app_id"},
		{name: "of an unknown app", as: own.member, call: "GET app-auths/binded-apis?app_id=nothing", status: 404, code: "APIG.3004"},
		{name: "of a foreign app", as: own.member, call: "GET app-auths/binded-apis?app_id=" + consumer, status: 403, code: "APIG.1104"},
		{name: "a consumer sees what it may call", as: other.member, call: "GET app-auths/binded-apis?app_id=" + consumer, status: 200, fields: fields{"total": 1, "auths.0.api_id": id}},
	})
	s.get(own.member, "apps?id="+app).has(fields{"apps.0.bind_num": 3})
	s.pages(own.member, call)
}

func (s *scenario) boundApps(own, other *tenant, app, consumer, id, foreign, env string) {
	call := "GET app-auths/binded-apps"
	s.rows([]row{
		{name: "bound apps", as: own.reader, call: call, status: 200, fields: fields{"total": 4}},
		{name: "bound apps of an API", as: own.member, call: call + "?api_id=" + id + "&env_id=" + env, status: 200, fields: fields{"total": 2}},
		{name: "bound apps by name", as: own.member, call: call + "?app_name=CONSUM", status: 200, fields: fields{"total": 1, "auths.0.appid": consumer, "auths.0.app_name": "consumer"}},
		{name: "bound apps by id", as: own.member, call: call + "?app_id=" + app, status: 200, fields: fields{"total": 3}},
		{name: "a consumer has granted nothing", as: other.member, call: call, status: 200, fields: fields{"total": 0, "auths": list{}}},
		{name: "bound apps of an unknown API", as: own.member, call: call + "?api_id=nothing", status: 404, code: "APIG.3002"},
		{name: "bound apps of a foreign API", as: own.member, call: call + "?api_id=" + foreign, status: 403, code: "APIG.1102"},
		{name: "bound apps of all to an administrator", as: s.admin, call: call + "?api_id=" + id, status: 200, fields: fields{"total": 3}},
	})
	s.pages(own.member, call)
}

func (s *scenario) grantEnds(own, other *tenant, consumer, grant string) {
	stranger := s.tenant("stranger")
	theirs := s.get(own.member, "app-auths/binded-apps?app_id="+consumer).text("auths.0.id")
	s.rows([]row{
		{name: "a stranger ends a grant", as: stranger.member, call: "DELETE app-auths/" + grant, status: 403, code: "APIG.1109"},
		{name: "a consumer ends another's grant", as: other.member, call: "DELETE app-auths/" + grant, status: 403, code: "APIG.1109"},
		{name: "a reader ends a grant", as: own.reader, call: "DELETE app-auths/" + grant, status: 403, code: "APIC.7110"},
		{name: "end", as: own.member, call: "DELETE app-auths/" + grant, status: 204},
		{name: "end again", as: own.member, call: "DELETE app-auths/" + grant, status: 404, code: "APIG.3009", text: "The app authorization record does not exist,id:" + grant},
		{name: "a consumer ends its own", as: other.member, call: "DELETE app-auths/" + theirs, status: 204},
		{name: "the app is in use no more", as: other.member, call: "DELETE apps/" + consumer, status: 204},
	})
}
