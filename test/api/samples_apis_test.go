package api_test

// groupReplays are those of section 4.1.
var groupReplays = map[string]func(*replay) string{
	"4.1.2": func(*replay) string { return "POST api-groups" },
	"4.1.3": func(r *replay) string { return "PUT api-groups/" + r.group(r.own.member, "before") },
	// No operation of the reference sets the limit of a group that this shows.
	"4.1.5": func(r *replay) string {
		id := r.made("api-groups", r.sent("4.1.2"))
		r.inTable("UPDATE groups SET call_limits = 1000, time_interval = 1, time_unit = 'SECOND' WHERE id = $1", id)
		return "GET api-groups/" + id
	},
	"4.1.6": func(r *replay) string {
		r.made("api-groups", r.sent("4.1.2"))
		return "GET api-groups"
	},
}

// document is the API of section 4.2.2, which most samples of the chapter
// show, with the version and the policy backend that they show as well.
func (r *replay) document(group, name string) object {
	d := r.sent("4.2.2")
	d["group_id"], d["name"], d["req_uri"], d["version"] = group, name, "/"+name+"/{project_id}", "V0.0.1"
	d["policy_https"] = list{object{
		"name": "policy001", "effect_mode": "ANY", "req_method": "GET", "req_protocol": "http", "req_uri": "/test/policy",
		"timeout": 10000, "url_domain": "xxxxxxxxxx",
		"conditions": list{object{
			"condition_type": "pattern", "condition_value": "^[0-9]$", "condition_origin": "param", "req_param_name": "project_id",
		}},
		"backend_params": list{object{"name": "project_id", "value": "project_id", "location": "QUERY", "origin": "REQUEST"}},
	}}
	return d
}

// registered is such an API in a group of its own.
func (r *replay) registered(name string) string {
	r.t.Helper()
	return r.api(r.own.member, r.document(r.group(r.own.member, "group_of_"+name), name))
}

// published is such an API in RELEASE: the API, its publication and version.
func (r *replay) published(name string, changes ...any) (api, publication, version string) {
	r.t.Helper()
	group := r.group(r.own.member, "group_of_"+name)
	api = r.api(r.own.member, with(r.document(group, name), append([]any{"remark", "remark of " + name}, changes...)...))
	done := r.post(r.own.member, "apis/publish/"+api, object{"env_id": releaseEnv})
	return api, done.text("publish_id"), done.text("version_id")
}

// apiReplays are those of section 4.2.
var apiReplays = map[string]func(*replay) string{
	// The response shows a version and a policy backend that the request does
	// not have: it is sent as it is, and then with them.
	"4.2.2": func(r *replay) string {
		r.set("group_id", r.group(r.own.member, "as_it_is"))
		r.api(r.own.member, r.body.(object))
		r.body = r.document(r.group(r.own.member, "group0002"), "test")
		return "POST apis"
	},
	"4.2.3": func(r *replay) string {
		group := r.group(r.own.member, "group0002")
		id := r.api(r.own.member, mock(group, "before", "/before"))
		r.set("group_id", group)
		r.put(r.own.member, "apis/"+id, r.body)
		r.body = r.document(group, "test")
		return "PUT apis/" + id
	},
	"4.2.5": func(r *replay) string { return "POST apis/publish/" + r.registered("test") },
	"4.2.7": func(r *replay) string {
		r.set("apis.0", r.unknown())
		r.set("apis.1", r.registered("test"))
		return "POST apis/publish?action=online"
	},
	"4.2.8": func(r *replay) string { return "GET apis/" + r.registered("test") },
	"4.2.9": func(r *replay) string {
		r.registered("test")
		r.published("bbbb")
		return "GET apis"
	},
	"4.2.10": func(r *replay) string {
		api, _, _ := r.published("test")
		return "GET apis/publish/" + api
	},
	"4.2.12": func(r *replay) string {
		_, _, version := r.published("test")
		return "GET apis/versions/" + version
	},
	"4.2.13": func(r *replay) string {
		parameter := object{"name": "project_id", "location": "PATH", "type": "STRING", "required": 1}
		api, _, _ := r.published("market_api01", "body_remark", "market_api01", "cors", true, "result_failure_sample", "x",
			"backend_type", "MOCK", "backend_api", nil, "policy_https", nil, "backend_params", nil, "mock_info", object{"result_content": "x"},
			"req_params", list{parameter})
		return "GET apis/runtime/" + api
	},
	"4.2.14": func(r *replay) string {
		return "POST apis/debug/" + r.api(r.own.member, mock(r.group(r.own.member, "debugged"), "test", "/test"))
	},
}

// appReplays are those of sections 4.3 and 4.4.
var appReplays = map[string]func(*replay) string{
	"4.3.2": func(r *replay) string {
		r.instead("app_key", "app_key_sample_2", "4.3.3 shows the same, and keys are unique on the platform")
		return "POST apps"
	},
	"4.3.3": func(r *replay) string {
		id := r.app(r.own.member, "before")
		r.undo = append(r.undo, "apps/"+id)
		return "PUT apps/" + id
	},
	"4.3.4": func(r *replay) string { return "PUT apps/secret/" + r.app(r.own.member, "app_001") },
	"4.3.6": func(r *replay) string { return "GET apps/validation/" + r.app(r.own.member, "app_001") },
	"4.3.7": func(r *replay) string { return "GET apps/" + r.app(r.own.member, "app_001") },
	"4.3.8": func(r *replay) string {
		r.app(r.own.member, "app_001")
		return "GET apps"
	},
	"4.4.2": func(r *replay) string {
		r.published("test")
		return "GET app-auths/unbinded-apis?app_id=" + r.app(r.own.member, "app_001") + "&env_id=" + releaseEnv
	},
	"4.4.3": func(r *replay) string {
		for i, name := range []string{"one", "two"} {
			api, _, _ := r.published(name)
			r.set("api_ids."+string(rune('0'+i)), api)
		}
		r.set("app_ids.0", r.app(r.own.member, "app_001"))
		return "POST app-auths"
	},
	"4.4.4": func(r *replay) string {
		_, app := r.granted()
		return "GET app-auths/binded-apis?app_id=" + app
	},
	"4.4.5": func(r *replay) string {
		api, _ := r.granted()
		return "GET app-auths/binded-apps?api_id=" + api
	},
}

func (r *replay) granted() (api, app string) {
	r.t.Helper()
	api, _, _ = r.published("test")
	app = r.app(r.own.member, "app_001")
	r.post(r.own.member, "app-auths", object{"api_ids": list{api}, "app_ids": list{app}, "env_id": releaseEnv})
	return api, app
}

// envReplays are those of sections 4.5 and 4.6.
var envReplays = map[string]func(*replay) string{
	"4.5.2": func(*replay) string { return "POST envs" },
	"4.5.3": func(r *replay) string { return "PUT envs/" + r.env(r.own.member, "DEV") },
	"4.5.5": func(r *replay) string {
		r.made("envs", r.sent("4.5.2"))
		return "GET envs"
	},
	"4.6.2": func(r *replay) string {
		r.set("env_id", r.env(r.own.member, "DEV"))
		r.set("group_id", r.group(r.own.member, "group"))
		return "POST env-variables"
	},
	"4.6.4": func(r *replay) string {
		_, id := r.variable()
		return "GET env-variables/" + id
	},
	"4.6.5": func(r *replay) string {
		group, _ := r.variable()
		return "GET env-variables?group_id=" + group
	},
}

func (r *replay) variable() (group, id string) {
	r.t.Helper()
	group = r.group(r.own.member, "group")
	return group, r.made("env-variables", with(r.sent("4.6.2"), "group_id", group, "env_id", r.env(r.own.member, "DEV")))
}
