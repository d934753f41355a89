package api_test

import (
	"fmt"
	"strings"
)

// server enters a server into the instance directory.
func (s *scenario) server(as *actor, project, id, address string) {
	s.t.Helper()
	s.put(as, "/v1/"+project+"/servers/"+id, object{"server": object{"name": "server", "accessIPv4": address}})
}

// channel is a body: the sample of reference 4.17.2 with a name and members.
func channel(name string, members ...any) object {
	return object{
		"balance_strategy": 1, "name": name, "port": 15565, "type": 2, "member_type": "instance",
		"vpc_health_config": object{
			"http_code": "205", "path": "/hc", "port": 15563, "protocol": "http", "threshold_abnormal": 5, "threshold_normal": 5,
			"time_interval": 200, "time_out": 30,
		},
		"vpc_instances": append(list{}, members...),
	}
}

// checked is a channel's body with another health check.
func checked(d object, pairs ...any) object {
	return with(d, "vpc_health_config", with(d["vpc_health_config"].(object), pairs...))
}

func instance(id string, pairs ...any) object {
	return with(object{"instance_id": id, "instance_name": "name_of_" + id, "weight": 10}, pairs...)
}

func hosts(addresses ...string) list {
	out := list{}
	for _, a := range addresses {
		out = append(out, object{"host": a, "weight": 10})
	}
	return out
}

// channelsScenario is the life of VPC channels and their members.
func channelsScenario(s *scenario) {
	own, other := s.tenants()
	s.server(own.member, own.project, "instance01", "10.0.0.1")
	s.server(own.member, own.project, "instance02", "10.0.0.2")
	s.server(other.member, other.project, "instance09", "10.0.0.9")
	sample := channel("vpc_001", instance("instance01"))
	made := s.do(own.member, "POST vpc-channels", sample).want(201).has(fields{
		"name": "vpc_001", "type": 2, "member_type": "instance", "port": 15565, "balance_strategy": 1, "id": hexID,
		"create_time": moment, "status": 1, "vpc_instances": gone{},
	})
	id := made.text("id")
	foreign := s.post(other.member, "vpc-channels", channel("vpc_001")).text("id") // names are the project's own
	s.do(own.reader, "GET vpc-channels/"+id, nil).want(200).has(fields{
		"name": "vpc_001", "type": 2, "member_type": "instance", "port": 15565, "balance_strategy": 1, "id": id, "create_time": moment, "status": 1,
		"vpc_health_config.protocol": "http", "vpc_health_config.path": "/hc", "vpc_health_config.port": 15563,
		"vpc_health_config.threshold_normal": 5, "vpc_health_config.threshold_abnormal": 5, "vpc_health_config.time_out": 30,
		"vpc_health_config.time_interval": 200, "vpc_health_config.http_code": "205", "vpc_health_config.id": hexID,
		"vpc_health_config.vpc_id": id, "vpc_health_config.create_time": moment,
		"vpc_instances.0.instance_id": "instance01", "vpc_instances.0.instance_name": "name_of_instance01", "vpc_instances.0.host": "10.0.0.1",
		"vpc_instances.0.weight": 10, "vpc_instances.0.id": hexID, "vpc_instances.0.vpc_id": id, "vpc_instances.0.status": 1,
		"vpc_instances.0.create_time": moment, "vpc_instances.1": gone{},
	})
	for _, call := range []string{"POST vpc-channels", "PUT vpc-channels/" + id} {
		for _, wrong := range wrongChannels() {
			s.rows([]row{{name: wrong.name, as: own.member, call: call, body: wrong.document, status: wrong.status, code: wrong.code, text: wrong.text}})
		}
	}
	s.rows([]row{
		{name: "name taken", as: own.member, call: "POST vpc-channels", body: sample, status: 400, code: "APIG.3208", text: "already exists, name:vpc_001"},
		{name: "a load balancer", as: own.member, call: "POST vpc-channels", body: with(sample, "type", 1), status: 400, code: "APIG.1120"},
		{name: "a reader creates", as: own.reader, call: "POST vpc-channels", body: sample, status: 403, code: "APIC.7110"},
		{name: "nobody creates", as: nobody, call: "POST vpc-channels", body: sample, status: 401, code: "APIG.1000"},
		{name: "show to an administrator", as: s.admin, call: "GET vpc-channels/" + id, status: 200, fields: fields{"id": id}},
		{name: "show a foreign one", as: own.member, call: "GET vpc-channels/" + foreign, status: 403, code: "APIG.1113"},
		{name: "show an unknown one", as: own.member, call: "GET vpc-channels/nothing", status: 404, code: "APIG.3023", text: "The VPC channel does not exist,id:nothing"},
		{name: "nobody asks", as: nobody, call: "GET vpc-channels/" + id, status: 401, code: "APIG.1000"},
	})
	s.channelChanges(own, foreign, id, sample)
	s.channelMembers(own, foreign, id)
	s.channelLists(own, other, id)
	s.channelUses(own, id, foreign)
	s.channelQuotas(own)
}

func wrongChannels() []wrongDocument {
	d := channel("fresh", instance("instance01"))
	bad := func(name, code, text string, document object) wrongDocument {
		return wrongDocument{name, document, 400, code, text}
	}
	members := func(all ...any) object { return with(d, "vpc_instances", list(all)) }
	byHost := func(all ...string) object { return with(d, "member_type", "ip", "vpc_instances", hosts(all...)) }
	return []wrongDocument{
		bad("no name", "APIG.2001", "parameterName:name.", with(d, "name", nil)),
		bad("2 characters", "APIG.2005", "parameterName:name.", with(d, "name", "ab")),
		bad("65 characters", "APIG.2006", "parameterName:name.", with(d, "name", many("通", 65))),
		bad("hyphen first", "APIG.2011", "parameterName:name.", with(d, "name", "-ab")),
		bad("type 3", "APIG.2004", "parameterName:type.", with(d, "type", 3)),
		bad("no type", "APIG.2001", "parameterName:type.", with(d, "type", nil)),
		bad("member type", "APIG.2011", "parameterName:member_type.", with(d, "member_type", "elb")),
		bad("no port", "APIG.2001", "parameterName:port.", with(d, "port", nil)),
		bad("port", "APIG.2025", "Invalid port number,parameterName:port", with(d, "port", 65536)),
		bad("balance", "APIG.2004", "parameterName:balance_strategy.", with(d, "balance_strategy", 5)),
		bad("no health check", "APIG.2001", "parameterName:vpc_health_config.", with(d, "vpc_health_config", nil)),
		bad("protocol", "APIG.2011", "vpc_health_config.protocol", checked(d, "protocol", "udp")),
		bad("no path", "APIG.2001", "vpc_health_config.path", checked(d, "path", nil)),
		bad("path", "APIG.2011", "vpc_health_config.path", checked(d, "path", "http://h/")),
		bad("threshold 1", "APIG.2002", "vpc_health_config.threshold_normal", checked(d, "threshold_normal", 1)),
		bad("threshold 11", "APIG.2003", "vpc_health_config.threshold_abnormal", checked(d, "threshold_abnormal", 11)),
		bad("interval", "APIG.2003", "vpc_health_config.time_interval", checked(d, "time_interval", 301)),
		bad("time out over the interval", "APIG.2004", "vpc_health_config.time_out", checked(d, "time_interval", 30)),
		bad("codes", "APIG.2004", "vpc_health_config.http_code", checked(d, "http_code", "200-600")),
		bad("codes reversed", "APIG.2011", "vpc_health_config.http_code", checked(d, "http_code", "299-200")),
		bad("no instance", "APIG.2001", "vpc_instances[0].instance_id", members(instance("", "instance_id", nil))),
		bad("weight 0", "APIG.2002", "vpc_instances[0].weight", members(instance("instance01", "weight", 0))),
		bad("weight 101", "APIG.2003", "vpc_instances[0].weight", members(instance("instance01", "weight", 101))),
		bad("twice", "APIG.3306", "instance_id:instance01", members(instance("instance01"), instance("instance01"))),
		bad("no address", "APIG.2015", "vpc_instances[0].host", byHost("10.0.0.256")),
		bad("host twice", "APIG.3306", "host:a.test", byHost("a.test", "A.TEST")),
		{"unknown instance", members(instance("instance77")), 404, "APIG.3092", "The ECS does not exist,id:instance77"},
		{"instance of another project", members(instance("instance09")), 404, "APIG.3092", "instance09"},
		{"201 members", byHost(numbered("h%d.test", 201)...), 403, "APIG.3110", ""},
	}
}

func (s *scenario) channelChanges(own *tenant, foreign, id string, sample object) {
	call := "PUT vpc-channels/" + id
	before := s.get(own.member, "vpc-channels/"+id)
	s.post(own.member, "vpc-channels", with(sample, "name", "vpc_002"))
	change := with(checked(sample, "port", nil, "protocol", "HTTPS", "path", "/ready?deep=1", "http_code", "201,202,210-299"), "name", "通道-3", "port", 80,
		"balance_strategy", 4, "member_type", "INSTANCE", "vpc_instances", list{instance("instance01", "weight", 1), instance("instance02", "weight", 100)})
	s.rows([]row{
		{name: "no members given", as: own.member, call: call, body: with(sample, "vpc_instances", nil), status: 400, code: "APIG.2001", text: "parameterName:vpc_instances."},
		{name: "to a load balancer", as: own.member, call: call, body: with(sample, "type", 1), status: 403, code: "APIG.3471"},
		{name: "take a name", as: own.member, call: call, body: with(sample, "name", "vpc_002"), status: 400, code: "APIG.3208", text: "name:vpc_002"},
		{name: "change a foreign one", as: own.member, call: "PUT vpc-channels/" + foreign, body: sample, status: 403, code: "APIG.1113"},
		{name: "change an unknown one", as: own.member, call: "PUT vpc-channels/" + s.unknown(), body: sample, status: 404, code: "APIG.3023"},
		{name: "a reader changes", as: own.reader, call: call, body: sample, status: 403, code: "APIC.7110"},
		{name: "nobody changes", as: nobody, call: call, body: sample, status: 401, code: "APIG.1000"},
		{name: "nothing has changed", as: own.member, call: "GET vpc-channels/" + id, status: 200, fields: fields{"name": "vpc_001", "vpc_instances.1": gone{}}},
		{name: "change", as: own.member, call: call, body: change, status: 200, fields: fields{
			"name": "通道-3", "type": 2, "member_type": "instance", "port": 80, "balance_strategy": 4, "id": id,
			"create_time": before.text("create_time"), "status": 1,
		}},
	})
	s.get(own.member, "vpc-channels/"+id).has(fields{
		"vpc_health_config.id": before.text("vpc_health_config.id"), "vpc_health_config.protocol": "https", "vpc_health_config.path": "/ready?deep=1",
		"vpc_health_config.http_code": "201,202,210-299", "vpc_health_config.port": 80,
		"vpc_instances.0.instance_id": "instance02", "vpc_instances.0.weight": 100, "vpc_instances.1.instance_id": "instance01",
		"vpc_instances.1.id": before.text("vpc_instances.0.id"), "vpc_instances.1.weight": 1, "vpc_instances.2": gone{},
	})
	s.put(s.admin, "vpc-channels/"+id, with(change, "vpc_instances", list{instance("instance01")}))
}

func (s *scenario) channelMembers(own *tenant, foreign, id string) {
	call := "vpc-channels/" + id + "/members"
	in := object{"vpc_instances": list{instance("instance02")}}
	added := s.do(own.member, "POST "+call, in).want(201).has(fields{
		"total": 2, "size": 2, "vpc_instances.0.instance_id": "instance02", "vpc_instances.0.instance_name": "name_of_instance02",
		"vpc_instances.0.host": "10.0.0.2", "vpc_instances.0.weight": 10, "vpc_instances.0.id": hexID, "vpc_instances.0.vpc_id": id,
		"vpc_instances.0.status": 1, "vpc_instances.0.create_time": moment, "vpc_instances.1.instance_id": "instance01",
	})
	one := func(pairs ...any) object { return object{"vpc_instances": list{instance("instance02", pairs...)}} }
	ofHosts := s.post(own.member, "vpc-channels", with(channel("hosts"), "member_type", "ip")).text("id")
	s.rows([]row{
		{name: "again", as: own.member, call: "POST " + call, body: in, status: 400, code: "APIG.3306", text: "The IP address already exists, instance_id:instance02"},
		{name: "none", as: own.member, call: "POST " + call, body: object{"vpc_instances": list{}}, status: 400, code: "APIG.2001", text: "vpc_instances"},
		{name: "light", as: own.member, call: "POST " + call, body: one("weight", 0), status: 400, code: "APIG.2002", text: "vpc_instances[0].weight"},
		{name: "heavy", as: own.member, call: "POST " + call, body: one("weight", 101), status: 400, code: "APIG.2003", text: "vpc_instances[0].weight"},
		{name: "long name", as: own.member, call: "POST " + call, body: one("instance_name", many("n", 65)), status: 400, code: "APIG.2006", text: "vpc_instances[0].instance_name"},
		{name: "bad name", as: own.member, call: "POST " + call, body: one("instance_name", "a/b"), status: 400, code: "APIG.2011", text: "vpc_instances[0].instance_name"},
		{name: "unknown instance", as: own.member, call: "POST " + call, body: one("instance_id", "x"), status: 404, code: "APIG.3092", text: "The ECS does not exist,id:x"},
		{name: "instance of another project by an administrator", as: s.admin, call: "POST " + call, body: one("instance_id", "instance09"), status: 404, code: "APIG.3092"},
		{name: "to a foreign channel", as: own.member, call: "POST vpc-channels/" + foreign + "/members", body: in, status: 403, code: "APIG.1113"},
		{name: "to an unknown channel", as: own.member, call: "POST vpc-channels/x/members", body: in, status: 404, code: "APIG.3023"},
		{name: "a reader adds", as: own.reader, call: "POST " + call, body: in, status: 403, code: "APIC.7110"},
		{name: "nobody adds", as: nobody, call: "POST " + call, body: in, status: 401, code: "APIG.1000"},

		{name: "a host", as: own.member, call: "POST vpc-channels/" + ofHosts + "/members", body: object{"vpc_instances": hosts("Backend.test")}, status: 201, fields: fields{
			"total": 1, "vpc_instances.0.host": "backend.test", "vpc_instances.0.instance_id": "", "vpc_instances.0.instance_name": "backend.test", "vpc_instances.0.status": 1,
		}},
		{name: "no address", as: own.member, call: "POST vpc-channels/" + ofHosts + "/members", body: object{"vpc_instances": hosts("1.2.3")}, status: 400, code: "APIG.2015", text: "vpc_instances[0].host"},
		{name: "200 more", as: own.member, call: "POST vpc-channels/" + ofHosts + "/members", body: object{"vpc_instances": hosts(numbered("h%d.test", 200)...)}, status: 403, code: "APIG.3110"},

		{name: "list", as: own.reader, call: "GET " + call, status: 200, fields: fields{"total": 2, "size": 2, "vpc_instances.0": added.first("vpc_instances")}},
		{name: "list by name", as: own.reader, call: "GET " + call + "?name=NCE01", status: 200, fields: fields{"total": 1, "vpc_instances.0.instance_id": "instance01"}},
		{name: "second page", as: own.reader, call: "GET " + call + "?page_size=1&page_no=2", status: 200, fields: fields{"total": 2, "size": 1, "vpc_instances.0.instance_id": "instance01"}},
		{name: "list of a foreign channel", as: own.member, call: "GET vpc-channels/" + foreign + "/members", status: 403, code: "APIG.1113"},
		{name: "list of an unknown channel", as: own.member, call: "GET vpc-channels/x/members", status: 404, code: "APIG.3023"},
		{name: "nobody lists", as: nobody, call: "GET " + call, status: 401, code: "APIG.1000"},

		{name: "a reader removes", as: own.reader, call: "DELETE " + call + "/instance02", status: 403, code: "APIC.7110"},
		{name: "nobody removes", as: nobody, call: "DELETE " + call + "/instance02", status: 401, code: "APIG.1000"},
		{name: "remove from a foreign channel", as: own.member, call: "DELETE vpc-channels/" + foreign + "/members/instance02", status: 403, code: "APIG.1113"},
		{name: "remove from an unknown channel", as: own.member, call: "DELETE vpc-channels/x/members/instance02", status: 404, code: "APIG.3023"},
		{name: "remove by its id", as: own.member, call: "DELETE " + call + "/" + added.text("vpc_instances.0.id"), status: 204},
		{name: "remove by the instance", as: own.member, call: "DELETE " + call + "/instance01", status: 204},
		{name: "remove again", as: own.member, call: "DELETE " + call + "/instance01", status: 404, code: "APIG.3024", text: "The VPC instance does not exist,id:instance01"},
		{name: "none is left", as: own.member, call: "GET " + call, status: 200, fields: fields{"total": 0, "vpc_instances": list{}}},
	})
	s.pages(own.member, "GET "+call)
	s.remove(own.member, "vpc-channels/"+ofHosts)
}

// first is the first entry of a list in an answer.
func (a *answer) first(path string) any {
	a.s.t.Helper()
	v, _ := a.value(path + ".0")
	return v
}

func (s *scenario) channelLists(own, other *tenant, id string) {
	for query, want := range map[string]string{
		"":                                      "vpc_002 通道-3",
		"?page_size=1":                          "vpc_002",
		"?page_size=1&page_no=2":                "通道-3",
		"?limit=1&offset=1":                     "通道-3",
		"?id=" + id:                             "通道-3",
		"?name=VPC":                             "vpc_002",
		"?name=%E9%80%9A":                       "通道-3",
		"?name=VPC_002&precise_search=name":     "",
		"?name=vpc_002&precise_search=name":     "vpc_002",
		"?vpc_type=2&name=_":                    "vpc_002",
		"?vpc_type=1":                           "",
		"?name=%25":                             "",
		"?name=vpc_002&precise_search=vpc_type": "vpc_002",
	} {
		a := s.get(own.reader, "vpc-channels"+query)
		if got := a.each("vpcs", "name"); got != want {
			a.errorf("channels %q, want %q", got, want)
		}
	}
	s.get(own.member, "vpc-channels?id="+id).has(fields{
		"total": 1, "size": 1, "vpcs.0.name": "通道-3", "vpcs.0.type": 2, "vpcs.0.member_type": "instance", "vpcs.0.port": 80,
		"vpcs.0.balance_strategy": 4, "vpcs.0.id": id, "vpcs.0.create_time": moment, "vpcs.0.status": 1, "vpcs.0.vpc_health_config": gone{},
	})
	s.get(other.member, "vpc-channels?id="+id).has(fields{"total": 0, "vpcs": list{}})
	s.get(s.admin, "vpc-channels?id="+id).has(fields{"total": 1, "vpcs.0.id": id})
	s.rows([]row{
		{name: "type in words", as: own.member, call: "GET vpc-channels?vpc_type=elb", status: 400, code: "APIG.2011", text: "parameterName:vpc_type"},
		{name: "nobody lists channels", as: nobody, call: "GET vpc-channels", status: 401, code: "APIG.1000"},
	})
	s.pages(own.member, "GET vpc-channels")
}

// channelUses: what an API names stays until neither its draft nor a version in
// force names it.
func (s *scenario) channelUses(own *tenant, id, foreign string) {
	group := s.group(own.member, "orders")
	plain := web(group, "orders", "/orders", "h.test")
	through := func(id string) object {
		return with(plain, "backend_api", with(plain["backend_api"].(object), "url_domain", nil, "vpc_status", 1,
			"vpc_info", object{"vpc_id": id, "vpc_proxy_host": "in.example.com"}))
	}
	s.rows([]row{
		{name: "API on an unknown channel", as: own.member, call: "POST apis", body: through("nothing"), status: 404, code: "APIG.3023", text: "The VPC channel does not exist,id:nothing"},
		{name: "API on a foreign channel", as: own.member, call: "POST apis", body: through(foreign), status: 403, code: "APIG.1113"},
		{name: "API on a foreign channel by an administrator", as: s.admin, call: "POST apis", body: through(foreign), status: 403, code: "APIG.1113"},
	})
	api := s.do(own.member, "POST apis", through(id)).want(201).has(fields{
		"backend_api.vpc_status": 1, "backend_api.vpc_info": id, "backend_api.vpc_proxy_host": "in.example.com",
	}).text("id")
	call := "DELETE vpc-channels/" + id
	inUse := row{name: "named by a draft", as: own.member, call: call, status: 403, code: "APIG.3414", text: "already being used by another API,id:" + id}
	s.rows([]row{
		inUse,
		{name: "change to an unknown channel", as: own.member, call: "PUT apis/" + api, body: through("nothing"), status: 404, code: "APIG.3023"},
		{name: "change to a foreign channel", as: own.member, call: "PUT apis/" + api, body: through(foreign), status: 403, code: "APIG.1113"},
		{name: "a reader deletes", as: own.reader, call: call, status: 403, code: "APIC.7110"},
		{name: "nobody deletes", as: nobody, call: call, status: 401, code: "APIG.1000"},
		{name: "delete a foreign one", as: own.member, call: "DELETE vpc-channels/" + foreign, status: 403, code: "APIG.1113"},
		{name: "delete an unknown one", as: own.member, call: "DELETE vpc-channels/nothing", status: 404, code: "APIG.3023", text: "id:nothing"},
	})
	s.publish(own.member, api, releaseEnv)
	s.caller(own.member, group).plain("GET /orders", anonymous).fault(502, "APIG.0610", "No backend available.")
	s.get(own.member, "apis/versions/"+s.get(own.member, "apis/publish/"+api).text("api_versions.0.version_id")).has(fields{"backend_api.vpc_info": id})
	inUse.name = "named by a draft and in force"
	s.rows([]row{inUse})
	s.put(own.member, "apis/"+api, plain)
	inUse.name = "in force"
	s.rows([]row{inUse})
	s.remove(own.member, "apis/publish/"+api+"?env_id="+releaseEnv)

	// A policy backend names a channel as well.
	policy := object{
		"name": "inside", "effect_mode": "ANY", "conditions": list{object{"condition_origin": "source", "condition_value": "10.0.0.0/8"}},
		"req_protocol": "HTTP", "req_method": "GET", "req_uri": "/", "timeout": 5000, "vpc_status": 1, "vpc_info": object{"vpc_id": id},
	}
	s.put(own.member, "apis/"+api, with(plain, "policy_https", list{policy}))
	inUse.name = "named by a policy"
	s.rows([]row{inUse})
	s.put(own.member, "apis/"+api, plain)
	s.rows([]row{
		{name: "delete", as: own.member, call: call, status: 204},
		{name: "delete again", as: own.member, call: call, status: 404, code: "APIG.3023", text: "The VPC channel does not exist,id:" + id},
		{name: "its members are gone", as: own.member, call: "GET vpc-channels/" + id + "/members", status: 404, code: "APIG.3023"},
	})
	s.remove(own.member, "apis/"+api)
}

func (s *scenario) channelQuotas(own *tenant) {
	for _, name := range numbered("filler_%d", 29) {
		s.post(own.member, "vpc-channels", channel(name))
	}
	s.do(own.member, "POST vpc-channels", channel("one_too_many")).refused(403, "APIG.3109", "The number of VPC channels exceeds")
	full := with(channel("filler_0"), "member_type", "ip", "vpc_instances", hosts(numbered("h%d.test", 200)...))
	id := strings.Fields(s.get(own.member, "vpc-channels?name=filler_0").each("vpcs", "id"))[0]
	s.put(own.member, "vpc-channels/"+id, full)
	s.do(own.member, "POST vpc-channels/"+id+"/members", object{"vpc_instances": hosts("one.more")}).refused(403, "APIG.3110", "The number of cloud servers")
	// Two writers share the last places.
	s.remove(own.member, "vpc-channels/"+id+"/members/"+s.get(own.member, "vpc-channels/"+id+"/members").text("vpc_instances.0.id"))
	got := outcomes(s.race(8, own.member, "POST vpc-channels/"+id+"/members", func(i int) any {
		return object{"vpc_instances": hosts(fmt.Sprintf("late%d.test", i))}
	}))
	if got["201"] != 1 || got["403 APIG.3110"] != 7 {
		s.t.Errorf("eight writers for one place: %v", got)
	}
	s.get(own.member, "vpc-channels/"+id+"/members").has(fields{"total": 200})
}

var (
	channelKind = kind{"channel", "APIG.3023", "APIG.1113", false, false}
	memberKind  = kind{"channel member", "APIG.3024", "", false, false}
)

var channelsPart = part{
	paths: map[string][]kind{
		"/v1.0/apigw/vpc-channels/{id}":                   {channelKind},
		"/v1.0/apigw/vpc-channels/{id}/members":           {channelKind},
		"/v1.0/apigw/vpc-channels/{id}/members/{inst_id}": {channelKind, memberKind},
	},
	fill: func(s *scenario, h *holder) {
		id := s.post(h.member, "vpc-channels", with(channel(h.marker+"-channel"), "member_type", "ip", "vpc_instances",
			list{object{"host": h.marker + ".test", "instance_name": h.marker, "weight": 1}})).text("id")
		h.ids["channel"] = id
		h.ids["channel member"] = s.get(h.member, "vpc-channels/"+id+"/members").text("vpc_instances.0.id")
	},
	empty: func(h *holder) []string { return []string{"vpc-channels/" + h.ids["channel"]} },
	spare: map[string]func(*scenario, *operation, *holder, string) (ids, paths []string){
		"channel": func(s *scenario, _ *operation, h *holder, name string) (ids, paths []string) {
			id := s.post(h.member, "vpc-channels", with(channel(name), "member_type", "ip")).text("id")
			return []string{id}, []string{"vpc-channels/" + id}
		},
		"channel member": func(s *scenario, _ *operation, h *holder, name string) (ids, paths []string) {
			id := s.post(h.member, "vpc-channels", with(channel(name), "member_type", "ip", "vpc_instances", hosts("a.test"))).text("id")
			member := s.get(h.member, "vpc-channels/"+id+"/members").text("vpc_instances.0.id")
			return []string{id, member}, []string{"vpc-channels/" + id}
		},
	},
	bodies: map[string]func(s *scenario, h *holder, ids []string) any{
		"apigw:vpc_channels:update": func(s *scenario, _ *holder, _ []string) any {
			return with(channel("n"+s.unknown()[:20]), "member_type", "ip")
		},
		"apigw:vpc_channels:add_members": func(s *scenario, _ *holder, _ []string) any {
			return object{"vpc_instances": hosts("n" + s.unknown()[:20] + ".test")}
		},
	},
	references: func(s *scenario, h *holder) []reference {
		return []reference{{"channel of an API", channelKind, false, func(id string) (string, any) {
			name := "r" + s.unknown()[:20]
			d := web(h.ids["group"], name, "/"+name, "h.test")
			return "POST apis", with(d, "backend_api", with(d["backend_api"].(object), "vpc_status", 1, "vpc_info", object{"vpc_id": id}))
		}}}
	},
}
