package api_test

import (
	"regexp"
	"strings"
)

// pages are the refusals that all lists of the v1.0 API share.
func (s *scenario) pages(as *actor, call string) {
	sep := "?"
	if strings.Contains(call, "?") {
		sep = "&"
	}
	s.rows([]row{
		{name: "page of 501", as: as, call: call + sep + "page_size=501", status: 400, code: "APIG.2003", text: "parameterName:page_size"},
		{name: "page of -1", as: as, call: call + sep + "page_size=-1", status: 400, code: "APIG.2002", text: "parameterName:page_size"},
		{name: "page of x", as: as, call: call + sep + "page_size=x", status: 400, code: "APIG.2011", text: "parameterName:page_size"},
		{name: "two page sizes", as: as, call: call + sep + "page_size=1&page_size=2", status: 400, code: "APIG.2011", text: "parameterName:page_size"},
		{name: "page 0", as: as, call: call + sep + "page_no=0", status: 400, code: "APIG.2002", text: "parameterName:page_no"},
		{name: "page 2^31", as: as, call: call + sep + "page_no=2147483648", status: 400, code: "APIG.2003", text: "parameterName:page_no"},
		{name: "page 10^30", as: as, call: call + sep + "page_no=1" + many("0", 30), status: 400, code: "APIG.2003", text: "parameterName:page_no"},
		{name: "a page behind the last", as: as, call: call + sep + "page_no=1000000", status: 200, fields: fields{"size": 0}},
	})
}

// names are the refusals that the names of most resources share; body makes a
// body with that name.
func (s *scenario) names(as *actor, call string, body func(name string) any) {
	refused := func(name, value, code string) row {
		return row{name: name, as: as, call: call, body: body(value), status: 400, code: code, text: "parameterName:name. Please refer to the support documentation"}
	}
	s.rows([]row{
		refused("no name", "", "APIG.2001"),
		refused("2 characters", "ab", "APIG.2005"),
		refused("2 Chinese characters", "接口", "APIG.2005"),
		refused("65 characters", many("a", 65), "APIG.2006"),
		refused("65 Chinese characters", many("接", 65), "APIG.2006"),
		refused("digit first", "1abc", "APIG.2011"),
		refused("underscore first", "_abc", "APIG.2011"),
		refused("blank", "a bc", "APIG.2011"),
		refused("hyphen", "a-bc", "APIG.2011"),
		refused("markup", "<b>abc", "APIG.2011"),
		refused("line break", "abc\n", "APIG.2011"),
		refused("another alphabet", "abcд", "APIG.2011"),
	})
}

// remarks are the refusals of a remark.
func (s *scenario) remarks(as *actor, call string, body func(remark any) any) {
	s.rows([]row{
		{name: "256 characters of remark", as: as, call: call, body: body(many("注", 256)), status: 400, code: "APIG.2006", text: "parameterName:remark"},
		{name: "control character in remark", as: as, call: call, body: body("a\x07"), status: 400, code: "APIG.2011", text: "parameterName:remark"},
		{name: "remark of another type", as: as, call: call, body: body(7), status: 400, code: "APIG.2011", text: "parameterName:remark"},
	})
}

// groups is the life of API groups.
func groups(s *scenario) {
	own, other := s.tenants()
	host := regexp.MustCompile(`^[0-9a-f]{32}\.` + regexp.QuoteMeta(domain) + `$`)
	made := s.do(own.member, "POST api-groups", object{"name": "orders", "remark": "first\nline", "id": "mine", "unknown_field": 1}).want(201).has(fields{
		"id": hexID, "name": "orders", "remark": "first\nline", "status": 1, "sl_domain": host, "sl_domains.0": host, "sl_domains.1": gone{},
		"register_time": moment, "update_time": moment, "on_sell_status": 2, "is_default": 2, "url_domains": list{}, "call_limits": gone{},
	})
	id := made.text("id")
	foreign := s.group(other.member, "orders") // names are the project's own
	longest := many("组", 64)
	s.rows([]row{
		{name: "longest name", as: own.member, call: "POST api-groups", body: object{"name": longest}, status: 201, fields: fields{"name": longest, "remark": ""}},
		{name: "longest remark", as: own.member, call: "POST api-groups", body: object{"name": "Long_remark1", "remark": many("注", 255)}, status: 201},
		{name: "name taken", as: own.member, call: "POST api-groups", body: object{"name": "orders"}, status: 400, code: "APIG.3201", text: "already exists, name:orders"},
		{name: "names differ by case", as: own.member, call: "POST api-groups", body: object{"name": "ORDERS"}, status: 201},
		{name: "a reader creates", as: own.reader, call: "POST api-groups", body: object{"name": "reader"}, status: 403, code: "APIC.7110"},
		{name: "nobody creates", as: nobody, call: "POST api-groups", body: object{"name": "nobody"}, status: 401, code: "APIG.1000"},
		{name: "name of another type", as: own.member, call: "POST api-groups", body: object{"name": 5}, status: 400, code: "APIG.2011", text: "parameterName:name"},

		{name: "show", as: own.reader, call: "GET api-groups/" + id, status: 200, fields: fields{"id": id, "name": "orders", "sl_domain": made.text("sl_domain")}},
		{name: "show to an administrator", as: s.admin, call: "GET api-groups/" + id, status: 200, fields: fields{"id": id}},
		{name: "show a foreign one", as: own.member, call: "GET api-groups/" + foreign, status: 403, code: "APIG.1101"},
		{name: "show an unknown one", as: own.member, call: "GET api-groups/nothing", status: 404, code: "APIG.3001", text: "API group nothing does not exist"},

		{name: "rename", as: own.member, call: "PUT api-groups/" + id, body: object{"name": "orders_2"}, status: 200, fields: fields{
			"name": "orders_2", "remark": "first\nline", "register_time": made.text("register_time"), "sl_domain": made.text("sl_domain"),
		}},
		{name: "keep the name", as: own.member, call: "PUT api-groups/" + id, body: object{"name": "orders_2", "remark": ""}, status: 200, fields: fields{"remark": ""}},
		{name: "limit", as: own.member, call: "PUT api-groups/" + id, body: object{"name": "orders_2", "call_limits": 5, "time_interval": 2, "time_unit": "hour"}, status: 200, fields: fields{
			"call_limits": 5, "time_interval": 2, "time_unit": "HOUR",
		}},
		{name: "no limit", as: own.member, call: "PUT api-groups/" + id, body: object{"name": "orders_2", "call_limits": 0}, status: 200, fields: fields{"call_limits": gone{}, "time_unit": gone{}}},
		{name: "take a name", as: own.member, call: "PUT api-groups/" + id, body: object{"name": "ORDERS"}, status: 400, code: "APIG.3201"},
		{name: "change by an administrator", as: s.admin, call: "PUT api-groups/" + id, body: object{"name": "orders_3"}, status: 200, fields: fields{"id": id}},
		{name: "change a foreign one", as: own.member, call: "PUT api-groups/" + foreign, body: object{"name": "mine"}, status: 403, code: "APIG.1101"},
		{name: "change an unknown one", as: own.member, call: "PUT api-groups/" + s.unknown(), body: object{"name": "mine"}, status: 404, code: "APIG.3001"},
		{name: "a reader changes", as: own.reader, call: "PUT api-groups/" + id, body: object{"name": "mine"}, status: 403, code: "APIC.7110"},
	})
	for _, call := range []string{"POST api-groups", "PUT api-groups/" + id} {
		s.names(own.member, call, func(name string) any { return object{"name": name} })
		s.remarks(own.member, call, func(remark any) any { return object{"name": "a_name", "remark": remark} })
		s.groupLimits(own.member, call)
	}
	s.groupLists(own, other, id)
	s.groupEnds(own, id, foreign)
}

// groupLimits: the limit of a group is given whole or not at all.
func (s *scenario) groupLimits(as *actor, call string) {
	good := object{"name": "limited", "call_limits": 1000, "time_interval": 1, "time_unit": "DAY"}
	refused := func(name, code, param string, pairs ...any) row {
		return row{name: name, as: as, call: call, body: with(good, pairs...), status: 400, code: code, text: "parameterName:" + param}
	}
	s.rows([]row{
		refused("an interval without a limit", "APIG.2001", "call_limits", "call_limits", nil),
		refused("a limit without an interval", "APIG.2001", "time_interval", "time_interval", nil),
		refused("a limit without a unit", "APIG.2001", "time_unit", "time_unit", nil),
		refused("a negative limit", "APIG.2002", "call_limits", "call_limits", -1),
		refused("limit 2^31", "APIG.2003", "call_limits", "call_limits", 1<<31),
		refused("interval 0", "APIG.2002", "time_interval", "time_interval", 0),
		refused("weeks", "APIG.2011", "time_unit", "time_unit", "WEEK"),
	})
}

func (s *scenario) groupLists(own, other *tenant, id string) {
	longest := many("组", 64)
	all := "ORDERS Long_remark1 " + longest + " orders_3"
	for query, want := range map[string]string{
		"":                                  all,
		"?page_size=0":                      all,
		"?page_size=500&page_no=1":          all,
		"?page_size=":                       all,
		"?page_size=3":                      "ORDERS Long_remark1 " + longest,
		"?page_size=3&page_no=2":            "orders_3",
		"?limit=3&offset=1":                 "Long_remark1 " + longest + " orders_3",
		"?id=" + id:                         "orders_3",
		"?name=RDER":                        "ORDERS orders_3",
		"?name=%25":                         "",
		"?name=_":                           "Long_remark1 orders_3",
		"?name=orders&precise_search=name":  "",
		"?name=ORDERS&precise_search=name":  "ORDERS",
		"?name=%E7%BB%84":                   longest,
		"?name=orders&precise_search=other": "ORDERS orders_3",
		"?unknown=1":                        all,
	} {
		a := s.get(own.reader, "api-groups"+query)
		if got := a.each("groups", "name"); got != want {
			a.errorf("groups %q, want %q", got, want)
		}
	}
	s.get(own.member, "api-groups?page_size=3&page_no=2").has(fields{"total": 4, "size": 1})
	s.get(other.member, "api-groups?id="+id).has(fields{"total": 0, "groups": list{}})
	s.get(s.admin, "api-groups?id="+id).has(fields{"total": 1, "groups.0.id": id})
	s.pages(own.member, "GET api-groups")
}

func (s *scenario) groupEnds(own *tenant, id, foreign string) {
	env := s.env(own.member, "STAGE")
	s.post(own.member, "env-variables", object{"group_id": id, "env_id": env, "variable_name": "host", "variable_value": "a"})
	api := s.api(own.member, mock(id, "in_use", "/in-use"))
	s.rows([]row{
		{name: "delete one in use", as: own.member, call: "DELETE api-groups/" + id, status: 403, code: "APIG.3415", text: ",id:" + id},
		{name: "a reader deletes", as: own.reader, call: "DELETE api-groups/" + id, status: 403, code: "APIC.7110"},
		{name: "delete a foreign one", as: own.member, call: "DELETE api-groups/" + foreign, status: 403, code: "APIG.1101"},
		{name: "free it", as: own.member, call: "DELETE apis/" + api, status: 204},
		{name: "delete", as: own.member, call: "DELETE api-groups/" + id, status: 204},
		{name: "delete again", as: own.member, call: "DELETE api-groups/" + id, status: 404, code: "APIG.3001", text: "API group " + id + " does not exist"},
		{name: "its variables are gone", as: own.member, call: "GET env-variables?group_id=" + id, status: 404, code: "APIG.3001"},
	})
	for _, name := range numbered("filler_%d", smallQuota-3) {
		s.group(own.member, name)
	}
	s.do(own.member, "POST api-groups", object{"name": "one_too_many"}).refused(403, "APIG.3101", "")
}
