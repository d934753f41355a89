package api_test

import (
	"strings"
	"time"

	"github.com/lintel-gateway/lintel/internal/entitlement"
	"github.com/lintel-gateway/lintel/internal/quota"
	"github.com/lintel-gateway/lintel/internal/store"
)

// serversScenario is the life of entries of the instance directory.
func serversScenario(s *scenario) {
	own, other := s.tenants()
	path := "/v1/" + own.project + "/servers"
	body := func(pairs ...any) object {
		return object{"server": with(object{
			"name": "web-1", "addresses": object{"private": list{object{"addr": "10.0.0.1", "version": 4, "OS-EXT-IPS:type": "fixed"}}},
		}, pairs...)}
	}
	first := "f5dc173b-6804-445a-a6d8-c705dad5b5eb"
	s.do(own.member, "PUT "+path+"/"+first, body()).want(200).has(fields{
		"server.id": first, "server.name": "web-1", "server.status": "ACTIVE", "server.tenant_id": own.project,
		"server.addresses.private.0.addr": "10.0.0.1", "server.addresses.private.0.version": 4,
		"server.addresses.private.0.OS-EXT-IPS:type": "fixed", "server.accessIPv4": "", "server.accessIPv6": "",
		"server.created": moment, "server.updated": moment,
	})
	addresses := func(list ...any) object { return body("addresses", object{"net": list}) }
	s.rows([]row{
		{name: "show", as: own.reader, call: "GET " + path + "/" + first, status: 200, fields: fields{"server.id": first, "server.name": "web-1"}},
		{name: "replace", as: own.member, call: "PUT " + path + "/" + first, body: body("name", "网站", "status", "shutoff", "addresses", nil, "accessIPv4", "10.0.0.2"), status: 200, fields: fields{
			"server.name": "网站", "server.status": "SHUTOFF", "server.addresses": object{}, "server.accessIPv4": "10.0.0.2",
		}},
		{name: "by an administrator", as: s.admin, call: "PUT " + path + "/second", body: body(), status: 200, fields: fields{"server.tenant_id": own.project}},
		{name: "in a project that does not exist", as: s.admin, call: "PUT /v1/" + s.unknown() + "/servers/x", body: body(), status: 404, code: "APIG.3092", text: "does not exist"},
		{name: "in a foreign project", as: other.member, call: "PUT " + path + "/third", body: body(), status: 403, code: "APIC.7111"},
		{name: "a reader enters", as: own.reader, call: "PUT " + path + "/third", body: body(), status: 403, code: "APIC.7110"},
		{name: "nobody enters", as: nobody, call: "PUT " + path + "/third", body: body(), status: 401, code: "APIG.1000"},
		{name: "no name", as: own.member, call: "PUT " + path + "/third", body: body("name", nil), status: 400, code: "APIG.2001", text: "parameterName:server.name."},
		{name: "long name", as: own.member, call: "PUT " + path + "/third", body: body("name", many("名", 256)), status: 400, code: "APIG.2006", text: "parameterName:server.name."},
		{name: "status", as: own.member, call: "PUT " + path + "/third", body: body("status", "on"), status: 400, code: "APIG.2011", text: "parameterName:server.status."},
		{name: "no address", as: own.member, call: "PUT " + path + "/third", body: addresses(), status: 400, code: "APIG.2001", text: "parameterName:server.addresses."},
		{name: "bad address", as: own.member, call: "PUT " + path + "/third", body: addresses(object{"addr": "10.0.0.256"}), status: 400, code: "APIG.2015", text: "server.addresses.net[0].addr"},
		{name: "wrong version", as: own.member, call: "PUT " + path + "/third", body: addresses(object{"addr": "10.0.0.1", "version": 6}), status: 400, code: "APIG.2011", text: "server.addresses.net[0].version"},
		{name: "dots in the id", as: own.member, call: "PUT " + path + "/a.b", body: body(), status: 400, code: "APIG.2011", text: "parameterName:id."},
		{name: "65 characters of id", as: own.member, call: "PUT " + path + "/" + many("a", 65), body: body(), status: 400, code: "APIG.2006", text: "parameterName:id."},
		{name: "show an unknown one", as: own.member, call: "GET " + path + "/third", status: 404, code: "APIG.3092", text: "The ECS does not exist,id:third"},
		{name: "show a foreign one", as: other.member, call: "GET " + path + "/" + first, status: 403, code: "APIC.7111"},
		{name: "nobody asks", as: nobody, call: "GET " + path + "/" + first, status: 401, code: "APIG.1000"},
	})
	s.put(other.member, "/v1/"+other.project+"/servers/"+first, body("name", "theirs")) // ids are the project's own
	s.serverLists(own, other, path, first)
	s.serverOfChannel(own, path, body)
	s.rows([]row{
		{name: "a reader deletes", as: own.reader, call: "DELETE " + path + "/" + first, status: 403, code: "APIC.7110"},
		{name: "nobody deletes", as: nobody, call: "DELETE " + path + "/" + first, status: 401, code: "APIG.1000"},
		{name: "delete a foreign one", as: other.member, call: "DELETE " + path + "/" + first, status: 403, code: "APIC.7111"},
		{name: "delete", as: own.member, call: "DELETE " + path + "/" + first, status: 204},
		{name: "delete again", as: own.member, call: "DELETE " + path + "/" + first, status: 404, code: "APIG.3092", text: "id:" + first},
		{name: "the other one is there", as: other.member, call: "GET /v1/" + other.project + "/servers/" + first, status: 200, fields: fields{"server.name": "theirs"}},
	})
	s.quotaOf(own, quota.Servers, 2)
	s.put(own.member, path+"/"+first, body())
	s.do(own.member, "PUT "+path+"/third", body()).refused(403, "APIG.3100", "")
	s.put(own.member, path+"/second", body("name", "changed"))
}

// quotaOf changes a quota of a project.
func (s *scenario) quotaOf(t *tenant, item quota.Item, n int) {
	s.t.Helper()
	if err := s.db.Write(s.t.Context(), func(tx *store.Tx) error {
		return entitlement.New(quota.Default()).Set(s.t.Context(), tx, t.project, item, n, time.Now())
	}); err != nil {
		s.t.Fatal(err)
	}
}

func (s *scenario) serverLists(own, other *tenant, path, first string) {
	s.get(own.reader, path).has(fields{
		"servers.0.id": "second", "servers.0.tenant_id": own.project, "servers.1.id": first, "servers.1.name": "网站",
		"servers.1.status": "SHUTOFF", "servers.1.addresses": object{}, "servers.2": gone{}, "servers_links": gone{},
	})
	for query, want := range map[string]string{
		"?limit=1":               "second",
		"?limit=5&marker=second": first,
		"?marker=" + first:       "",
		"?name=WEB":              "second",
		"?status=shutoff":        first,
		"?name=theirs":           "",
	} {
		a := s.get(own.reader, path+query)
		if got := a.each("servers", "id"); got != want {
			a.errorf("servers %q, want %q", got, want)
		}
	}
	a := s.get(own.member, path+"?limit=1").has(fields{"servers_links.0.rel": "next"})
	next, ok := strings.CutPrefix(a.text("servers_links.0.href"), s.ManagementURL())
	if !ok {
		a.errorf("the next page is not here: %s", a.body)
	}
	s.get(own.member, next).has(fields{"servers.0.id": first, "servers.1": gone{}, "servers_links": gone{}})
	if id := a.header.Get("RequestId"); id == "" || id != a.header.Get("X-Request-Id") {
		a.errorf("RequestId is %q", id)
	}
	s.rows([]row{
		{name: "limit below 0", as: own.member, call: "GET " + path + "?limit=-1", status: 400, code: "APIG.2002", text: "parameterName:limit"},
		{name: "limit in words", as: own.member, call: "GET " + path + "?limit=all", status: 400, code: "APIG.2011", text: "parameterName:limit"},
		{name: "unknown marker", as: own.member, call: "GET " + path + "?marker=x", status: 400, code: "APIG.2011", text: "parameterName:marker"},
		{name: "list of another project", as: other.member, call: "GET " + path, status: 403, code: "APIC.7111"},
		{name: "list by an administrator", as: s.admin, call: "GET " + path + "?limit=1", status: 200, fields: fields{"servers.0.id": "second"}},
		{name: "nobody lists", as: nobody, call: "GET " + path, status: 401, code: "APIG.1000"},
	})
}

// serverOfChannel: a member has the address of its server, whatever becomes of
// that.
func (s *scenario) serverOfChannel(own *tenant, path string, body func(...any) object) {
	id := s.post(own.member, "vpc-channels", channel("follows", instance("second"))).text("id")
	members := func(host string, status int) {
		s.t.Helper()
		s.get(own.member, "vpc-channels/"+id+"/members").has(fields{
			"total": 1, "vpc_instances.0.instance_id": "second", "vpc_instances.0.host": host, "vpc_instances.0.status": status,
		})
	}
	members("10.0.0.1", 1)
	s.put(own.member, path+"/second", body("accessIPv4", "10.0.0.7"))
	members("10.0.0.7", 1)
	s.remove(own.member, path+"/second")
	members("", 2)
	s.put(own.member, path+"/second", body())
	members("10.0.0.1", 1)
	s.remove(own.member, "vpc-channels/"+id)
}

// serverKind is for its project's people only: the path says which project.
var serverKind = kind{"server", "APIG.3092", "", false, false}

var serversPart = part{
	paths: map[string][]kind{
		"/v1/{project_id}/servers":      {scopeKind},
		"/v1/{project_id}/servers/{id}": {scopeKind, serverKind},
	},
	fill: func(s *scenario, h *holder) {
		h.ids["server"] = s.unknown()
		s.put(h.member, "/v1/"+h.project+"/servers/"+h.ids["server"], object{"server": object{"name": h.marker, "accessIPv4": "10.0.0.1"}})
	},
	empty: func(h *holder) []string { return []string{"/v1/" + h.project + "/servers/" + h.ids["server"]} },
	spare: map[string]func(*scenario, *operation, *holder, string) (ids, paths []string){
		"server": func(s *scenario, _ *operation, h *holder, name string) (ids, paths []string) {
			path := "/v1/" + h.project + "/servers/" + name
			s.put(h.member, path, object{"server": object{"name": name, "accessIPv4": "10.0.0.1"}})
			return []string{h.project, name}, []string{path}
		},
	},
	bodies: map[string]func(s *scenario, h *holder, ids []string) any{
		"apigw:servers:put": func(*scenario, *holder, []string) any {
			return object{"server": object{"name": "changed", "accessIPv4": "10.0.0.2"}}
		},
	},
}
