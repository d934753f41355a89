package api_test

import "regexp"

// releases publishes, shows what runs and what ran, and takes it offline.
func releases(s *scenario) {
	own, other := s.tenants()
	group := s.group(own.member, "orders")
	env, foreignEnv := s.env(own.member, "STAGE"), s.env(other.member, "STAGE")
	foreign := s.api(other.member, mock(s.group(other.member, "orders"), "orders", "/orders"))
	id := s.api(own.member, with(mock(group, "orders", "/orders"), "remark", "all orders"))
	needy := s.api(own.member, web(group, "needy", "/needy", "#host#:80"))
	iam := s.api(own.member, with(mock(group, "iam", "/iam"), "auth_type", "IAM"))
	in := object{"env_id": env, "remark": "first"}
	s.rows([]row{
		{name: "no environment", as: own.member, call: "POST apis/publish/" + id, body: object{}, status: 400, code: "APIG.2001", text: "parameterName:env_id"},
		{name: "long remark", as: own.member, call: "POST apis/publish/" + id, body: with(in, "remark", many("x", 256)), status: 400, code: "APIG.2006", text: "parameterName:remark"},
		{name: "control character", as: own.member, call: "POST apis/publish/" + id, body: with(in, "remark", "\x01"), status: 400, code: "APIG.2011", text: "parameterName:remark"},
		{name: "unknown API", as: own.member, call: "POST apis/publish/nothing", body: in, status: 404, code: "APIG.3002", text: "API nothing does not exist"},
		{name: "foreign API", as: own.member, call: "POST apis/publish/" + foreign, body: in, status: 403, code: "APIG.1102"},
		{name: "unknown environment", as: own.member, call: "POST apis/publish/" + id, body: with(in, "env_id", "nothing"), status: 404, code: "APIG.3003", text: "Environment nothing does not exist"},
		{name: "foreign environment", as: own.member, call: "POST apis/publish/" + id, body: with(in, "env_id", foreignEnv), status: 403, code: "APIG.1103"},
		{name: "two projects", as: s.admin, call: "POST apis/publish/" + id, body: with(in, "env_id", foreignEnv), status: 400, code: "APIG.1201"},
		{name: "variable that is not there", as: own.member, call: "POST apis/publish/" + needy, body: in, status: 400, code: "APIG.2011", text: "host"},
		{name: "authentication by IAM", as: own.member, call: "POST apis/publish/" + iam, body: in, status: 201},
		{name: "a reader publishes", as: own.reader, call: "POST apis/publish/" + id, body: in, status: 403, code: "APIC.7110"},
		{name: "nothing was published", as: own.member, call: "GET apis/publish/" + id, status: 200, fields: fields{"total": 0, "size": 0, "api_versions": list{}}},
		{name: "nothing runs", as: own.member, call: "GET apis/runtime/" + id, status: 404, code: "APIG.3015"},
	})
	published := s.do(own.member, "POST apis/publish/"+id, in).want(201).has(fields{
		"publish_id": hexID, "api_id": id, "env_id": env, "remark": "first", "publish_time": moment, "version_id": hexID, "warnings": gone{},
	})
	s.post(own.member, "env-variables", object{"group_id": group, "env_id": env, "variable_name": "host", "variable_value": "169.254.169.254"})
	s.do(own.member, "POST apis/publish/"+needy, in).want(201).has(fields{"warnings.0": regexp.MustCompile(`^backend_api\.url_domain: .*169\.254\.169\.254 is a link-local address`)})
	s.remove(own.member, "apis/publish/"+needy+"?env_id="+env)
	version := published.text("version_id")
	s.put(own.member, "apis/"+id, with(mock(group, "orders", "/orders"), "remark", "changed"))
	s.publish(own.member, id, releaseEnv)
	s.get(own.member, "apis/"+id).has(fields{"run_env_name": "STAGE|RELEASE", "run_env_id": env + "|" + releaseEnv})
	s.shown(own, id, foreign, version, env, foreignEnv)
	s.offline(own, id, foreign, env, foreignEnv)
	s.versions(own, id, foreign, env)
}

// shown: the version and what runs are frozen, whatever the draft says now.
func (s *scenario) shown(own *tenant, id, foreign, version, env, foreignEnv string) {
	host := regexp.MustCompile(`^[0-9a-f]{32}\.` + regexp.QuoteMeta(domain) + `$`)
	frozen := fields{
		"id": id, "name": "orders", "remark": "all orders", "group_name": "orders", "run_env_name": "STAGE", "run_env_id": env,
		"publish_id": hexID, "sl_domain": host, "sl_domains.0": host, "req_uri": "/orders", "match_mode": "NORMAL",
	}
	s.rows([]row{
		{name: "version", as: own.reader, call: "GET apis/versions/" + version, status: 200, fields: frozen},
		{name: "version with its backend", as: own.member, call: "GET apis/versions/" + version, status: 200, fields: fields{
			"version_id": version, "mock_info.result_content": "mock of orders", "publish_time": moment, "register_time": moment,
		}},
		{name: "unknown version", as: own.member, call: "GET apis/versions/nothing", status: 404, code: "APIG.3022", text: "The API version does not exist,id:nothing"},
		{name: "what runs", as: own.reader, call: "GET apis/runtime/" + id + "?env_id=" + env, status: 200, fields: frozen},
		{name: "what runs has no backend", as: own.member, call: "GET apis/runtime/" + id + "?env_id=" + env, status: 200, fields: fields{"mock_info": gone{}}},
		{name: "what runs in RELEASE", as: own.member, call: "GET apis/runtime/" + id, status: 200, fields: fields{"remark": "changed", "run_env_name": "RELEASE"}},
		{name: "what runs of an unknown API", as: own.member, call: "GET apis/runtime/nothing", status: 404, code: "APIG.3002"},
		{name: "what runs of a foreign API", as: own.member, call: "GET apis/runtime/" + foreign, status: 403, code: "APIG.1102"},
		{name: "what runs in an unknown environment", as: own.member, call: "GET apis/runtime/" + id + "?env_id=nothing", status: 404, code: "APIG.3003"},
		{name: "what runs in a foreign environment", as: own.member, call: "GET apis/runtime/" + id + "?env_id=" + foreignEnv, status: 403, code: "APIG.1103"},
		{name: "what runs in another project", as: s.admin, call: "GET apis/runtime/" + id + "?env_id=" + foreignEnv, status: 400, code: "APIG.1201"},
	})
}

func (s *scenario) offline(own *tenant, id, foreign, env, foreignEnv string) {
	call := "DELETE apis/publish/" + id
	s.rows([]row{
		{name: "offline without environment", as: own.member, call: call, status: 400, code: "APIG.2001", text: "parameterName:env_id"},
		{name: "offline in an unknown environment", as: own.member, call: call + "?env_id=nothing", status: 404, code: "APIG.3003"},
		{name: "offline in a foreign environment", as: own.member, call: call + "?env_id=" + foreignEnv, status: 403, code: "APIG.1103"},
		{name: "offline in another project", as: s.admin, call: call + "?env_id=" + foreignEnv, status: 400, code: "APIG.1201"},
		{name: "offline of an unknown API", as: own.member, call: "DELETE apis/publish/nothing?env_id=" + env, status: 404, code: "APIG.3002"},
		{name: "offline of a foreign API", as: own.member, call: "DELETE apis/publish/" + foreign + "?env_id=" + env, status: 403, code: "APIG.1102"},
		{name: "a reader takes offline", as: own.reader, call: call + "?env_id=" + env, status: 403, code: "APIC.7110"},
		{name: "offline", as: own.member, call: call + "?env_id=" + env, status: 204},
		{name: "offline again", as: own.member, call: call + "?env_id=" + env, status: 404, code: "APIG.3015"},
		{name: "the other environment still has it", as: own.member, call: "GET apis/" + id, status: 200, fields: fields{"run_env_id": releaseEnv}},
	})
}

// versions: ten are kept for each environment, and the one in force can be
// taken offline by its id.
func (s *scenario) versions(own *tenant, id, foreign, env string) {
	var last, oldest string
	for n := range 11 {
		last = s.publish(own.member, id, env)
		if n == 0 {
			oldest = last
		}
	}
	before := s.get(own.member, "apis/publish/"+id+"?env_id="+env+"&page_size=2&page_no=1").has(fields{
		"total": 10, "size": 2, "api_versions.0.version_id": last, "api_versions.0.status": 1, "api_versions.1.status": 2,
		"api_versions.0.version_no": regexp.MustCompile(`^\d{14}$`), "api_versions.0.env_name": "STAGE", "api_versions.0.publish_time": moment,
	}).text("api_versions.1.version_id")
	s.pages(own.member, "GET apis/publish/"+id)
	s.rows([]row{
		{name: "all versions", as: own.reader, call: "GET apis/publish/" + id, status: 200, fields: fields{"total": 11}},
		{name: "versions by name of the environment", as: own.reader, call: "GET apis/publish/" + id + "?env_name=RELEASE", status: 200, fields: fields{"total": 1, "api_versions.0.status": 1}},
		{name: "versions of an unknown API", as: own.member, call: "GET apis/publish/nothing", status: 404, code: "APIG.3002"},
		{name: "versions of a foreign API", as: own.member, call: "GET apis/publish/" + foreign, status: 403, code: "APIG.1102"},
		{name: "the oldest is forgotten", as: own.member, call: "GET apis/versions/" + oldest, status: 404, code: "APIG.3022"},
		{name: "offline by an old version", as: own.member, call: "DELETE apis/versions/" + before, status: 404, code: "APIG.3015"},
		{name: "offline by an unknown version", as: own.member, call: "DELETE apis/versions/nothing", status: 404, code: "APIG.3022"},
		{name: "a reader takes a version offline", as: own.reader, call: "DELETE apis/versions/" + last, status: 403, code: "APIC.7110"},
		{name: "offline by version", as: own.member, call: "DELETE apis/versions/" + last, status: 204},
		{name: "offline by version again", as: own.member, call: "DELETE apis/versions/" + last, status: 404, code: "APIG.3015"},
		{name: "versions stay", as: own.member, call: "GET apis/publish/" + id + "?env_id=" + env, status: 200, fields: fields{"total": 10, "api_versions.0.status": 2}},
	})
	stranger := s.tenant("stranger")
	s.do(stranger.member, "GET apis/versions/"+before, nil).refused(403, "APIG.1102", "")
	s.do(stranger.member, "DELETE apis/versions/"+before, nil).refused(403, "APIG.1102", "")
	s.batches(own, id, foreign, env)
}

// batches: each API of a batch is decided alone.
func (s *scenario) batches(own *tenant, id, foreign, env string) {
	group := s.group(own.member, "batch")
	second := s.api(own.member, mock(group, "second", "/second"))
	needy := s.api(own.member, web(group, "needy", "/needy", "#host#:80"))
	all := list{id, second, "nothing", foreign, needy, id}
	in := object{"apis": all, "env_id": env, "remark": "together"}
	tooMany := make(list, 1001)
	for i := range tooMany {
		tooMany[i] = id
	}
	s.rows([]row{
		{name: "batch", as: own.member, call: "POST apis/publish", body: in, status: 200, fields: fields{
			"success.0.api_id": id, "success.0.api_name": "orders", "success.0.env_id": env, "success.0.version_id": hexID, "success.0.remark": "together",
			"success.1.api_id": second, "success.2": gone{},
			"failure.0.api_id": "nothing", "failure.0.error_code": "APIG.3002", "failure.0.error_msg": "api with id nothing not found",
			"failure.1.api_id": foreign, "failure.1.error_code": "APIG.1102", "failure.1.api_name": gone{},
			"failure.2.api_id": needy, "failure.2.error_code": "APIG.2011", "failure.2.api_name": "needy", "failure.3": gone{},
		}},
		{name: "batch offline", as: own.member, call: "POST apis/publish?action=offline", body: object{"apis": list{id, needy}, "env_id": env}, status: 200, fields: fields{
			"success.0.api_id": id, "success.0.api_name": "orders", "success.1": gone{}, "failure.0.api_id": needy, "failure.0.error_code": "APIG.3015",
		}},
		{name: "batch online, in capitals", as: own.member, call: "POST apis/publish?action=ONLINE", body: object{"apis": list{id}, "env_id": releaseEnv}, status: 200, fields: fields{"failure": list{}}},
		{name: "batch of nothing", as: own.member, call: "POST apis/publish", body: with(in, "apis", list{}), status: 400, code: "APIG.2001", text: "parameterName:apis"},
		{name: "batch of 1001", as: own.member, call: "POST apis/publish", body: with(in, "apis", tooMany), status: 400, code: "APIG.2006", text: "parameterName:apis"},
		{name: "batch without environment", as: own.member, call: "POST apis/publish", body: with(in, "env_id", nil), status: 400, code: "APIG.2001", text: "parameterName:env_id"},
		{name: "batch with a long remark", as: own.member, call: "POST apis/publish", body: with(in, "remark", many("x", 256)), status: 400, code: "APIG.2006", text: "parameterName:remark"},
		{name: "batch of another action", as: own.member, call: "POST apis/publish?action=delete", body: in, status: 400, code: "APIG.2011", text: "parameterName:action"},
		{name: "batch in an unknown environment", as: own.member, call: "POST apis/publish", body: with(in, "env_id", "nothing"), status: 404, code: "APIG.3003"},
		{name: "a reader publishes a batch", as: own.reader, call: "POST apis/publish", body: in, status: 403, code: "APIC.7110"},
	})
	stranger := s.tenant("stranger")
	s.do(stranger.member, "POST apis/publish", in).refused(403, "APIG.1103", "")
}
