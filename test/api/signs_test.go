package api_test

import (
	"fmt"
	"net/url"
	"strings"
)

// signsScenario is the life of signature keys and their bindings.
func signsScenario(s *scenario) {
	own, other := s.tenants()
	good := object{"name": "signature01", "sign_key": "abcd_123", "sign_secret": "Secret-_!@#$%123"}
	made := s.do(own.member, "POST signs", good).want(201).has(fields{
		"id": hexID, "name": "signature01", "sign_key": "abcd_123", "sign_secret": "Secret-_!@#$%123", "create_time": moment, "update_time": moment,
	})
	id, created := made.text("id"), made.text("create_time")
	foreign := s.post(other.member, "signs", good).text("id") // names and keys are the project's own
	longest := object{"name": many("签", 64), "sign_key": many("k", 32), "sign_secret": many("s", 64)}
	s.rows([]row{
		{name: "made by the server", as: own.member, call: "POST signs", body: object{"name": "made_by_server"}, status: 201, fields: fields{"sign_key": hexID, "sign_secret": hexID}},
		// The sample of 4.14.2 shows asterisks in place of its secret.
		{name: "a masked secret", as: own.member, call: "POST signs", body: with(good, "name", "masked", "sign_secret", "*****"), status: 201, fields: fields{"sign_key": "abcd_123", "sign_secret": hexID}},
		{name: "longest", as: own.member, call: "POST signs", body: longest, status: 201, fields: fields(longest)},
		{name: "a reader creates", as: own.reader, call: "POST signs", body: good, status: 403, code: "APIC.7110"},
		{name: "nobody creates", as: nobody, call: "POST signs", body: good, status: 401, code: "APIG.1000"},

		{name: "the sample of 4.14.3", as: own.member, call: "PUT signs/" + id, body: object{"name": "signature01", "sign_key": "abcd_1234", "sign_secret": "*****"}, status: 200, fields: fields{
			"id": id, "name": "signature01", "sign_key": "abcd_1234", "sign_secret": "Secret-_!@#$%123", "create_time": created, "update_time": moment,
		}},
		{name: "rename", as: own.member, call: "PUT signs/" + id, body: object{"name": "signature02"}, status: 200, fields: fields{"name": "signature02", "sign_key": "abcd_1234", "sign_secret": "Secret-_!@#$%123"}},
		{name: "another secret", as: own.member, call: "PUT signs/" + id, body: object{"name": "signature02", "sign_secret": "0123456789abcdef"}, status: 200, fields: fields{"sign_key": "abcd_1234", "sign_secret": "0123456789abcdef"}},
		{name: "another secret made by the server", as: own.member, call: "PUT signs/" + id, body: object{"name": "signature02", "sign_secret": ""}, status: 200, fields: fields{"sign_key": "abcd_1234", "sign_secret": hexID}},
		{name: "change by an administrator", as: s.admin, call: "PUT signs/" + id, body: object{"name": "signature01"}, status: 200, fields: fields{"id": id, "sign_secret": "*****"}},
		{name: "change a foreign one", as: own.member, call: "PUT signs/" + foreign, body: good, status: 403, code: "APIG.1112"},
		{name: "change an unknown one", as: own.member, call: "PUT signs/nothing", body: good, status: 404, code: "APIG.3017", text: "Signature key nothing does not exist"},
		{name: "a reader changes", as: own.reader, call: "PUT signs/" + id, body: good, status: 403, code: "APIC.7110"},
		{name: "nobody changes", as: nobody, call: "PUT signs/" + id, body: good, status: 401, code: "APIG.1000"},
	})
	for _, call := range []string{"POST signs", "PUT signs/" + id} {
		s.names(own.member, call, func(name string) any { return object{"name": name} })
		s.signFields(own.member, call)
	}
	s.signLists(own, other, id, foreign)
	bound := s.signBindings(own, other, id, foreign)
	s.rows([]row{
		{name: "delete a foreign one", as: own.member, call: "DELETE signs/" + foreign, status: 403, code: "APIG.1112"},
		{name: "a reader deletes", as: own.reader, call: "DELETE signs/" + id, status: 403, code: "APIC.7110"},
		{name: "nobody deletes", as: nobody, call: "DELETE signs/" + id, status: 401, code: "APIG.1000"},
		{name: "delete what is bound", as: own.member, call: "DELETE signs/" + id, status: 204},
		{name: "delete again", as: own.member, call: "DELETE signs/" + id, status: 404, code: "APIG.3017", text: id},
		{name: "its bindings are gone", as: own.member, call: "DELETE sign-bindings/" + bound, status: 404, code: "APIG.3018"},
	})
	for n := s.countOf(own.member, "signs"); n < 30; n++ {
		s.post(own.member, "signs", object{"name": fmt.Sprintf("filler_%d", n)})
	}
	s.do(own.member, "POST signs", object{"name": "one_too_many"}).refused(403, "APIG.3105", "")
}

// signFields are the refusals of keys and secrets.
func (s *scenario) signFields(as *actor, call string) {
	refused := func(name, field string, value any, code string) row {
		return row{name: name, as: as, call: call, body: object{"name": "another", field: value}, status: 400, code: code, text: "parameterName:" + field}
	}
	s.rows([]row{
		{name: "name taken", as: as, call: call, body: object{"name": "masked"}, status: 400, code: "APIG.3207", text: "already exists, name:masked"},
		refused("key of 7 characters", "sign_key", "abcd_12", "APIG.2005"),
		refused("key of 33 characters", "sign_key", many("k", 33), "APIG.2006"),
		refused("hyphen first", "sign_key", "-abcd_123", "APIG.2011"),
		refused("mark in a key", "sign_key", "abcd_123!", "APIG.2011"),
		refused("key of another type", "sign_key", 12345678, "APIG.2011"),
		refused("secret of 15 characters", "sign_secret", many("s", 15), "APIG.2005"),
		refused("secret of 65 characters", "sign_secret", many("s", 65), "APIG.2006"),
		refused("mark first", "sign_secret", "!"+many("s", 16), "APIG.2011"),
		refused("full stop in a secret", "sign_secret", many("s", 16)+".", "APIG.2011"),
		refused("Chinese in a secret", "sign_secret", many("密", 16), "APIG.2011"),
	})
}

func (s *scenario) signLists(own, other *tenant, id, foreign string) {
	all := many("签", 64) + " masked made_by_server signature01"
	for query, want := range map[string]string{
		"":                                      all,
		"?page_size=3":                          strings.TrimSuffix(all, " signature01"),
		"?page_size=3&page_no=2":                "signature01",
		"?id=" + id:                             "signature01",
		"?id=" + foreign:                        "",
		"?name=MA":                              "masked made_by_server",
		"?name=MASKED&precise_search=name":      "",
		"?name=masked&precise_search=name":      "masked",
		"?name=masked&precise_search=sign_name": "masked",
	} {
		a := s.get(own.reader, "signs"+query)
		if got := a.each("signs", "name"); got != want {
			a.errorf("keys %q, want %q", got, want)
		}
	}
	s.get(own.member, "signs?id="+id).has(fields{
		"total": 1, "size": 1, "signs.0.id": id, "signs.0.name": "signature01", "signs.0.sign_key": "abcd_1234", "signs.0.sign_secret": hexID,
		"signs.0.create_time": moment, "signs.0.update_time": moment, "signs.0.bind_num": 0,
	})
	s.get(own.reader, "signs?id="+id).has(fields{"total": 1, "signs.0.sign_secret": "*****"})
	s.get(s.admin, "signs?id="+id).has(fields{"total": 1, "signs.0.id": id, "signs.0.sign_secret": "*****"})
	s.get(other.member, "signs?id="+id).has(fields{"total": 0, "size": 0, "signs": list{}})
	s.pages(own.member, "GET signs")
	s.rows([]row{{name: "list for nobody", as: nobody, call: "GET signs", status: 401, code: "APIG.1000"}})
}

// signBindings answers a binding that is left.
func (s *scenario) signBindings(own, other *tenant, id, foreign string) string {
	group, env := s.group(own.member, "orders"), s.env(own.member, "STAGE")
	api := s.api(own.member, with(mock(group, "orders", "/orders"), "remark", "all orders"))
	second := s.api(own.member, mock(group, "second", "/second"))
	theirs := s.api(other.member, mock(s.group(other.member, "orders"), "orders", "/orders"))
	publication, staged := s.publishID(own.member, api, releaseEnv), s.publishID(own.member, api, env)
	further, foreignPublication := s.publishID(own.member, second, releaseEnv), s.publishID(other.member, theirs, releaseEnv)

	in := object{"sign_id": id, "publish_ids": list{publication, staged}}
	entry := fields{
		"0.id": hexID, "0.api_id": api, "0.api_name": "orders", "0.api_remark": "all orders", "0.group_name": "orders", "0.api_type": 1,
		"0.sign_id": id, "0.sign_name": "signature01", "0.sign_key": "abcd_1234", "0.sign_secret": "*****", "0.env_id": releaseEnv, "0.env_name": "RELEASE",
		"0.binding_time": moment, "0.publish_id": publication,
	}
	made := s.do(own.member, "POST sign-bindings", in).want(201).has(entry).has(fields{"1.env_id": env, "1.env_name": "STAGE", "1.publish_id": staged, "2": gone{}})
	bound, kept := made.text("0.id"), made.text("1.id")
	tooMany := make(list, 1001)
	for i := range tooMany {
		tooMany[i] = publication
	}
	s.rows([]row{
		{name: "bind again", as: own.member, call: "POST sign-bindings", body: in, status: 201, fields: fields{"0.id": bound, "1.id": kept}},
		{name: "bind by an administrator", as: s.admin, call: "POST sign-bindings", body: in, status: 201, fields: fields{"0.id": bound}},
		{name: "no key", as: own.member, call: "POST sign-bindings", body: with(in, "sign_id", nil), status: 400, code: "APIG.2001", text: "parameterName:sign_id"},
		{name: "no publications", as: own.member, call: "POST sign-bindings", body: with(in, "publish_ids", nil), status: 400, code: "APIG.2001", text: "parameterName:publish_ids"},
		{name: "1001 publications", as: own.member, call: "POST sign-bindings", body: with(in, "publish_ids", tooMany), status: 400, code: "APIG.2006", text: "parameterName:publish_ids"},
		{name: "one id for a list", as: own.member, call: "POST sign-bindings", body: with(in, "publish_ids", publication), status: 400, code: "APIG.2011", text: "parameterName:publish_ids"},
		{name: "bind an unknown key", as: own.member, call: "POST sign-bindings", body: with(in, "sign_id", "nothing"), status: 404, code: "APIG.3017", text: "Signature key nothing does not exist"},
		{name: "bind a foreign key", as: own.member, call: "POST sign-bindings", body: with(in, "sign_id", foreign), status: 403, code: "APIG.1112"},
		{name: "bind to an unknown publication", as: own.member, call: "POST sign-bindings", body: with(in, "publish_ids", list{further, "nothing"}), status: 404, code: "APIG.3015", text: "nothing"},
		{name: "bind to a foreign API", as: own.member, call: "POST sign-bindings", body: with(in, "publish_ids", list{foreignPublication}), status: 403, code: "APIG.1102"},
		{name: "bind across projects", as: s.admin, call: "POST sign-bindings", body: with(in, "publish_ids", list{foreignPublication}), status: 400, code: "APIG.1201"},
		{name: "a reader binds", as: own.reader, call: "POST sign-bindings", body: in, status: 403, code: "APIC.7110"},
		{name: "nobody binds", as: nobody, call: "POST sign-bindings", body: in, status: 401, code: "APIG.1000"},
		{name: "bound twice", as: own.member, call: "GET signs?id=" + id, status: 200, fields: fields{"signs.0.bind_num": 2}},
	})
	listed := fields{"total": 1, "size": 1}
	for path, v := range entry {
		listed["bindings."+path] = v
	}
	s.signAPIs(own, other, id, api, second, group, env, further, listed)
	s.signsOfAPI(own, id, api, theirs, env, listed)

	rival := s.post(own.member, "signs", object{"name": "rival"}).text("id")
	foreignBinding := s.post(other.member, "sign-bindings", object{"sign_id": foreign, "publish_ids": list{foreignPublication}}).text("0.id")
	replaced := s.do(own.member, "POST sign-bindings", object{"sign_id": rival, "publish_ids": list{publication}}).want(201).has(fields{"0.sign_id": rival, "0.sign_name": "rival"})
	s.rows([]row{
		{name: "one of an environment", as: own.member, call: "GET sign-bindings/binded-signs?api_id=" + api + "&env_id=" + releaseEnv, status: 200, fields: fields{"total": 1, "bindings.0.sign_id": rival}},
		{name: "the name of what would be replaced", as: own.member, call: "GET sign-bindings/unbinded-apis?sign_id=" + id + "&api_id=" + api, status: 200, fields: fields{"total": 1, "apis.0.signature_name": "rival"}},
		{name: "end what was replaced", as: own.member, call: "DELETE sign-bindings/" + bound, status: 404, code: "APIG.3018", text: "The signature key binding record does not exist,id:" + bound},
		{name: "end a foreign binding", as: own.member, call: "DELETE sign-bindings/" + foreignBinding, status: 403, code: "APIG.1112"},
		{name: "a reader ends a binding", as: own.reader, call: "DELETE sign-bindings/" + kept, status: 403, code: "APIC.7110"},
		{name: "nobody ends a binding", as: nobody, call: "DELETE sign-bindings/" + kept, status: 401, code: "APIG.1000"},
		{name: "end", as: own.member, call: "DELETE sign-bindings/" + replaced.text("0.id"), status: 204},
		{name: "end again", as: own.member, call: "DELETE sign-bindings/" + replaced.text("0.id"), status: 404, code: "APIG.3018"},
		{name: "end by an administrator", as: s.admin, call: "DELETE sign-bindings/" + foreignBinding, status: 204},
	})
	return kept
}

func (s *scenario) signAPIs(own, other *tenant, id, api, second, group, env, further string, listed fields) {
	binded, unbinded := "GET sign-bindings/binded-apis", "GET sign-bindings/unbinded-apis"
	s.rows([]row{
		{name: "APIs of a key", as: own.reader, call: binded + "?sign_id=" + id + "&env_id=" + releaseEnv, status: 200, fields: listed},
		{name: "APIs by everything", as: own.member, call: binded + "?sign_id=" + id + "&api_id=" + api + "&api_name=ORD&group_id=" + group + "&env_id=" + env, status: 200, fields: fields{"total": 1}},
		{name: "APIs by another group", as: own.member, call: binded + "?sign_id=" + id + "&group_id=nothing", status: 200, fields: fields{"total": 0, "bindings": list{}}},
		{name: "APIs to an administrator", as: s.admin, call: binded + "?sign_id=" + id, status: 200, fields: fields{"total": 2}},

		{name: "APIs that can be bound", as: own.reader, call: unbinded + "?sign_id=" + id, status: 200, fields: fields{
			"total": 1, "size": 1, "apis.0.id": second, "apis.0.name": "second", "apis.0.type": 1, "apis.0.remark": "", "apis.0.group_id": group, "apis.0.group_name": "orders",
			"apis.0.run_env_name": "RELEASE", "apis.0.run_env_id": releaseEnv, "apis.0.publish_id": further, "apis.0.auth_type": "NONE", "apis.0.req_uri": "/second", "apis.0.signature_name": gone{},
		}},
		{name: "by everything", as: own.member, call: unbinded + "?sign_id=" + id + "&api_id=" + second + "&api_name=SEC&group_id=" + group + "&env_id=" + releaseEnv, status: 200, fields: fields{"total": 1}},
		{name: "by another environment", as: own.member, call: unbinded + "?sign_id=" + id + "&env_id=" + env, status: 200, fields: fields{"total": 0, "apis": list{}}},
		{name: "to an administrator", as: s.admin, call: unbinded + "?sign_id=" + id, status: 200, fields: fields{"total": 1}},
	})
	for _, call := range []string{binded, unbinded} {
		s.rows([]row{
			{name: "APIs of no key", as: own.member, call: call, status: 400, code: "APIG.2001", text: "parameterName:sign_id"},
			{name: "APIs of an unknown key", as: own.member, call: call + "?sign_id=nothing", status: 404, code: "APIG.3017", text: "Signature key nothing does not exist"},
			{name: "APIs of a foreign key", as: other.member, call: call + "?sign_id=" + id, status: 403, code: "APIG.1112"},
			{name: "APIs for nobody", as: nobody, call: call + "?sign_id=" + id, status: 401, code: "APIG.1000"},
		})
		s.pages(own.member, call+"?sign_id="+id)
	}
}

func (s *scenario) signsOfAPI(own *tenant, id, api, theirs, env string, listed fields) {
	call := "GET sign-bindings/binded-signs"
	s.rows([]row{
		{name: "keys of an API", as: own.reader, call: call + "?api_id=" + api + "&env_id=" + releaseEnv, status: 200, fields: listed},
		{name: "keys everywhere", as: own.member, call: call + "?api_id=" + api, status: 200, fields: fields{"total": 2, "size": 2}},
		{name: "keys by everything", as: own.member, call: call + "?api_id=" + api + "&sign_id=" + id + "&sign_name=SIGN&env_id=" + env, status: 200, fields: fields{"total": 1, "bindings.0.env_name": "STAGE"}},
		{name: "keys by another name", as: own.member, call: call + "?api_id=" + api + "&sign_name=nothing", status: 200, fields: fields{"total": 0, "bindings": list{}}},
		{name: "keys to an administrator", as: s.admin, call: call + "?api_id=" + api, status: 200, fields: fields{"total": 2}},
		{name: "keys of no API", as: own.member, call: call, status: 400, code: "APIG.2001", text: "parameterName:api_id"},
		{name: "keys of an unknown API", as: own.member, call: call + "?api_id=nothing", status: 404, code: "APIG.3002", text: "API nothing does not exist"},
		{name: "keys of a foreign API", as: own.member, call: call + "?api_id=" + theirs, status: 403, code: "APIG.1102"},
		{name: "keys for nobody", as: nobody, call: call + "?api_id=" + api, status: 401, code: "APIG.1000"},
	})
	s.pages(own.member, call+"?api_id="+api)
}

var (
	signKind        = kind{"sign", "APIG.3017", "APIG.1112", false, false}
	signBindingKind = kind{"sign binding", "APIG.3018", "APIG.1112", false, false}
)

var signsPart = part{
	paths: map[string][]kind{
		"/v1.0/apigw/signs/{id}":         {signKind},
		"/v1.0/apigw/sign-bindings/{id}": {signBindingKind},
	},
	fill: func(s *scenario, h *holder) {
		made := s.post(h.member, "signs", object{"name": h.marker + "_sign", "sign_key": h.marker + "_key"})
		h.secrets = append(h.secrets, made.text("sign_secret"))
		id := made.text("id")
		h.ids["sign"] = id
		h.ids["sign publication"] = s.get(h.member, "sign-bindings/unbinded-apis?sign_id="+id+"&api_id="+h.ids["api"]).text("apis.0.publish_id")
		h.ids["sign binding"] = s.post(h.member, "sign-bindings", object{"sign_id": id, "publish_ids": list{h.ids["sign publication"]}}).text("0.id")
	},
	empty: func(h *holder) []string {
		return []string{"sign-bindings/" + h.ids["sign binding"], "signs/" + h.ids["sign"]}
	},
	spare: map[string]func(*scenario, *operation, *holder, string) (ids, paths []string){
		"sign": func(s *scenario, _ *operation, h *holder, name string) (ids, paths []string) {
			id := s.post(h.member, "signs", object{"name": name}).text("id")
			return []string{id}, []string{"signs/" + id}
		},
		// An API has one key in an environment: the holder's own would go.
		"sign binding": func(s *scenario, _ *operation, h *holder, name string) (ids, paths []string) {
			api := s.api(h.member, mock(h.ids["group"], name, "/"+name))
			id := s.post(h.member, "signs", object{"name": name}).text("id")
			in := object{"sign_id": id, "publish_ids": list{s.publishID(h.member, api, releaseEnv)}}
			binding := s.post(h.member, "sign-bindings", in).text("0.id")
			return []string{binding}, []string{"signs/" + id, "apis/publish/" + api + "?env_id=" + releaseEnv, "apis/" + api}
		},
	},
	bodies: map[string]func(*scenario, *holder, []string) any{
		"apigw:signs:update": func(s *scenario, _ *holder, _ []string) any { return object{"name": "n" + s.unknown()[:20]} },
	},
	needs: map[string]func(*holder) string{
		"sign-bindings/unbinded-apis": func(h *holder) string { return "&sign_id=" + h.ids["sign"] },
		"sign-bindings/binded-apis":   func(h *holder) string { return "&sign_id=" + h.ids["sign"] },
		"sign-bindings/binded-signs":  func(h *holder) string { return "&api_id=" + h.ids["api"] },
	},
	references: func(s *scenario, h *holder) []reference {
		query := func(call string) func(string) (string, any) {
			return func(id string) (string, any) { return call + url.QueryEscape(id), nil }
		}
		return []reference{
			{"key of a binding", signKind, false, func(id string) (string, any) {
				return "POST sign-bindings", object{"sign_id": id, "publish_ids": list{h.ids["sign publication"]}}
			}},
			{"publication of a key", kind{"sign publication", "APIG.3015", "APIG.1102", false, false}, false, func(id string) (string, any) {
				return "POST sign-bindings", object{"sign_id": h.ids["sign"], "publish_ids": list{id}}
			}},
			{"API of keys", apiKind, false, query("GET sign-bindings/binded-signs?api_id=")},
			{"key of bound APIs", signKind, false, query("GET sign-bindings/binded-apis?sign_id=")},
			{"key of unbound APIs", signKind, false, query("GET sign-bindings/unbinded-apis?sign_id=")},
		}
	},
}
