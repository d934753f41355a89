package api_test

import "net/url"

// throttlesScenario is the life of throttling policies, their bindings and
// their special limits (reference 4.7 to 4.9).
func throttlesScenario(s *scenario) {
	own, other := s.tenants()
	id := s.throttlePolicies(own, other)
	foreign := s.post(other.member, "throttles", throttle("theirs")).text("id")
	s.throttleBindings(own, other, id, foreign)
	s.throttleSpecials(own, other, id, foreign)
	s.throttleEnds(own, id, foreign)
}

// throttle is the body of a policy of 1000 calls in a second.
func throttle(name string) object {
	return object{"name": name, "api_call_limits": 1000, "time_interval": 1, "time_unit": "SECOND"}
}

func (s *scenario) throttlePolicies(own, other *tenant) string {
	sample := object{
		"api_call_limits": 800, "user_call_limits": 500, "app_call_limits": 300, "ip_call_limits": 600,
		"name": "每秒800次", "remark": "API每秒800次, 用户500次, APP300次, IP600次", "time_interval": 1, "time_unit": "SECOND",
	}
	made := s.do(own.member, "POST throttles", sample).want(201).has(fields{
		"id": hexID, "name": "每秒800次", "api_call_limits": 800, "user_call_limits": 500, "app_call_limits": 300, "ip_call_limits": 600,
		"time_interval": 1, "time_unit": "SECOND", "create_time": moment, "remark": "API每秒800次, 用户500次, APP300次, IP600次",
		"is_inclu_special_throttle": 2, "type": 1, "bind_num": 0, "enable_adaptive_control": "FALSE",
		"is_include_special_throttle": gone{}, "project_id": gone{},
	})
	id := made.text("id")
	good := throttle("second")
	for _, call := range []string{"POST throttles", "PUT throttles/" + id} {
		s.names(own.member, call, func(name string) any { return with(good, "name", name) })
		s.remarks(own.member, call, func(remark any) any { return with(good, "remark", remark) })
		s.limits(own.member, call, good)
	}
	s.rows([]row{
		{name: "name taken", as: own.member, call: "POST throttles", body: sample, status: 400, code: "APIG.3204", text: "The request throttling policy name already exists, name:每秒800次"},
		{name: "a reader creates", as: own.reader, call: "POST throttles", body: good, status: 403, code: "APIC.7110"},
		{name: "nobody creates", as: nobody, call: "POST throttles", body: good, status: 401, code: "APIG.1000"},
		{name: "only what is needed, in any case", as: own.member, call: "POST throttles", body: with(good, "time_unit", "minute", "type", 2, "enable_adaptive_control", "false"), status: 201, fields: fields{
			"name": "second", "user_call_limits": 0, "app_call_limits": 0, "ip_call_limits": 0, "time_unit": "MINUTE", "remark": "", "type": 2,
		}},
		{name: "the typing error of table 4-247", as: own.member, call: "POST throttles", body: with(good, "name", "third", "time_unit", "HOURL"), status: 201, fields: fields{"time_unit": "HOUR"}},

		{name: "change", as: own.member, call: "PUT throttles/" + id, body: with(sample, "name", "每秒1000次", "api_call_limits", 1000, "remark", nil), status: 200, fields: fields{
			"id": id, "name": "每秒1000次", "api_call_limits": 1000, "user_call_limits": 500, "app_call_limits": 300, "ip_call_limits": 600,
			"time_interval": 1, "time_unit": "SECOND", "create_time": made.text("create_time"), "remark": sample["remark"],
			"is_inclu_special_throttle": 2, "type": 1, "bind_num": 0, "enable_adaptive_control": "FALSE",
		}},
		{name: "change by an administrator", as: s.admin, call: "PUT throttles/" + id, body: with(throttle("每秒1000次"), "remark", ""), status: 200, fields: fields{"remark": "", "user_call_limits": 0}},
		{name: "take a name", as: own.member, call: "PUT throttles/" + id, body: good, status: 400, code: "APIG.3204", text: "name:second"},
		{name: "a foreign one", as: other.member, call: "PUT throttles/" + id, body: good, status: 403, code: "APIG.1105"},
		{name: "an unknown one", as: own.member, call: "PUT throttles/nothing", body: good, status: 404, code: "APIG.3005", text: "Request throttling policy nothing does not exist"},
		{name: "a reader changes", as: own.reader, call: "PUT throttles/" + id, body: good, status: 403, code: "APIC.7110"},
		{name: "nobody changes", as: nobody, call: "PUT throttles/" + id, body: good, status: 401, code: "APIG.1000"},

		{name: "show", as: own.reader, call: "GET throttles/" + id, status: 200, fields: fields{
			"id": id, "name": "每秒1000次", "api_call_limits": 1000, "user_call_limits": 0, "app_call_limits": 0, "ip_call_limits": 0,
			"time_interval": 1, "time_unit": "SECOND", "create_time": made.text("create_time"), "remark": "",
			"is_inclu_special_throttle": 2, "type": 1, "bind_num": 0, "enable_adaptive_control": "FALSE",
		}},
		{name: "show to an administrator", as: s.admin, call: "GET throttles/" + id, status: 200, fields: fields{"id": id}},
		{name: "show a foreign one", as: other.reader, call: "GET throttles/" + id, status: 403, code: "APIG.1105"},
		{name: "show an unknown one", as: own.member, call: "GET throttles/nothing", status: 404, code: "APIG.3005", text: "Request throttling policy nothing does not exist"},
		{name: "show nobody", as: nobody, call: "GET throttles/" + id, status: 401, code: "APIG.1000"},
		{name: "list for nobody", as: nobody, call: "GET throttles", status: 401, code: "APIG.1000"},
	})
	for query, want := range map[string]string{
		"":                                  "third second 每秒1000次",
		"?page_size=2&page_no=2":            "每秒1000次",
		"?id=" + id:                         "每秒1000次",
		"?id=nothing":                       "",
		"?name=IR":                          "third",
		"?name=second&precise_search=name":  "second",
		"?name=secon&precise_search=name":   "",
		"?name=%E6%AF%8F%E7%A7%92&id=" + id: "每秒1000次",
	} {
		a := s.get(own.reader, "throttles"+query)
		if got := a.each("throttles", "name"); got != want {
			a.errorf("policies %q, want %q", got, want)
		}
	}
	s.get(own.member, "throttles?page_size=1").has(fields{
		"total": 3, "size": 1, "throttles.0.name": "third", "throttles.0.api_call_limits": 1000, "throttles.0.type": 1,
		"throttles.0.is_inclu_special_throttle": 2, "throttles.0.bind_num": 0, "throttles.0.enable_adaptive_control": "FALSE",
	})
	s.get(other.member, "throttles").has(fields{"total": 0, "size": 0, "throttles": list{}})
	s.get(s.admin, "throttles?id="+id).has(fields{"total": 1})
	s.pages(own.member, "GET throttles")
	return id
}

// limits are the refusals of a policy's numbers and words.
func (s *scenario) limits(as *actor, call string, good object) {
	refused := func(name, code, text string, pairs ...any) row {
		return row{name: name, as: as, call: call, body: with(good, pairs...), status: 400, code: code, text: text}
	}
	named := func(param string) string { return "parameterName:" + param }
	s.rows([]row{
		refused("no API limit", "APIG.2001", named("api_call_limits"), "api_call_limits", nil),
		refused("API limit 0", "APIG.2002", named("api_call_limits"), "api_call_limits", 0),
		refused("API limit 2^31", "APIG.2003", named("api_call_limits"), "api_call_limits", 1<<31),
		refused("API limit in words", "APIG.2011", named("api_call_limits"), "api_call_limits", "many"),
		refused("user limit over the API's", "APIG.2003", named("user_call_limits"), "user_call_limits", 1001),
		refused("negative user limit", "APIG.2002", named("user_call_limits"), "user_call_limits", -1),
		refused("app limit over the user's", "APIG.2003", named("app_call_limits"), "user_call_limits", 10, "app_call_limits", 11),
		refused("app limit over the API's", "APIG.2003", named("app_call_limits"), "app_call_limits", 1001),
		refused("address limit over the API's", "APIG.2003", named("ip_call_limits"), "ip_call_limits", 1001),
		refused("no interval", "APIG.2001", named("time_interval"), "time_interval", nil),
		refused("interval 0", "APIG.2002", named("time_interval"), "time_interval", 0),
		refused("interval 2^31", "APIG.2003", named("time_interval"), "time_interval", 1<<31),
		refused("no unit", "APIG.2001", named("time_unit"), "time_unit", nil),
		refused("unit", "APIG.2011", named("time_unit"), "time_unit", "WEEK"),
		refused("type 3", "APIG.2011", named("type"), "type", 3),
		refused("adaptive control", "APIG.2011", "adaptive control is not supported", "enable_adaptive_control", "TRUE"),
	})
}

func (s *scenario) throttleBindings(own, other *tenant, id, foreign string) {
	group := s.group(own.member, "throttled")
	api := s.api(own.member, with(mock(group, "orders", "/orders"), "remark", "all orders"))
	s.publish(own.member, api, releaseEnv)
	env := s.env(own.member, "STAGE")
	s.publish(own.member, api, env)
	theirAPI := s.api(other.member, mock(s.group(other.member, "throttled"), "theirs", "/theirs"))
	s.publish(other.member, theirAPI, releaseEnv)
	lists := "GET throttle-bindings/"
	unbound := lists + "unbinded-apis?throttle_id=" + id
	open := s.do(own.reader, unbound+"&env_id="+releaseEnv, nil).want(200).has(fields{
		"total": 1, "size": 1, "apis.0.id": api, "apis.0.name": "orders", "apis.0.type": 1, "apis.0.remark": "all orders",
		"apis.0.group_id": group, "apis.0.group_name": "throttled", "apis.0.run_env_name": "RELEASE", "apis.0.run_env_id": releaseEnv,
		"apis.0.publish_id": hexID, "apis.0.auth_type": "NONE", "apis.0.req_uri": "/orders",
		"apis.0.throttle_apply_id": gone{}, "apis.0.throttle_name": gone{}, "apis.0.apply_time": gone{},
	})
	live, stage := open.text("apis.0.publish_id"), s.do(own.member, unbound+"&env_id="+env, nil).want(200).text("apis.0.publish_id")
	theirs := s.get(other.member, "throttle-bindings/unbinded-apis?throttle_id="+foreign).text("apis.0.publish_id")
	body := func(policy any, publications ...any) object {
		return object{"publish_ids": publications, "strategy_id": policy}
	}
	crowd := list{}
	for range 1001 {
		crowd = append(crowd, live)
	}
	call := "POST throttle-bindings"
	s.rows([]row{
		{name: "no publications", as: own.member, call: call, body: body(id), status: 400, code: "APIG.2001", text: "parameterName:publish_ids"},
		{name: "no policy", as: own.member, call: call, body: body("", live), status: 400, code: "APIG.2001", text: "parameterName:strategy_id"},
		{name: "1001 publications", as: own.member, call: call, body: body(id, crowd...), status: 400, code: "APIG.2006", text: "parameterName:publish_ids"},
		{name: "publications of another type", as: own.member, call: call, body: with(body(id), "publish_ids", live), status: 400, code: "APIG.2011", text: "parameterName:publish_ids"},
		{name: "unknown policy", as: own.member, call: call, body: body("nothing", live), status: 404, code: "APIG.3005", text: "nothing"},
		{name: "foreign policy", as: own.member, call: call, body: body(foreign, live), status: 403, code: "APIG.1105"},
		{name: "unknown publication", as: own.member, call: call, body: body(id, live, "nothing"), status: 404, code: "APIG.3015", text: "id:nothing"},
		{name: "foreign publication", as: own.member, call: call, body: body(id, live, theirs), status: 403, code: "APIG.1102"},
		{name: "two projects", as: s.admin, call: call, body: body(id, live, theirs), status: 400, code: "APIG.1201"},
		{name: "a reader binds", as: own.reader, call: call, body: body(id, live), status: 403, code: "APIC.7110"},
		{name: "nobody binds", as: nobody, call: call, body: body(id, live), status: 401, code: "APIG.1000"},
		{name: "refusals bound nothing", as: own.member, call: "GET throttles/" + id, status: 200, fields: fields{"bind_num": 0}},
	})
	bound := s.post(own.member, "throttle-bindings", body(id, live, stage)).has(fields{
		"throttle_applys.0.id": hexID, "throttle_applys.0.strategy_id": id, "throttle_applys.0.publish_id": live,
		"throttle_applys.0.scope": 1, "throttle_applys.0.apply_time": moment, "throttle_applys.1.publish_id": stage, "throttle_applys.2": gone{},
	})
	binding := bound.text("throttle_applys.0.id")
	s.post(own.member, "throttle-bindings", body(id, live)).has(fields{"throttle_applys.0.id": binding})
	s.get(own.member, "throttles/"+id).has(fields{"bind_num": 2})
	s.throttleLists(own, id, foreign, api, env, binding, bound.text("throttle_applys.0.apply_time"))

	second := s.get(own.member, "throttles?name=second").text("throttles.0.id")
	instead := s.post(own.member, "throttle-bindings", body(second, live)).text("throttle_applys.0.id")
	s.do(own.member, unbound+"&api_id="+api, nil).want(200).has(fields{
		"total": 1, "apis.0.throttle_apply_id": instead, "apis.0.throttle_name": "second", "apis.0.apply_time": moment,
	})
	s.boundThrottles(own, api, theirAPI, id, second, env, instead)
	s.rows([]row{
		{name: "replaced", as: own.member, call: "DELETE throttle-bindings/" + binding, status: 404, code: "APIG.3012", text: "The request throttling policy binding record does not exist,id:" + binding},
		{name: "delete one that is bound", as: own.member, call: "DELETE throttles/" + second, status: 403, code: "APIG.3451"},
		{name: "a stranger unbinds", as: other.member, call: "DELETE throttle-bindings/" + instead, status: 403, code: "APIG.1105"},
		{name: "a reader unbinds", as: own.reader, call: "DELETE throttle-bindings/" + instead, status: 403, code: "APIC.7110"},
		{name: "nobody unbinds", as: nobody, call: "DELETE throttle-bindings/" + instead, status: 401, code: "APIG.1000"},
		{name: "unbind", as: own.member, call: "DELETE throttle-bindings/" + instead, status: 204},
		{name: "unbind again", as: own.member, call: "DELETE throttle-bindings/" + instead, status: 404, code: "APIG.3012", text: instead},
		{name: "delete one that was bound", as: own.member, call: "DELETE throttles/" + second, status: 204},
	})
	// Offline and back: the binding is still there.
	s.remove(own.member, "apis/publish/"+api+"?env_id="+env)
	s.do(own.member, lists+"binded-apis?throttle_id="+id, nil).want(200).has(fields{"total": 1, "apis.0.run_env_name": "STAGE", "apis.0.publish_id": ""})
	s.do(own.member, "DELETE throttles/"+id, nil).refused(403, "APIG.3451", "bound to APIs")
	s.publish(own.member, api, env)
	s.do(own.member, lists+"binded-apis?throttle_id="+id, nil).want(200).has(fields{"total": 1, "apis.0.publish_id": hexID})
}

func (s *scenario) throttleLists(own *tenant, id, foreign, api, env, binding, applied string) {
	bound := "GET throttle-bindings/binded-apis?throttle_id=" + id
	s.do(own.reader, bound+"&env_id="+releaseEnv, nil).want(200).has(fields{
		"total": 1, "size": 1, "apis.0.id": api, "apis.0.name": "orders", "apis.0.type": 1, "apis.0.remark": "all orders",
		"apis.0.group_id": hexID, "apis.0.group_name": "throttled", "apis.0.run_env_name": "RELEASE", "apis.0.run_env_id": releaseEnv,
		"apis.0.publish_id": hexID, "apis.0.throttle_apply_id": binding, "apis.0.throttle_name": "每秒1000次", "apis.0.apply_time": applied,
		"apis.0.auth_type": "NONE", "apis.0.req_uri": "/orders",
	})
	unbound := "GET throttle-bindings/unbinded-apis?throttle_id=" + id
	s.rows([]row{
		{name: "bound everywhere", as: own.member, call: bound, status: 200, fields: fields{"total": 2}},
		{name: "bound in one", as: own.member, call: bound + "&env_id=" + env + "&api_name=ORD&api_id=" + api, status: 200, fields: fields{"total": 1, "apis.0.run_env_name": "STAGE"}},
		{name: "bound in another group", as: own.member, call: bound + "&group_id=nothing", status: 200, fields: fields{"total": 0, "apis": list{}}},
		{name: "none is left", as: own.member, call: unbound, status: 200, fields: fields{"total": 0, "size": 0, "apis": list{}}},
		{name: "bound to an administrator", as: s.admin, call: bound, status: 200, fields: fields{"total": 2}},
	})
	for _, list := range []string{"binded-apis", "unbinded-apis"} {
		call := "GET throttle-bindings/" + list
		s.rows([]row{
			{name: list + " of nothing", as: own.member, call: call, status: 400, code: "APIG.2001", text: "parameterName:throttle_id"},
			{name: list + " of an unknown policy", as: own.member, call: call + "?throttle_id=nothing", status: 404, code: "APIG.3005", text: "nothing"},
			{name: list + " of a foreign policy", as: own.member, call: call + "?throttle_id=" + foreign, status: 403, code: "APIG.1105"},
			{name: list + " for nobody", as: nobody, call: call + "?throttle_id=" + id, status: 401, code: "APIG.1000"},
		})
		s.pages(own.member, call+"?throttle_id="+id)
	}
}

func (s *scenario) boundThrottles(own *tenant, api, foreign, id, second, env, binding string) {
	call := "GET throttle-bindings/binded-throttles?api_id=" + api
	s.do(own.reader, call+"&env_id="+releaseEnv, nil).want(200).has(fields{
		"total": 1, "size": 1, "throttles.0.id": second, "throttles.0.name": "second", "throttles.0.api_call_limits": 1000,
		"throttles.0.user_call_limits": 0, "throttles.0.app_call_limits": 0, "throttles.0.ip_call_limits": 0, "throttles.0.time_interval": 1,
		"throttles.0.time_unit": "MINUTE", "throttles.0.create_time": moment, "throttles.0.remark": "", "throttles.0.is_inclu_special_throttle": 2,
		"throttles.0.env_name": "RELEASE", "throttles.0.type": 2, "throttles.0.bind_id": binding, "throttles.0.bind_time": moment,
		"throttles.0.bind_num": 1, "throttles.0.enable_adaptive_control": "FALSE",
	})
	s.rows([]row{
		{name: "policies everywhere", as: own.member, call: call, status: 200, fields: fields{"total": 2, "throttles.0.id": second, "throttles.1.id": id, "throttles.1.env_name": "STAGE"}},
		{name: "policies by id", as: own.member, call: call + "&throttle_id=" + id, status: 200, fields: fields{"total": 1, "throttles.0.id": id}},
		{name: "policies by name", as: own.member, call: call + "&throttle_name=SEC&env_id=" + env, status: 200, fields: fields{"total": 0, "throttles": list{}}},
		{name: "policies of nothing", as: own.member, call: "GET throttle-bindings/binded-throttles", status: 400, code: "APIG.2001", text: "parameterName:api_id"},
		{name: "policies of an unknown API", as: own.member, call: "GET throttle-bindings/binded-throttles?api_id=nothing", status: 404, code: "APIG.3002", text: "API nothing does not exist"},
		{name: "policies of a foreign API", as: own.member, call: "GET throttle-bindings/binded-throttles?api_id=" + foreign, status: 403, code: "APIG.1102"},
		{name: "policies to nobody", as: nobody, call: call, status: 401, code: "APIG.1000"},
		{name: "policies to an administrator", as: s.admin, call: call, status: 200, fields: fields{"total": 2}},
	})
	s.pages(own.member, call)
}

func (s *scenario) throttleSpecials(own, other *tenant, id, foreign string) {
	app, consumer := s.app(own.member, "app_002"), s.app(other.member, "consumer")
	good := object{"call_limits": 150, "instance_id": app, "instance_type": "APP", "strategy_id": id}
	made := s.do(own.member, "POST throttle-specials", good).want(201).has(fields{
		"id": hexID, "strategy_id": id, "instance_id": app, "instance_name": "app_002", "instance_type": "APP", "call_limits": 150,
		"apply_time": moment, "app_id": app, "app_name": "app_002",
	})
	special := made.text("id")
	s.do(own.member, "POST throttle-specials", with(good, "instance_id", own.project, "instance_type", "user")).want(201).has(fields{
		"instance_id": own.project, "instance_name": own.name, "instance_type": "USER", "app_id": "", "app_name": "",
	})
	theirs := s.post(other.member, "throttle-specials", with(good, "strategy_id", foreign)).text("id")
	refused := func(name string, status int, code, text string, pairs ...any) row {
		return row{name: name, as: own.member, call: "POST throttle-specials", body: with(good, pairs...), status: status, code: code, text: text}
	}
	s.rows([]row{
		refused("no limit", 400, "APIG.2001", "parameterName:call_limits", "call_limits", nil),
		refused("limit 0", 400, "APIG.2002", "parameterName:call_limits", "call_limits", 0),
		refused("limit over the API's", 400, "APIG.2003", "api_call_limits is 1000", "call_limits", 1001),
		refused("limit in words", 400, "APIG.2011", "parameterName:call_limits", "call_limits", "150"),
		refused("no instance", 400, "APIG.2001", "parameterName:instance_id", "instance_id", nil),
		refused("no type", 400, "APIG.2001", "parameterName:instance_type", "instance_type", nil),
		refused("type", 400, "APIG.2011", "parameterName:instance_type", "instance_type", "IP"),
		refused("no policy", 400, "APIG.2001", "parameterName:strategy_id", "strategy_id", nil),
		refused("long tenant", 400, "APIG.2006", "parameterName:instance_id", "instance_type", "USER", "instance_id", many("a", 65)),
		refused("tenant with a blank", 400, "APIG.2011", "parameterName:instance_id", "instance_type", "USER", "instance_id", "a b"),
		refused("unknown app", 404, "APIG.3004", "App nothing does not exist", "instance_id", "nothing"),
		refused("unknown policy", 404, "APIG.3005", "nothing", "strategy_id", "nothing"),
		refused("foreign policy", 403, "APIG.1105", "", "strategy_id", foreign),
		refused("app taken", 400, "APIG.3308", "instance_id:"+app),
		refused("tenant taken", 400, "APIG.3308", "instance_id:"+own.project, "instance_type", "USER", "instance_id", own.project),
		{name: "another project's app", as: own.member, call: "POST throttle-specials", body: with(good, "instance_id", consumer), status: 201, fields: fields{"app_name": "consumer"}},
		{name: "a reader makes one", as: own.reader, call: "POST throttle-specials", body: good, status: 403, code: "APIC.7110"},
		{name: "nobody makes one", as: nobody, call: "POST throttle-specials", body: good, status: 401, code: "APIG.1000"},
		{name: "the policy says so", as: own.member, call: "GET throttles/" + id, status: 200, fields: fields{"is_inclu_special_throttle": 1}},
		{name: "API limit below specials", as: own.member, call: "PUT throttles/" + id, body: with(throttle("每秒1000次"), "api_call_limits", 149), status: 400, code: "APIG.2002", text: "special limit of 150"},

		{name: "change", as: own.member, call: "PUT throttle-specials/" + special, body: object{"call_limits": 180}, status: 200, fields: fields{
			"id": special, "strategy_id": id, "instance_id": app, "instance_name": "app_002", "instance_type": "APP", "call_limits": 180,
			"apply_time": made.text("apply_time"), "app_id": app, "app_name": "app_002",
		}},
		{name: "change without a limit", as: own.member, call: "PUT throttle-specials/" + special, body: object{}, status: 400, code: "APIG.2001", text: "parameterName:call_limits"},
		{name: "change to 0", as: own.member, call: "PUT throttle-specials/" + special, body: object{"call_limits": 0}, status: 400, code: "APIG.2002", text: "parameterName:call_limits"},
		{name: "change to over the API's", as: own.member, call: "PUT throttle-specials/" + special, body: object{"call_limits": 1001}, status: 400, code: "APIG.2003", text: "parameterName:call_limits"},
		{name: "change to words", as: own.member, call: "PUT throttle-specials/" + special, body: object{"call_limits": "1"}, status: 400, code: "APIG.2011", text: "parameterName:call_limits"},
		{name: "change a foreign one", as: own.member, call: "PUT throttle-specials/" + theirs, body: object{"call_limits": 1}, status: 403, code: "APIG.1108"},
		{name: "change an unknown one", as: own.member, call: "PUT throttle-specials/nothing", body: object{"call_limits": 1}, status: 404, code: "APIG.3013", text: "Excluded request throttling configuration nothing does not exist"},
		{name: "a reader changes one", as: own.reader, call: "PUT throttle-specials/" + special, body: object{"call_limits": 1}, status: 403, code: "APIC.7110"},
		{name: "nobody changes one", as: nobody, call: "PUT throttle-specials/" + special, body: object{"call_limits": 1}, status: 401, code: "APIG.1000"},
	})
	s.specialLists(own, id, foreign, special, app)
	s.specialEnds(own, good, special, theirs, app)
}

func (s *scenario) specialLists(own *tenant, id, foreign, special, app string) {
	call := "GET throttle-specials/" + id
	s.do(own.reader, call+"?app_name=PP_0", nil).want(200).has(fields{
		"total": 1, "size": 1, "throttle_specials.0.id": special, "throttle_specials.0.strategy_id": id, "throttle_specials.0.instance_id": app,
		"throttle_specials.0.instance_name": "app_002", "throttle_specials.0.instance_type": "APP", "throttle_specials.0.call_limits": 180,
		"throttle_specials.0.apply_time": moment, "throttle_specials.0.app_id": app, "throttle_specials.0.app_name": "app_002",
	})
	for query, want := range map[string]string{
		"":                                   "consumer " + own.name + " app_002",
		"?instance_type=app":                 "consumer app_002",
		"?instance_type=USER":                own.name,
		"?user=" + own.project:               own.name,
		"?user=" + app:                       "",
		"?app_name=consumer&page_size=1":     "consumer",
		"?app_name=app&instance_type=USER":   "",
		"?page_size=1&page_no=3":             "app_002",
		"?instance_type=&app_name=&user=":    "consumer " + own.name + " app_002",
		"?user=nothing&instance_type=USER":   "",
		"?app_name=%25":                      "",
		"?user=" + own.project + "&app_name": own.name,
	} {
		a := s.do(own.member, call+query, nil).want(200)
		if got := a.each("throttle_specials", "instance_name"); got != want {
			a.errorf("specials %q, want %q", got, want)
		}
	}
	s.rows([]row{
		{name: "specials of a type", as: own.member, call: call + "?instance_type=IP", status: 400, code: "APIG.2011", text: "parameterName:instance_type"},
		{name: "specials of a foreign policy", as: own.member, call: "GET throttle-specials/" + foreign, status: 403, code: "APIG.1105"},
		{name: "specials of an unknown policy", as: own.member, call: "GET throttle-specials/nothing", status: 404, code: "APIG.3005", text: "nothing"},
		{name: "specials for nobody", as: nobody, call: call, status: 401, code: "APIG.1000"},
		{name: "specials for an administrator", as: s.admin, call: call, status: 200, fields: fields{"total": 3}},
	})
	s.pages(own.member, call)
}

func (s *scenario) specialEnds(own *tenant, good object, special, theirs, app string) {
	s.rows([]row{
		{name: "delete a foreign one", as: own.member, call: "DELETE throttle-specials/" + theirs, status: 403, code: "APIG.1108"},
		{name: "delete an unknown one", as: own.member, call: "DELETE throttle-specials/nothing", status: 404, code: "APIG.3013", text: "nothing"},
		{name: "a reader deletes one", as: own.reader, call: "DELETE throttle-specials/" + special, status: 403, code: "APIC.7110"},
		{name: "nobody deletes one", as: nobody, call: "DELETE throttle-specials/" + special, status: 401, code: "APIG.1000"},
		{name: "delete one", as: own.member, call: "DELETE throttle-specials/" + special, status: 204},
		{name: "delete it again", as: own.member, call: "DELETE throttle-specials/" + special, status: 404, code: "APIG.3013", text: special},
		{name: "its app is free", as: own.member, call: "POST throttle-specials", body: good, status: 201},
		{name: "an app with a special ends", as: own.member, call: "DELETE apps/" + app, status: 204},
		{name: "its special went with it", as: own.member, call: "GET throttle-specials/" + good["strategy_id"].(string) + "?instance_type=APP", status: 200, fields: fields{"total": 1}},
	})
	for _, name := range numbered("filler_%d", specialApps-1) {
		s.post(own.member, "throttle-specials", with(good, "instance_id", s.app(own.member, name)))
	}
	s.do(own.member, "POST throttle-specials", with(good, "instance_id", s.app(own.member, "one_too_many"))).refused(403, "APIG.3100", "")
	s.post(own.member, "throttle-specials", with(good, "instance_type", "USER", "instance_id", "default")) // tenants are counted alone
}

// throttleEnds: a bound policy stays (throttleBindings asked), a free one goes
// with its specials.
func (s *scenario) throttleEnds(own *tenant, id, foreign string) {
	binding := s.get(own.member, "throttle-bindings/binded-apis?throttle_id="+id).text("apis.0.throttle_apply_id")
	s.remove(own.member, "throttle-bindings/"+binding)
	s.rows([]row{
		{name: "delete a foreign policy", as: own.member, call: "DELETE throttles/" + foreign, status: 403, code: "APIG.1105"},
		{name: "delete an unknown policy", as: own.member, call: "DELETE throttles/nothing", status: 404, code: "APIG.3005", text: "nothing"},
		{name: "a reader deletes", as: own.reader, call: "DELETE throttles/" + id, status: 403, code: "APIC.7110"},
		{name: "nobody deletes", as: nobody, call: "DELETE throttles/" + id, status: 401, code: "APIG.1000"},
		{name: "delete with specials", as: own.member, call: "DELETE throttles/" + id, status: 204},
		{name: "delete again", as: own.member, call: "DELETE throttles/" + id, status: 404, code: "APIG.3005", text: id},
		{name: "its specials are gone", as: own.member, call: "GET throttle-specials/" + id, status: 404, code: "APIG.3005"},
	})
	for _, name := range numbered("filler_%d", 29) { // beside the third
		s.post(own.member, "throttles", throttle(name))
	}
	s.do(own.member, "POST throttles", throttle("one_too_many")).refused(403, "APIG.3107", "")
}

// specialApps is a small quota, so that filling it takes few apps.
const specialApps = 4

var (
	throttleKind        = kind{"throttle", "APIG.3005", "APIG.1105", false, false}
	throttleBindingKind = kind{"throttle binding", "APIG.3012", "APIG.1105", false, false}
	throttleSpecialKind = kind{"throttle special", "APIG.3013", "APIG.1108", false, false}
	throttledKind       = kind{"throttled publication", "APIG.3015", "APIG.1102", false, false}
)

var throttlesPart = part{
	paths: map[string][]kind{
		"/v1.0/apigw/throttles/{id}":         {throttleKind},
		"/v1.0/apigw/throttle-bindings/{id}": {throttleBindingKind},
		"/v1.0/apigw/throttle-specials/{id}": {throttleSpecialKind},
		// The reference names its id strategy_id; it shares the form of the path above.
		"apigw:throttle_specials:list": {throttleKind},
	},
	fill: func(s *scenario, h *holder) {
		id := s.post(h.member, "throttles", with(throttle(h.marker+"_throttle"), "remark", h.marker)).text("id")
		open := s.get(h.member, "throttle-bindings/unbinded-apis?throttle_id="+id+"&api_id="+h.ids["api"])
		h.ids["throttle"], h.ids["throttled publication"] = id, open.text("apis.0.publish_id")
		h.ids["throttle binding"] = s.post(h.member, "throttle-bindings", object{
			"strategy_id": id, "publish_ids": list{h.ids["throttled publication"]},
		}).text("throttle_applys.0.id")
		h.ids["throttle special"] = s.post(h.member, "throttle-specials", object{
			"strategy_id": id, "instance_type": "APP", "instance_id": h.ids["app"], "call_limits": 1,
		}).text("id")
	},
	empty: func(h *holder) []string {
		return []string{
			"throttle-specials/" + h.ids["throttle special"], "throttle-bindings/" + h.ids["throttle binding"], "throttles/" + h.ids["throttle"],
		}
	},
	spare: map[string]func(s *scenario, op *operation, h *holder, name string) (ids, paths []string){
		"throttle": func(s *scenario, _ *operation, h *holder, name string) (ids, paths []string) {
			id := s.post(h.member, "throttles", throttle(name)).text("id")
			return []string{id}, []string{"throttles/" + id}
		},
		"throttle binding": func(s *scenario, _ *operation, h *holder, name string) (ids, paths []string) {
			policy := s.post(h.member, "throttles", throttle(name)).text("id")
			api := s.api(h.member, mock(h.ids["group"], name, "/"+name))
			publication := s.post(h.member, "apis/publish/"+api, object{"env_id": releaseEnv}).text("publish_id")
			id := s.post(h.member, "throttle-bindings", object{"strategy_id": policy, "publish_ids": list{publication}}).text("throttle_applys.0.id")
			return []string{id}, []string{"throttle-bindings/" + id, "throttles/" + policy, "apis/publish/" + api + "?env_id=" + releaseEnv, "apis/" + api}
		},
		"throttle special": func(s *scenario, _ *operation, h *holder, name string) (ids, paths []string) {
			policy := s.post(h.member, "throttles", throttle(name)).text("id")
			id := s.post(h.member, "throttle-specials", object{
				"strategy_id": policy, "instance_type": "USER", "instance_id": name, "call_limits": 1,
			}).text("id")
			return []string{id}, []string{"throttles/" + policy}
		},
	},
	bodies: map[string]func(s *scenario, h *holder, ids []string) any{
		"apigw:throttles:update": func(s *scenario, _ *holder, _ []string) any { return throttle("n" + s.unknown()[:20]) },
		"apigw:throttle_specials:update": func(*scenario, *holder, []string) any {
			return object{"call_limits": 2}
		},
	},
	needs: map[string]func(h *holder) string{
		"throttle-bindings/unbinded-apis":    func(h *holder) string { return "&throttle_id=" + h.ids["throttle"] },
		"throttle-bindings/binded-apis":      func(h *holder) string { return "&throttle_id=" + h.ids["throttle"] },
		"throttle-bindings/binded-throttles": func(h *holder) string { return "&api_id=" + h.ids["api"] },
	},
	references: func(s *scenario, h *holder) []reference {
		query := func(list, param string) func(string) (string, any) {
			return func(id string) (string, any) {
				return "GET throttle-bindings/" + list + "?" + param + "=" + url.QueryEscape(id), nil
			}
		}
		bind := func(policy, publication string) (string, any) {
			return "POST throttle-bindings", object{"strategy_id": policy, "publish_ids": list{h.ids["throttled publication"], publication}}
		}
		special := func(policy, app string) (string, any) {
			return "POST throttle-specials", object{"strategy_id": policy, "instance_type": "APP", "instance_id": app, "call_limits": 1}
		}
		return []reference{
			{"policy of unbound APIs", throttleKind, false, query("unbinded-apis", "throttle_id")},
			{"policy of bound APIs", throttleKind, false, query("binded-apis", "throttle_id")},
			{"API of its throttles", apiKind, false, query("binded-throttles", "api_id")},
			{"policy of a binding", throttleKind, false, func(id string) (string, any) { return bind(id, h.ids["throttled publication"]) }},
			{"publication of a binding", throttledKind, false, func(id string) (string, any) { return bind(h.ids["throttle"], id) }},
			{"policy of a special", throttleKind, false, func(id string) (string, any) { return special(id, h.ids["app"]) }},
			{"app of a special", appKind, true, func(id string) (string, any) { return special(h.ids["throttle"], id) }},
		}
	},
}
