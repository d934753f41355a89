package api_test

import "strconv"

// configsScenario is the configuration of a project: read by everybody in it,
// changed by administrators, in force at once.
func configsScenario(s *scenario) {
	own, other := s.tenants()
	apps := " config/project/APP_NUM_LIMIT"
	set := func(value string) object { return object{"config_value": value, "project_id": own.project} }
	s.rows([]row{
		{name: "all", as: own.reader, call: "GET config/project?page_size=3", status: 200, fields: fields{
			"size": 3, "configs.0.config_id": "1", "configs.0.config_name": "API_NUM_LIMIT", "configs.0.config_value": strconv.Itoa(smallQuota),
			"configs.0.config_time": nil, "configs.0.remark": "APIs of a project",
			"configs.1.config_id": "2", "configs.1.config_name": "APP_NUM_LIMIT", "configs.2.config_name": "APIGROUP_NUM_LIMIT",
		}},
		{name: "by id", as: own.member, call: "GET config/project?config_id=3", status: 200, fields: fields{"total": 1, "configs.0.config_name": "APIGROUP_NUM_LIMIT"}},
		{name: "by name", as: own.member, call: "GET config/project?config_name=app_num", status: 200, fields: fields{"total": 1, "configs.0.config_id": "2"}},
		{name: "none", as: own.member, call: "GET config/project?config_name=nothing", status: 200, fields: fields{"total": 0, "configs": list{}}},
		{name: "a foreign project's", as: own.member, call: "GET config/project?project_id=" + other.project, status: 403, code: "APIG.1107"},
		{name: "nobody's", as: nobody, call: "GET config/project", status: 401, code: "APIG.1000"},
		{name: "of a project that is none", as: s.admin, call: "GET config/project?project_id=nothing", status: 400, code: "APIG.2011", text: "parameterName:project_id"},

		{name: "a member changes", as: own.member, call: "PUT" + apps, body: set("400"), status: 403, code: "APIG.1107"},
		{name: "a reader changes", as: own.reader, call: "PUT" + apps, body: set("400"), status: 403, code: "APIC.7110"},
		{name: "an unknown name", as: s.admin, call: "PUT config/project/SWORD_NUM_LIMIT", body: set("400"), status: 404, code: "APIG.3007"},
		{name: "no number", as: s.admin, call: "PUT" + apps, body: set(""), status: 400, code: "APIG.2001", text: "parameterName:config_value"},
		{name: "a bad number", as: s.admin, call: "PUT" + apps, body: set("-1"), status: 400, code: "APIG.2011", text: "parameterName:config_value"},
		{name: "another type", as: s.admin, call: "PUT" + apps, body: object{"config_value": 400}, status: 400, code: "APIG.2011", text: "parameterName:config_value"},
		{name: "too much", as: s.admin, call: "PUT" + apps, body: set("1000001"), status: 400, code: "APIG.2003", text: "parameterName:config_value"},
		{name: "for no project", as: s.admin, call: "PUT" + apps, body: object{"config_value": "1", "project_id": "nothing"}, status: 400, code: "APIG.2011", text: "parameterName:project_id"},

		{name: "lower", as: s.admin, call: "PUT" + apps, body: set("1"), status: 200, fields: fields{
			"config_id": "2", "config_name": "APP_NUM_LIMIT", "config_value": "1", "config_time": moment, "remark": "Apps of a project",
		}},
		{name: "one app", as: own.member, call: "POST apps", body: object{"name": "one"}, status: 201},
		{name: "no second", as: own.member, call: "POST apps", body: object{"name": "two"}, status: 403, code: "APIG.3103"},
		{name: "raise", as: s.admin, call: "PUT" + apps, body: set("2"), status: 200, fields: fields{"config_value": "2"}},
		{name: "a second", as: own.member, call: "POST apps", body: object{"name": "two"}, status: 201},
		{name: "no third", as: own.member, call: "POST apps", body: object{"name": "three"}, status: 403, code: "APIG.3103"},
		{name: "the project sees it", as: own.member, call: "GET config/project?config_id=2", status: 200, fields: fields{"configs.0.config_value": "2", "configs.0.config_time": moment}},
		{name: "so does an administrator", as: s.admin, call: "GET config/project?config_id=2&project_id=" + own.project, status: 200, fields: fields{"configs.0.config_value": "2"}},
		{name: "others have theirs", as: other.member, call: "GET config/project?config_id=2", status: 200, fields: fields{"configs.0.config_value": strconv.Itoa(smallQuota)}},

		{name: "a member resets", as: own.member, call: "DELETE" + apps, status: 403, code: "APIG.1107"},
		{name: "a reader resets", as: own.reader, call: "DELETE" + apps, status: 403, code: "APIC.7110"},
		{name: "reset an unknown name", as: s.admin, call: "DELETE config/project/SWORD_NUM_LIMIT", status: 404, code: "APIG.3007"},
		{name: "reset for no project", as: s.admin, call: "DELETE" + apps + "?project_id=nothing", status: 400, code: "APIG.2011", text: "parameterName:project_id"},
		{name: "reset", as: s.admin, call: "DELETE" + apps + "?project_id=" + own.project, status: 204},
		{name: "as configured", as: own.member, call: "GET config/project?config_id=2", status: 200, fields: fields{"configs.0.config_value": strconv.Itoa(smallQuota), "configs.0.config_time": nil}},
		{name: "a third", as: own.member, call: "POST apps", body: object{"name": "three"}, status: 201},
	})
	s.pages(own.member, "GET config/project")
	s.keptVersions(own)
}

// keptVersions: a quota that refuses nothing holds too.
func (s *scenario) keptVersions(own *tenant) {
	s.put(s.admin, "config/project/API_VERSION_NUM_LIMIT", object{"config_value": "2", "project_id": own.project})
	api := s.api(own.member, mock(s.group(own.member, "versions"), "versions", "/"))
	for range 4 {
		s.publish(own.member, api, releaseEnv)
	}
	s.get(own.member, "apis/publish/"+api).has(fields{"total": 2})
}

// configKind has names for ids. What a project has differs from what another
// has by its numbers only, and nothing of it can be deleted: a name that never
// was stands for one that was.
var configKind = kind{"config", "APIG.3007", "APIG.1107", false, false}

var configsPart = part{
	paths: map[string][]kind{"/v1.0/apigw/config/project/{config_name}": {configKind}},
	fill: func(_ *scenario, h *holder) {
		h.ids["config"] = "RESPONSE_NUM_LIMIT"
		if h.deleted == nil {
			h.ids["config"] = "DELETED_NUM_LIMIT"
		}
	},
	empty: func(*holder) []string { return nil },
	spare: map[string]func(*scenario, *operation, *holder, string) (ids, paths []string){
		"config": func(_ *scenario, _ *operation, h *holder, _ string) (ids, paths []string) {
			return []string{h.ids["config"]}, nil
		},
	},
	bodies: map[string]func(*scenario, *holder, []string) any{
		"apigw:configs:update": func(_ *scenario, h *holder, _ []string) any {
			return object{"config_value": "4", "project_id": h.project}
		},
	},
	forAdmins: map[string]string{"apigw:configs:update": "APIG.1107", "apigw:configs:reset": "APIG.1107"},
}
