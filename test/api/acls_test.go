package api_test

import (
	"fmt"
	"net/url"
)

// aclsScenario is the life of access control policies and their bindings.
func aclsScenario(s *scenario) {
	own, other := s.tenants()
	// The samples of 4.10.2 and 4.10.3.
	sample := object{"acl_name": "test001", "acl_type": "PERMIT", "acl_value": "192.168.1.5,192.168.10.0/24,192.168.12.12-192.168.12.19", "entity_type": "IP"}
	made := s.do(own.member, "POST acls", sample).want(201).has(fields{
		"id": hexID, "acl_name": "test001", "entity_type": "IP", "acl_type": "PERMIT", "update_time": moment,
		"acl_value": "192.168.1.5,192.168.10.0/24,192.168.12.12-192.168.12.19",
	})
	id := made.text("id")
	foreign := s.post(other.member, "acls", sample).text("id") // names are the project's own
	accounts := s.do(own.member, "POST acls", object{"acl_name": "accounts", "acl_type": "deny", "acl_value": "Default, 租户", "entity_type": "domain"}).want(201).has(fields{
		"acl_type": "DENY", "entity_type": "DOMAIN", "acl_value": "Default,租户",
	}).text("id")
	s.rows([]row{
		{name: "the sample of 4.10.3", as: own.member, call: "PUT acls/" + accounts, body: object{"acl_name": "string", "acl_type": "PERMIT", "acl_value": "19asdfaf-adfadf"}, status: 200, fields: fields{
			"id": accounts, "acl_name": "string", "acl_type": "PERMIT", "acl_value": "19asdfaf-adfadf", "update_time": moment,
		}},
		{name: "a part changes", as: own.member, call: "PUT acls/" + accounts, body: object{"acl_name": "accounts"}, status: 200, fields: fields{"acl_type": "PERMIT", "acl_value": "19asdfaf-adfadf"}},
		{name: "IPv6", as: own.member, call: "PUT acls/" + id, body: object{"acl_value": "2001:db8::/32,::1, 10.0.0.1 - 10.0.0.9"}, status: 200, fields: fields{"acl_value": "2001:db8::/32,::1,10.0.0.1-10.0.0.9"}},
		{name: "the type of entity again", as: own.member, call: "PUT acls/" + id, body: object{"entity_type": "ip"}, status: 200, fields: fields{"entity_type": "IP"}},
		{name: "another type of entity", as: own.member, call: "PUT acls/" + id, body: object{"entity_type": "DOMAIN"}, status: 400, code: "APIG.2011", text: "parameterName:entity_type"},
		{name: "change by an administrator", as: s.admin, call: "PUT acls/" + id, body: object{"acl_type": "DENY"}, status: 200, fields: fields{"id": id, "acl_type": "DENY"}},
		{name: "change a foreign one", as: own.member, call: "PUT acls/" + foreign, body: object{}, status: 403, code: "APIG.1106"},
		{name: "change an unknown one", as: own.member, call: "PUT acls/nothing", body: object{}, status: 404, code: "APIG.3006", text: "Access control policy nothing does not exist"},
		{name: "a reader changes", as: own.reader, call: "PUT acls/" + id, body: object{}, status: 403, code: "APIC.7110"},
		{name: "a reader creates", as: own.reader, call: "POST acls", body: sample, status: 403, code: "APIC.7110"},
		{name: "nobody creates", as: nobody, call: "POST acls", body: sample, status: 401, code: "APIG.1000"},

		{name: "show", as: own.reader, call: "GET acls/" + accounts, status: 200, fields: fields{
			"id": accounts, "acl_name": "accounts", "entity_type": "DOMAIN", "acl_type": "PERMIT", "acl_value": "19asdfaf-adfadf", "update_time": moment,
		}},
		{name: "show to an administrator", as: s.admin, call: "GET acls/" + id, status: 200, fields: fields{"id": id}},
		{name: "show a foreign one", as: own.member, call: "GET acls/" + foreign, status: 403, code: "APIG.1106"},
		{name: "show an unknown one", as: own.member, call: "GET acls/nothing", status: 404, code: "APIG.3006"},
	})
	s.aclFields(own.member, "POST acls", with(sample, "acl_name", "another"))
	s.aclFields(own.member, "PUT acls/"+id, object{})
	s.rows([]row{
		{name: "no type", as: own.member, call: "POST acls", body: with(sample, "acl_type", nil), status: 400, code: "APIG.2001", text: "parameterName:acl_type"},
		{name: "no type of entity", as: own.member, call: "POST acls", body: with(sample, "entity_type", nil), status: 400, code: "APIG.2001", text: "parameterName:entity_type"},
		{name: "administrators", as: own.member, call: "POST acls", body: with(sample, "entity_type", "ADMIN"), status: 400, code: "APIG.2011", text: "parameterName:entity_type"},
		{name: "accounts of 1025 characters", as: own.member, call: "POST acls", body: with(sample, "acl_name", "another", "entity_type", "DOMAIN", "acl_value", many("a", 1025)), status: 400, code: "APIG.2006", text: "parameterName:acl_value"},
	})
	s.aclLists(own, other, id, accounts, foreign)
	s.aclBindings(own, other, id, accounts, foreign)
	s.aclBatches(own, other, foreign)
	s.aclServed(own)
	// A full project.
	for n := s.countOf(own.member, "acls"); n < 100; n++ {
		s.post(own.member, "acls", with(sample, "acl_name", fmt.Sprintf("filler_%d", n)))
	}
	s.do(own.member, "POST acls", with(sample, "acl_name", "one_too_many")).refused(403, "APIG.3112", "")
}

// aclServed: a policy holds for calls from when it is bound or changed until it is
// unbound.
func (s *scenario) aclServed(own *tenant) {
	group := s.group(own.member, "listed")
	api := s.api(own.member, mock(group, "listed", "/listed"))
	publication := s.publishID(own.member, api, releaseEnv)
	list4 := s.post(own.member, "acls", object{"acl_name": "served", "acl_type": "PERMIT", "acl_value": "10.0.0.0/8", "entity_type": "IP"}).text("id")
	c := s.caller(own.member, group)
	c.plain("GET /listed", anonymous).want(200, "")
	bound := s.post(own.member, "acl-bindings", object{"acl_id": list4, "publish_ids": list{publication}}).text("0.id")
	c.plain("GET /listed", anonymous).fault(403, "APIG.0402", "The IP address is not authorized to access the API.")
	c.tls("GET /listed", anonymous, "X-Forwarded-For", "10.0.0.1").fault(403, "APIG.0402", "")
	s.put(own.member, "acls/"+list4, object{"acl_value": "10.0.0.0/8,127.0.0.1"})
	c.plain("GET /listed", anonymous).want(200, "")
	s.put(own.member, "acls/"+list4, object{"acl_type": "DENY"})
	c.plain("GET /listed", anonymous).fault(403, "APIG.0402", "")
	s.do(own.member, "DELETE acl-bindings/"+bound, nil).want(204)
	c.plain("GET /listed", anonymous).want(200, "")
}

// countOf is the number of things in a list.
func (s *scenario) countOf(as *actor, list string) int {
	s.t.Helper()
	n, _ := s.get(as, list).value("total")
	return int(n.(float64))
}

// aclFields are the refusals that creating and changing share; good is a body
// that would do.
func (s *scenario) aclFields(as *actor, call string, good object) {
	refused := func(name, field, value string, status int, code, text string) row {
		return row{name: name, as: as, call: call, body: with(good, field, value), status: status, code: code, text: text}
	}
	addresses := "10.0.0.0"
	for i := 1; i <= 100; i++ {
		addresses += fmt.Sprintf(",10.0.0.%d", i)
	}
	s.rows([]row{
		refused("no name", "acl_name", "", 400, "APIG.2001", "parameterName:acl_name"),
		refused("2 characters", "acl_name", "ab", 400, "APIG.2005", "parameterName:acl_name"),
		refused("65 characters", "acl_name", many("策", 65), 400, "APIG.2006", "parameterName:acl_name"),
		refused("digit first", "acl_name", "1abc", 400, "APIG.2011", "parameterName:acl_name"),
		refused("control character", "acl_name", "abc\x07", 400, "APIG.2011", "parameterName:acl_name"),
		refused("name taken", "acl_name", "accounts", 400, "APIG.3206", "already exists, acl_name:accounts"),
		refused("another type", "acl_type", "ALLOW", 400, "APIG.2011", "parameterName:acl_type"),
		refused("no list", "acl_value", "", 400, "APIG.2001", "parameterName:acl_value"),
		refused("garbage", "acl_value", "10.0.0.1,garbage", 400, "APIG.2015", `parameterName:acl_value. Please refer to the support documentation: entry 2, "garbage", is not`),
		refused("a reversed range", "acl_value", "10.0.0.9-10.0.0.1", 400, "APIG.2015", "reversed range"),
		refused("33 bits", "acl_value", "10.0.0.0/33", 400, "APIG.2015", "entry 1"),
		refused("an address twice", "acl_value", "10.0.0.1,10.0.0.1", 400, "APIG.3306", "already exists, acl_value:10.0.0.1"),
		refused("101 addresses", "acl_value", addresses, 403, "APIG.3100", "acl_value has 101 entries"),
		refused("a list of 300,000 characters", "acl_value", many("1", 300_000), 400, "APIG.2006", "parameterName:acl_value"),
		{name: "list of another type", as: as, call: call, body: with(good, "acl_value", list{"10.0.0.1"}), status: 400, code: "APIG.2011", text: "parameterName:acl_value"},
	})
}

func (s *scenario) aclLists(own, other *tenant, id, accounts, foreign string) {
	for query, want := range map[string]string{
		"":                                      "accounts test001",
		"?page_size=1":                          "accounts",
		"?page_size=1&page_no=2":                "test001",
		"?id=" + id:                             "test001",
		"?name=TEST":                            "test001",
		"?name=TEST&precise_search=name":        "",
		"?name=test001&precise_search=name":     "test001",
		"?acl_type=PERMIT":                      "accounts",
		"?acl_type=deny":                        "test001",
		"?entity_type=IP":                       "test001",
		"?entity_type=domain&name=a&acl_type=":  "accounts",
		"?entity_type=DOMAIN&acl_type=deny":     "",
		"?id=" + foreign:                        "",
		"?name=test001&precise_search=acl_name": "test001",
	} {
		a := s.get(own.reader, "acls"+query)
		if got := a.each("acls", "acl_name"); got != want {
			a.errorf("policies %q, want %q", got, want)
		}
	}
	s.get(own.member, "acls?id="+accounts).has(fields{
		"total": 1, "size": 1, "acls.0.id": accounts, "acls.0.acl_name": "accounts", "acls.0.entity_type": "DOMAIN", "acls.0.acl_type": "PERMIT",
		"acls.0.acl_value": "19asdfaf-adfadf", "acls.0.update_time": moment, "acls.0.bind_num": 0,
	})
	s.get(other.member, "acls?id="+id).has(fields{"total": 0, "size": 0, "acls": list{}})
	s.get(s.admin, "acls?id="+id).has(fields{"total": 1, "acls.0.id": id})
	s.pages(own.member, "GET acls")
	s.rows([]row{
		{name: "list of another type", as: own.member, call: "GET acls?acl_type=ALLOW", status: 400, code: "APIG.2011", text: "parameterName:acl_type"},
		{name: "list of administrators", as: own.member, call: "GET acls?entity_type=ADMIN", status: 400, code: "APIG.2011", text: "parameterName:entity_type"},
		{name: "list for nobody", as: nobody, call: "GET acls", status: 401, code: "APIG.1000"},
	})
}

// publishID publishes an API and answers the id of the publication.
func (s *scenario) publishID(as *actor, api, env string) string {
	s.t.Helper()
	return s.post(as, "apis/publish/"+api, object{"env_id": env}).text("publish_id")
}

func (s *scenario) aclBindings(own, other *tenant, id, accounts, foreign string) {
	group, env := s.group(own.member, "orders"), s.env(own.member, "STAGE")
	api := s.api(own.member, with(mock(group, "orders", "/orders"), "remark", "all orders"))
	second := s.api(own.member, mock(group, "second", "/second"))
	theirs := s.api(other.member, mock(s.group(other.member, "orders"), "orders", "/orders"))
	publication, staged := s.publishID(own.member, api, releaseEnv), s.publishID(own.member, api, env)
	further, foreignPublication := s.publishID(own.member, second, releaseEnv), s.publishID(other.member, theirs, releaseEnv)

	in := object{"acl_id": id, "publish_ids": list{publication}}
	made := s.do(own.member, "POST acl-bindings", in).want(201).has(fields{
		"0.id": hexID, "0.api_id": api, "0.env_id": releaseEnv, "0.acl_id": id, "0.create_time": moment, "1": gone{},
	})
	bound := made.text("0.id")
	tooMany := make(list, 1001)
	for i := range tooMany {
		tooMany[i] = publication
	}
	s.rows([]row{
		{name: "bind again", as: own.member, call: "POST acl-bindings", body: in, status: 201, fields: fields{"0.id": bound, "0.create_time": made.text("0.create_time")}},
		{name: "bind another type", as: own.member, call: "POST acl-bindings", body: with(in, "acl_id", accounts), status: 201, fields: fields{"0.acl_id": accounts}},
		{name: "bind in another environment", as: s.admin, call: "POST acl-bindings", body: with(in, "publish_ids", list{staged}), status: 201, fields: fields{"0.env_id": env}},
		{name: "no policy", as: own.member, call: "POST acl-bindings", body: with(in, "acl_id", nil), status: 400, code: "APIG.2001", text: "parameterName:acl_id"},
		{name: "no publications", as: own.member, call: "POST acl-bindings", body: with(in, "publish_ids", list{}), status: 400, code: "APIG.2001", text: "parameterName:publish_ids"},
		{name: "1001 publications", as: own.member, call: "POST acl-bindings", body: with(in, "publish_ids", tooMany), status: 400, code: "APIG.2006", text: "parameterName:publish_ids"},
		{name: "one id for a list", as: own.member, call: "POST acl-bindings", body: with(in, "publish_ids", publication), status: 400, code: "APIG.2011", text: "parameterName:publish_ids"},
		{name: "bind an unknown policy", as: own.member, call: "POST acl-bindings", body: with(in, "acl_id", "nothing"), status: 404, code: "APIG.3006", text: "Access control policy nothing does not exist"},
		{name: "bind a foreign policy", as: own.member, call: "POST acl-bindings", body: with(in, "acl_id", foreign), status: 403, code: "APIG.1106"},
		{name: "bind to an unknown publication", as: own.member, call: "POST acl-bindings", body: with(in, "publish_ids", list{further, "nothing"}), status: 404, code: "APIG.3015", text: "nothing"},
		{name: "bind to a foreign API", as: own.member, call: "POST acl-bindings", body: with(in, "publish_ids", list{foreignPublication}), status: 403, code: "APIG.1102"},
		{name: "bind across projects", as: s.admin, call: "POST acl-bindings", body: with(in, "publish_ids", list{foreignPublication}), status: 400, code: "APIG.1201"},
		{name: "a reader binds", as: own.reader, call: "POST acl-bindings", body: in, status: 403, code: "APIC.7110"},
		{name: "nobody binds", as: nobody, call: "POST acl-bindings", body: in, status: 401, code: "APIG.1000"},
		{name: "delete what is bound", as: own.member, call: "DELETE acls/" + id, status: 403, code: "APIG.3447", text: "cannot be deleted because it has been bound to APIs"},
		{name: "bound twice", as: own.member, call: "GET acls?id=" + id, status: 200, fields: fields{"acls.0.bind_num": 2}},
	})
	s.boundACLs(own, other, api, theirs, env, id, bound)
	s.aclAPIs(own, other, api, second, group, env, id, accounts, bound, publication, further)
	s.aclUnbound(own, other, id, bound, foreign, foreignPublication)
}

func (s *scenario) boundACLs(own, other *tenant, api, theirs, env, id, bound string) {
	call := "GET acl-bindings/binded-acls"
	s.rows([]row{
		{name: "policies of an API", as: own.reader, call: call + "?api_id=" + api + "&env_id=" + releaseEnv + "&acl_id=" + id, status: 200, fields: fields{
			"total": 1, "size": 1, "acls.0.acl_id": id, "acls.0.acl_name": "test001", "acls.0.entity_type": "IP", "acls.0.acl_type": "DENY",
			"acls.0.acl_value": "2001:db8::/32,::1,10.0.0.1-10.0.0.9", "acls.0.env_id": releaseEnv, "acls.0.env_name": "RELEASE",
			"acls.0.bind_id": bound, "acls.0.bind_time": moment,
		}},
		{name: "policies everywhere", as: own.member, call: call + "?api_id=" + api, status: 200, fields: fields{"total": 3, "size": 3}},
		{name: "policies by environment", as: own.member, call: call + "?api_id=" + api + "&env_id=" + env, status: 200, fields: fields{"total": 1, "acls.0.env_name": "STAGE"}},
		{name: "policies by name of environment", as: own.member, call: call + "?api_id=" + api + "&env_name=release", status: 200, fields: fields{"total": 2}},
		{name: "policies by name", as: own.member, call: call + "?api_id=" + api + "&acl_name=ACCOUNT", status: 200, fields: fields{"total": 1, "acls.0.entity_type": "DOMAIN"}},
		{name: "policies by another name", as: own.member, call: call + "?api_id=" + api + "&acl_name=nothing", status: 200, fields: fields{"total": 0, "acls": list{}}},
		{name: "policies to an administrator", as: s.admin, call: call + "?api_id=" + api, status: 200, fields: fields{"total": 3}},
		{name: "policies of no API", as: own.member, call: call, status: 400, code: "APIG.2001", text: "parameterName:api_id"},
		{name: "policies of an unknown API", as: own.member, call: call + "?api_id=nothing", status: 404, code: "APIG.3002", text: "API nothing does not exist"},
		{name: "policies of a foreign API", as: own.member, call: call + "?api_id=" + theirs, status: 403, code: "APIG.1102"},
		{name: "policies for nobody", as: nobody, call: call + "?api_id=" + api, status: 401, code: "APIG.1000"},
	})
	s.pages(own.member, call+"?api_id="+api)
}

func (s *scenario) aclAPIs(own, other *tenant, api, second, group, env, id, accounts, bound, publication, further string) {
	binded, unbinded := "GET acl-bindings/binded-apis", "GET acl-bindings/unbinded-apis"
	s.rows([]row{
		{name: "APIs of a policy", as: own.reader, call: binded + "?acl_id=" + id + "&env_id=" + releaseEnv, status: 200, fields: fields{
			"total": 1, "size": 1, "apis.0.api_id": api, "apis.0.api_name": "orders", "apis.0.group_name": "orders", "apis.0.api_type": 1, "apis.0.api_remark": "all orders",
			"apis.0.env_id": releaseEnv, "apis.0.env_name": "RELEASE", "apis.0.bind_id": bound, "apis.0.bind_time": moment, "apis.0.publish_id": publication,
		}},
		{name: "APIs by everything", as: own.member, call: binded + "?acl_id=" + id + "&api_id=" + api + "&api_name=ORD&group_id=" + group + "&env_id=" + env, status: 200, fields: fields{"total": 1}},
		{name: "APIs by another group", as: own.member, call: binded + "?acl_id=" + id + "&group_id=nothing", status: 200, fields: fields{"total": 0, "apis": list{}}},
		{name: "APIs to an administrator", as: s.admin, call: binded + "?acl_id=" + id, status: 200, fields: fields{"total": 2}},

		{name: "APIs that can be bound", as: own.reader, call: unbinded + "?acl_id=" + id, status: 200, fields: fields{
			"total": 1, "size": 1, "apis.0.id": second, "apis.0.name": "second", "apis.0.type": 1, "apis.0.remark": "", "apis.0.group_id": group, "apis.0.group_name": "orders",
			"apis.0.run_env_name": "RELEASE", "apis.0.run_env_id": releaseEnv, "apis.0.publish_id": further, "apis.0.req_uri": "/second", "apis.0.auth_type": "NONE", "apis.0.acl_name": gone{},
		}},
		{name: "by environment", as: own.member, call: unbinded + "?acl_id=" + accounts + "&env_id=" + env, status: 200, fields: fields{"total": 1, "apis.0.id": api}},
		{name: "by everything", as: own.member, call: unbinded + "?acl_id=" + id + "&api_id=" + second + "&api_name=SEC&group_id=" + group + "&env_id=" + releaseEnv, status: 200, fields: fields{"total": 1}},
		{name: "by group, as the URI has it", as: own.member, call: unbinded + "?acl_id=" + id + "&group-id=nothing", status: 200, fields: fields{"total": 0, "apis": list{}}},
		{name: "to an administrator", as: s.admin, call: unbinded + "?acl_id=" + id, status: 200, fields: fields{"total": 1}},
	})
	rival := s.post(own.member, "acls", object{"acl_name": "rival", "acl_type": "DENY", "acl_value": "10.0.0.1", "entity_type": "IP"}).text("id")
	s.get(own.member, "acl-bindings/unbinded-apis?acl_id="+rival+"&env_id="+env).has(fields{"total": 1, "apis.0.acl_name": "test001"})
	replaced := s.get(own.member, "acl-bindings/binded-apis?acl_id="+id+"&env_id="+env).text("apis.0.bind_id")
	s.rows([]row{
		{name: "replace", as: own.member, call: "POST acl-bindings", body: object{"acl_id": rival, "publish_ids": list{s.get(own.member, "acl-bindings/unbinded-apis?acl_id="+rival+"&env_id="+env).text("apis.0.publish_id")}}, status: 201, fields: fields{"0.acl_id": rival}},
		{name: "one of a type", as: own.member, call: "GET acl-bindings/binded-acls?api_id=" + api + "&env_id=" + env, status: 200, fields: fields{"total": 1, "acls.0.acl_id": rival}},
		{name: "end what was replaced", as: own.member, call: "DELETE acl-bindings/" + replaced, status: 404, code: "APIG.3010", text: replaced},
	})
	for _, call := range []string{binded, unbinded} {
		s.rows([]row{
			{name: "APIs of no policy", as: own.member, call: call, status: 400, code: "APIG.2001", text: "parameterName:acl_id"},
			{name: "APIs of an unknown policy", as: own.member, call: call + "?acl_id=nothing", status: 404, code: "APIG.3006", text: "Access control policy nothing does not exist"},
			{name: "APIs of a foreign policy", as: other.member, call: call + "?acl_id=" + id, status: 403, code: "APIG.1106"},
			{name: "APIs for nobody", as: nobody, call: call + "?acl_id=" + id, status: 401, code: "APIG.1000"},
		})
		s.pages(own.member, call+"?acl_id="+id)
	}
}

// aclUnbound ends bindings, alone and in a batch.
func (s *scenario) aclUnbound(own, other *tenant, id, bound, foreign, foreignPublication string) {
	theirs := s.post(other.member, "acl-bindings", object{"acl_id": foreign, "publish_ids": list{foreignPublication}}).text("0.id")
	all := s.get(own.member, "acl-bindings/binded-acls?page_size=0&api_id="+s.get(own.member, "acl-bindings/binded-apis?acl_id="+id).text("apis.0.api_id"))
	rest := list{"nothing", theirs}
	for i := range 3 {
		if binding := all.text(fmt.Sprintf("acls.%d.bind_id", i)); binding != bound {
			rest = append(rest, binding, binding)
		}
	}
	call := "PUT acl-bindings?action=delete"
	s.rows([]row{
		{name: "end a foreign binding", as: own.member, call: "DELETE acl-bindings/" + theirs, status: 403, code: "APIG.1106"},
		{name: "a reader ends a binding", as: own.reader, call: "DELETE acl-bindings/" + bound, status: 403, code: "APIC.7110"},
		{name: "nobody ends a binding", as: nobody, call: "DELETE acl-bindings/" + bound, status: 401, code: "APIG.1000"},
		{name: "end", as: own.member, call: "DELETE acl-bindings/" + bound, status: 204},
		{name: "end again", as: own.member, call: "DELETE acl-bindings/" + bound, status: 404, code: "APIG.3010", text: "The access control policy binding record does not exist,id:" + bound},

		{name: "end several", as: own.member, call: call, body: object{"acl_bindings": rest}, status: 200, fields: fields{
			"success_count":     2,
			"failure.0.bind_id": "nothing", "failure.0.error_code": "APIG.3010", "failure.0.error_msg": "Access control policy binding record not found",
			"failure.0.api_id": "", "failure.0.api_name": "",
			"failure.1.bind_id": theirs, "failure.1.error_code": "APIG.1106", "failure.1.api_id": "", "failure.1.api_name": "", "failure.2": gone{},
		}},
		{name: "end none", as: own.member, call: call, body: object{}, status: 200, fields: fields{"success_count": 0, "failure": list{}}},
		{name: "no action", as: own.member, call: "PUT acl-bindings", body: object{}, status: 400, code: "APIG.2001", text: "parameterName:action"},
		{name: "another action", as: own.member, call: "PUT acl-bindings?action=create", body: object{}, status: 400, code: "APIG.2011", text: "parameterName:action"},
		{name: "1001 bindings", as: own.member, call: call, body: object{"acl_bindings": make(list, 1001)}, status: 400, code: "APIG.2006", text: "parameterName:acl_bindings"},
		{name: "a reader ends several", as: own.reader, call: call, body: object{}, status: 403, code: "APIC.7110"},
		{name: "nobody ends several", as: nobody, call: call, body: object{}, status: 401, code: "APIG.1000"},
		{name: "the other project's stays", as: other.member, call: "GET acls?id=" + foreign, status: 200, fields: fields{"acls.0.bind_num": 1}},
	})
}

// aclBatches deletes policies, alone and in a batch.
func (s *scenario) aclBatches(own, other *tenant, foreign string) {
	ids := list{}
	for _, name := range numbered("batch_%d", 3) {
		ids = append(ids, s.post(own.member, "acls", object{"acl_name": name, "acl_type": "DENY", "acl_value": "10.0.0.1", "entity_type": "IP"}).text("id"))
	}
	bound, alone := ids[0].(string), ids[2].(string)
	api := s.api(own.member, mock(s.group(own.member, "batch"), "batch", "/batch"))
	s.post(own.member, "acl-bindings", object{"acl_id": bound, "publish_ids": list{s.publishID(own.member, api, releaseEnv)}})
	call := "PUT acls?action=delete"
	s.rows([]row{
		{name: "delete a foreign one", as: own.member, call: "DELETE acls/" + foreign, status: 403, code: "APIG.1106"},
		{name: "a reader deletes", as: own.reader, call: "DELETE acls/" + alone, status: 403, code: "APIC.7110"},
		{name: "nobody deletes", as: nobody, call: "DELETE acls/" + alone, status: 401, code: "APIG.1000"},
		{name: "delete", as: own.member, call: "DELETE acls/" + alone, status: 204},
		{name: "delete again", as: own.member, call: "DELETE acls/" + alone, status: 404, code: "APIG.3006", text: "Access control policy " + alone + " does not exist"},

		{name: "delete several", as: own.member, call: call, body: object{"acls": append(ids, foreign, ids[1])}, status: 200, fields: fields{
			"success_count":    1,
			"failure.0.acl_id": bound, "failure.0.acl_name": "batch_0", "failure.0.error_code": "APIG.3447", "failure.0.error_msg": "The Acl Strategy has already binded to APIs",
			"failure.1.acl_id": alone, "failure.1.acl_name": "", "failure.1.error_code": "APIG.3006", "failure.1.error_msg": "Access control policy " + alone + " does not exist",
			"failure.2.acl_id": foreign, "failure.2.acl_name": "", "failure.2.error_code": "APIG.1106", "failure.3": gone{},
		}},
		{name: "delete none", as: own.member, call: call, body: object{"acls": list{}}, status: 200, fields: fields{"success_count": 0, "failure": list{}}},
		{name: "no action on policies", as: own.member, call: "PUT acls", body: object{}, status: 400, code: "APIG.2001", text: "parameterName:action"},
		{name: "another action on policies", as: own.member, call: "PUT acls?action=update", body: object{}, status: 400, code: "APIG.2011", text: "parameterName:action"},
		{name: "1001 policies", as: own.member, call: call, body: object{"acls": make(list, 1001)}, status: 400, code: "APIG.2006", text: "parameterName:acls"},
		{name: "a reader deletes several", as: own.reader, call: call, body: object{}, status: 403, code: "APIC.7110"},
		{name: "nobody deletes several", as: nobody, call: call, body: object{}, status: 401, code: "APIG.1000"},
		// An API takes its bindings along.
		{name: "take the API offline", as: own.member, call: "DELETE apis/publish/" + api + "?env_id=" + releaseEnv, status: 204},
		{name: "a binding outlives the publication", as: own.member, call: "DELETE acls/" + bound, status: 403, code: "APIG.3447"},
		{name: "delete the API", as: own.member, call: "DELETE apis/" + api, status: 204},
		{name: "delete what was bound", as: own.member, call: "DELETE acls/" + bound, status: 204},
	})
}

var (
	aclKind        = kind{"acl", "APIG.3006", "APIG.1106", false, false}
	aclBindingKind = kind{"acl binding", "APIG.3010", "APIG.1106", false, false}
)

var aclsPart = part{
	paths: map[string][]kind{
		"/v1.0/apigw/acls/{id}":         {aclKind},
		"/v1.0/apigw/acl-bindings/{id}": {aclBindingKind},
	},
	fill: func(s *scenario, h *holder) {
		id := s.post(h.member, "acls", object{"acl_name": h.marker + "_acl", "acl_type": "DENY", "acl_value": h.marker, "entity_type": "DOMAIN"}).text("id")
		h.ids["acl"] = id
		h.ids["acl publication"] = s.get(h.member, "acl-bindings/unbinded-apis?acl_id="+id+"&api_id="+h.ids["api"]).text("apis.0.publish_id")
		h.ids["acl binding"] = s.post(h.member, "acl-bindings", object{"acl_id": id, "publish_ids": list{h.ids["acl publication"]}}).text("0.id")
	},
	empty: func(h *holder) []string {
		return []string{"acl-bindings/" + h.ids["acl binding"], "acls/" + h.ids["acl"]}
	},
	spare: map[string]func(*scenario, *operation, *holder, string) (ids, paths []string){
		"acl": func(s *scenario, _ *operation, h *holder, name string) (ids, paths []string) {
			id := s.aclOfAddresses(h, name)
			return []string{id}, []string{"acls/" + id}
		},
		// What the holder has bound is of the other type and stays.
		"acl binding": func(s *scenario, _ *operation, h *holder, name string) (ids, paths []string) {
			id := s.aclOfAddresses(h, name)
			binding := s.post(h.member, "acl-bindings", object{"acl_id": id, "publish_ids": list{h.ids["acl publication"]}}).text("0.id")
			return []string{binding}, []string{"acl-bindings/" + binding, "acls/" + id}
		},
	},
	needs: map[string]func(*holder) string{
		"acl-bindings/binded-acls":   func(h *holder) string { return "&api_id=" + h.ids["api"] },
		"acl-bindings/binded-apis":   func(h *holder) string { return "&acl_id=" + h.ids["acl"] },
		"acl-bindings/unbinded-apis": func(h *holder) string { return "&acl_id=" + h.ids["acl"] },
	},
	references: func(s *scenario, h *holder) []reference {
		query := func(call string) func(string) (string, any) {
			return func(id string) (string, any) { return call + url.QueryEscape(id), nil }
		}
		return []reference{
			{"policy of a binding", aclKind, false, func(id string) (string, any) {
				return "POST acl-bindings", object{"acl_id": id, "publish_ids": list{h.ids["acl publication"]}}
			}},
			{"publication of a policy", kind{"acl publication", "APIG.3015", "APIG.1102", false, false}, false, func(id string) (string, any) {
				return "POST acl-bindings", object{"acl_id": h.ids["acl"], "publish_ids": list{id}}
			}},
			{"API of policies", apiKind, false, query("GET acl-bindings/binded-acls?api_id=")},
			{"policy of bound APIs", aclKind, false, query("GET acl-bindings/binded-apis?acl_id=")},
			{"policy of unbound APIs", aclKind, false, query("GET acl-bindings/unbinded-apis?acl_id=")},
		}
	},
}

// aclOfAddresses makes a policy of addresses.
func (s *scenario) aclOfAddresses(h *holder, name string) string {
	s.t.Helper()
	return s.post(h.member, "acls", object{"acl_name": name, "acl_type": "DENY", "acl_value": "10.0.0.1", "entity_type": "IP"}).text("id")
}
