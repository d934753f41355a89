package api_test

import (
	"fmt"

	"github.com/lintel-gateway/lintel/internal/function/functiontest"
)

var authorizerKind = kind{"authorizer", "APIG.3081", "APIG.1137", false, false}

// authorizersPart needs functions, which stand behind it: it makes its own.
var authorizersPart = part{
	paths: map[string][]kind{"/v1.0/apigw/authorizers/{id}": {authorizerKind}},
	fill: func(s *scenario, h *holder) {
		h.ids["gate"] = s.function(h.member, h.project, h.marker+"_gate", functiontest.Says("{}", ""))
		h.ids["authorizer"] = s.post(h.member, "authorizers", with(authorizer(h.marker+"_authorizer", h.ids["gate"]), "user_data", h.marker)).text("id")
	},
	empty: func(h *holder) []string {
		return []string{"authorizers/" + h.ids["authorizer"], functionsPath(h.project) + "/" + h.ids["gate"]}
	},
	spare: map[string]func(s *scenario, op *operation, h *holder, name string) (ids, paths []string){
		"authorizer": func(s *scenario, _ *operation, h *holder, name string) (ids, paths []string) {
			id := s.post(h.member, "authorizers", authorizer(name, h.ids["gate"])).text("id")
			return []string{id}, []string{"authorizers/" + id}
		},
	},
	bodies: map[string]func(s *scenario, h *holder, ids []string) any{
		"apigw:authorizers:update": func(s *scenario, h *holder, _ []string) any {
			return authorizer("n"+s.unknown()[:20], h.ids["gate"])
		},
	},
	references: func(s *scenario, h *holder) []reference {
		return []reference{
			// Another project's function is one that does not exist: authorizersScenario.
			{"function of an authorizer", functionKind, true, func(id string) (string, any) {
				return "POST authorizers", authorizer("r"+s.unknown()[:20], id)
			}},
			{"version of a function of an authorizer", functionKind, true, func(id string) (string, any) {
				return "POST authorizers", authorizer("r"+s.unknown()[:20], h.ids["gate"]+":"+id)
			}},
			{"authorizer of an API", authorizerKind, false, func(id string) (string, any) {
				n := "r" + s.unknown()[:20]
				return "POST apis", with(mock(h.ids["group"], n, "/"+n), "auth_type", "AUTHORIZER", "authorizer_id", id)
			}},
			{"authorizer of a changed API", authorizerKind, false, func(id string) (string, any) {
				n := "r" + s.unknown()[:20]
				return "PUT apis/" + h.ids["api"], with(mock("", n, "/"+n), "group_id", nil, "auth_type", "AUTHORIZER", "authorizer_id", id)
			}},
		}
	},
}

// authorizer is the body of a FRONTEND authorizer.
func authorizer(name, urn string) object {
	return object{"name": name, "type": "FRONTEND", "authorizer_type": "FUNC", "authorizer_uri": urn}
}

func identities(names ...string) list {
	out := list{}
	for _, n := range names {
		out = append(out, object{"name": n, "location": "HEADER"})
	}
	return out
}

// authorizersScenario is the life of authorizers.
func authorizersScenario(s *scenario) {
	own, other := s.tenants()
	urn := s.function(own.member, own.project, "test111", functiontest.Says("{}", ""))
	foreignURN := s.function(other.member, other.project, "test111", functiontest.Says("{}", ""))
	// The sample of 4.19.1, with a function that exists.
	sample := object{
		"name": "Authorizer_9dlh", "type": "FRONTEND", "authorizer_type": "FUNC", "authorizer_uri": urn, "ttl": 10, "user_data": "aaaa",
		"identities": list{object{"name": "Authorization", "location": "HEADER"}},
	}
	made := s.do(own.member, "POST authorizers", sample).want(201).has(fields{
		"name": "Authorizer_9dlh", "type": "FRONTEND", "authorizer_type": "FUNC", "authorizer_uri": urn, "ttl": 10, "user_data": "aaaa",
		"identities.0.name": "Authorization", "identities.0.location": "HEADER", "identities.1": gone{}, "id": hexID, "create_time": moment,
	})
	id := made.text("id")
	foreign := s.post(other.member, "authorizers", authorizer("Authorizer_9dlh", foreignURN)).text("id") // names are the project's own
	s.rows([]row{
		{name: "words in any case", as: own.member, call: "POST authorizers", body: with(authorizer("backend_1", urn+":latest"), "type", "backend", "authorizer_type", "func", "ttl", 5),
			status: 201, fields: fields{"type": "BACKEND", "authorizer_type": "FUNC", "authorizer_uri": urn + ":latest", "ttl": 5, "user_data": "", "identities": list{}}},
		{name: "a parameter and a header", as: own.member, call: "POST authorizers", body: with(authorizer("both", urn), "ttl", 3600,
			"identities", list{object{"name": "access_token", "location": "query"}, object{"name": "X-Auth-Token", "location": "header"}}),
			status: 201, fields: fields{"identities.0.location": "QUERY", "identities.1.location": "HEADER"}},
		{name: "show", as: own.reader, call: "GET authorizers/" + id, status: 200, fields: fields{"id": id, "name": "Authorizer_9dlh", "ttl": 10, "identities.0.name": "Authorization", "create_time": made.text("create_time")}},
		{name: "show to an administrator", as: s.admin, call: "GET authorizers/" + id, status: 200},
		{name: "show a foreign one", as: own.member, call: "GET authorizers/" + foreign, status: 403, code: "APIG.1137"},
		{name: "show an unknown one", as: own.member, call: "GET authorizers/nothing", status: 404, code: "APIG.3081", text: "authorizer with id: nothing not found"},
		{name: "the sample of 4.19.2", as: own.member, call: "PUT authorizers/" + id, body: sample, status: 200, fields: fields{"id": id, "ttl": 10, "create_time": made.text("create_time")}},
		{name: "what is left out stays", as: own.member, call: "PUT authorizers/" + id, body: authorizer("renamed", urn), status: 200,
			fields: fields{"name": "renamed", "ttl": 10, "user_data": "aaaa", "identities.0.name": "Authorization"}},
		{name: "clear", as: s.admin, call: "PUT authorizers/" + id, body: with(authorizer("renamed", urn), "ttl", 0, "user_data", "", "identities", list{}), status: 200,
			fields: fields{"ttl": 0, "user_data": "", "identities": list{}}},
		{name: "change a foreign one", as: own.member, call: "PUT authorizers/" + foreign, body: authorizer("mine", urn), status: 403, code: "APIG.1137"},
		{name: "change an unknown one", as: own.member, call: "PUT authorizers/" + s.unknown(), body: authorizer("mine", urn), status: 404, code: "APIG.3081"},
		{name: "a reader creates", as: own.reader, call: "POST authorizers", body: sample, status: 403, code: "APIC.7110"},
		{name: "a reader changes", as: own.reader, call: "PUT authorizers/" + id, body: sample, status: 403, code: "APIC.7110"},
		{name: "a reader deletes", as: own.reader, call: "DELETE authorizers/" + id, status: 403, code: "APIC.7110"},
		{name: "nobody creates", as: nobody, call: "POST authorizers", body: sample, status: 401, code: "APIG.1000"},
		{name: "nobody lists", as: nobody, call: "GET authorizers", status: 401, code: "APIG.1000"},
	})
	for _, call := range []string{"POST authorizers", "PUT authorizers/" + id} {
		s.names(own.member, call, func(name string) any { return authorizer(name, urn) })
		s.refusedAuthorizers(own.member, call, urn, foreignURN)
	}
	s.authorizerLists(own, other)
	s.authorizerEnds(own, id, foreign, urn)
	s.authorizerQuota(own, urn)
}

func (s *scenario) refusedAuthorizers(as *actor, call, urn, foreignURN string) {
	body := func(pairs ...any) object { return with(authorizer("another", urn), pairs...) }
	s.rows([]row{
		{name: "no type", as: as, call: call, body: body("type", nil), status: 400, code: "APIG.2001", text: "parameterName:type"},
		{name: "another type", as: as, call: call, body: body("type", "BOTH"), status: 400, code: "APIG.2011", text: "parameterName:type"},
		{name: "another kind", as: as, call: call, body: body("authorizer_type", "HTTP"), status: 400, code: "APIG.2011", text: "parameterName:authorizer_type"},
		{name: "no function", as: as, call: call, body: body("authorizer_uri", ""), status: 400, code: "APIG.2001", text: "parameterName:authorizer_uri"},
		{name: "a foreign function", as: as, call: call, body: body("authorizer_uri", foreignURN), status: 404, code: "APIG.3019"},
		{name: "an unknown version", as: as, call: call, body: body("authorizer_uri", urn+":v9"), status: 404, code: "APIG.3019"},
		{name: "no URN", as: as, call: call, body: body("authorizer_uri", "https://a.test"), status: 404, code: "APIG.3019"},
		{name: "negative ttl", as: as, call: call, body: body("ttl", -1), status: 400, code: "APIG.2002", text: "parameterName:ttl"},
		{name: "ttl of more than an hour", as: as, call: call, body: body("ttl", 3601), status: 400, code: "APIG.2003", text: "parameterName:ttl"},
		{name: "ttl of another type", as: as, call: call, body: body("ttl", "10"), status: 400, code: "APIG.2011", text: "parameterName:ttl"},
		{name: "answers kept without a key", as: as, call: call, body: body("ttl", 10, "identities", list{}), status: 400, code: "APIG.2001", text: "parameterName:identities"},
		{name: "long user data", as: as, call: call, body: body("user_data", many("数", 2049)), status: 400, code: "APIG.2006", text: "parameterName:user_data"},
		{name: "a header of the gateway", as: as, call: call, body: body("identities", identities("X-Apig-Mode")), status: 400, code: "APIG.2011", text: "identities[0].name"},
		{name: "the stage", as: as, call: call, body: body("identities", identities("A", "x-stage")), status: 400, code: "APIG.2011", text: "identities[1].name"},
		{name: "an identity in the path", as: as, call: call, body: body("identities", list{object{"name": "a", "location": "PATH"}}), status: 400, code: "APIG.2011", text: "identities[0].location"},
		{name: "an identity twice", as: as, call: call, body: body("identities", identities("Token", "token")), status: 400, code: "APIG.3212", text: "already exists, name:token"},
		{name: "eleven identities", as: as, call: call, body: body("identities", identities("a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k")), status: 403, code: "APIG.3117"},
		{name: "a taken name", as: as, call: call, body: body("name", "backend_1"), status: 400, code: "APIG.3211", text: "already exists, name:backend_1"},
	})
}

func (s *scenario) authorizerLists(own, other *tenant) {
	for query, want := range map[string]string{
		"": "both backend_1 renamed", "?type=frontend": "both renamed", "?type=BACKEND": "backend_1", "?name=E": "backend_1 renamed",
		"?name=renamed&precise_search=name": "renamed", "?name=rename&precise_search=name": "", "?page_size=1&page_no=2": "backend_1", "?id=nothing": "",
	} {
		a := s.get(own.reader, "authorizers"+query)
		if got := a.each("authorizer_list", "name"); got != want {
			s.t.Errorf("%s: %q, want %q", query, got, want)
		}
	}
	s.get(own.member, "authorizers?page_size=2").has(fields{
		"total": 3, "size": 2, "authorizer_list.0.identities.0.name": "access_token", "authorizer_list.0.ttl": 3600,
		"authorizer_list.0.user_data": "", "authorizer_list.0.authorizer_type": "FUNC", "authorizer_list.0.id": hexID, "authorizer_list.0.create_time": moment,
	})
	s.get(other.member, "authorizers").has(fields{"total": 1, "authorizer_list.0.name": "Authorizer_9dlh"})
	s.pages(own.member, "GET authorizers")
	s.do(own.member, "GET authorizers?type=NONE", nil).refused(400, "APIG.2011", "parameterName:type")
}

// authorizerEnds: what an API names, in its draft or published, stays.
func (s *scenario) authorizerEnds(own *tenant, id, foreign, urn string) {
	group := s.group(own.member, "guarded")
	api := s.api(own.member, with(mock(group, "guarded_api", "/guarded"), "auth_type", "AUTHORIZER", "authorizer_id", id))
	s.rows([]row{
		{name: "a draft names it", as: own.member, call: "DELETE authorizers/" + id, status: 409, code: "APIC.7701", text: "API " + api + " names the authorizer"},
		{name: "its type stays", as: own.member, call: "PUT authorizers/" + id, body: with(authorizer("renamed", urn), "type", "BACKEND"), status: 400, code: "APIG.2011", text: "parameterName:type"},
		{name: "the rest may change", as: own.member, call: "PUT authorizers/" + id, body: authorizer("guard", urn), status: 200, fields: fields{"name": "guard"}},
		{name: "its function stays", as: own.member, call: "DELETE " + functionsPath(own.project) + "/" + urn, status: 409, code: "APIC.7701", text: "names the function"},
	})
	s.remove(own.member, "apis/"+api)
	s.authorizedCalls(own, group, id, urn)
	s.rows([]row{
		{name: "delete a foreign one", as: own.member, call: "DELETE authorizers/" + foreign, status: 403, code: "APIG.1137"},
		{name: "delete", as: own.member, call: "DELETE authorizers/" + id, status: 204},
		{name: "delete again", as: own.member, call: "DELETE authorizers/" + id, status: 404, code: "APIG.3081", text: "authorizer with id: " + id + " not found"},
	})
}

// authorizedCalls: an API may pass on what its authorizer answers, and is called
// as it decides.
func (s *scenario) authorizedCalls(own *tenant, group, id, urn string) {
	user := object{"name": "user", "location": "QUERY", "origin": "SYSTEM", "value": "$context.authorizer.frontend.user"}
	document := with(web(group, "authorized", "/authorized", s.echo()), "auth_type", "AUTHORIZER", "authorizer_id", id, "req_protocol", "BOTH",
		"backend_params", list{user})
	for value, code := range map[string]string{
		"$context.authorizer.backend.user": "APIG.2036", "$context.authorizer.sideways.user": "APIG.2011", "$context.authorizer.frontend.": "APIG.2011",
	} {
		s.do(own.member, "POST apis", with(document, "backend_params", list{
			object{"name": "X-User", "location": "HEADER", "origin": "SYSTEM", "value": value},
		})).refused(400, code, "")
	}
	api := s.api(own.member, document)
	s.publish(own.member, api, releaseEnv)
	c := s.caller(own.member, group)
	c.plain("GET /authorized", anonymous).fault(500, "APIG.0601", "Internal server error.") // it answers {}
	for status, body := range map[string]string{"allow": `{\"status\":\"allow\",\"context\":{\"user\":\"ann\"}}`, "deny": `{\"status\":\"deny\"}`} {
		module := functiontest.Says(`{"statusCode":200,"body":"`+body+`"}`, "")
		s.do(own.member, "PUT "+functionsPath(own.project)+"/"+urn+"/code", code(module)).want(200)
		if status == "deny" {
			c.tls("GET /authorized", anonymous).fault(403, "APIG.0306", "API access denied.")
		} else {
			c.plain("GET /authorized?user=forged", anonymous).want(200, "?user=ann")
		}
	}
	s.remove(own.member, "apis/publish/"+api+"?env_id="+releaseEnv)
	s.remove(own.member, "apis/"+api)
}

func (s *scenario) authorizerQuota(own *tenant, urn string) {
	for i := 2; i < 50; i++ { // two are left
		s.post(own.member, "authorizers", authorizer(fmt.Sprintf("number_%d", i), urn))
	}
	s.do(own.member, "POST authorizers", authorizer("one_more", urn)).refused(403, "APIG.3116", "")
}
