package api_test

import "strings"

// apps is the life of apps.
func apps(s *scenario) {
	own, other := s.tenants()
	made := s.do(own.member, "POST apps", object{"name": "shop", "remark": "a shop"}).want(201).has(fields{
		"id": hexID, "name": "shop", "remark": "a shop", "status": 1, "app_key": hexID, "app_secret": hexID,
		"creator": "USER", "register_time": moment, "update_time": moment, "app_type": "apig",
	})
	id, key, secret := made.text("id"), made.text("app_key"), made.text("app_secret")
	foreign := s.app(other.member, "shop")
	chosen := object{"name": "chosen", "app_key": "shop-key_" + own.project[:8], "app_secret": "Abcdefg1-_.!@#$%"}
	s.rows([]row{
		{name: "own key and secret", as: own.member, call: "POST apps", body: chosen, status: 201, fields: fields{"app_key": chosen["app_key"], "app_secret": chosen["app_secret"]}},
		{name: "key taken", as: own.member, call: "POST apps", body: with(chosen, "name", "another"), status: 400, code: "APIG.3310"},
		{name: "key taken by another project", as: other.member, call: "POST apps", body: chosen, status: 400, code: "APIG.3310"},
		{name: "name taken", as: own.member, call: "POST apps", body: object{"name": "shop"}, status: 400, code: "APIG.3203"},
		{name: "a reader creates", as: own.reader, call: "POST apps", body: object{"name": "reader"}, status: 403, code: "APIC.7110"},
		{name: "nobody creates", as: nobody, call: "POST apps", body: object{"name": "nobody"}, status: 401, code: "APIG.1000"},

		{name: "show", as: own.member, call: "GET apps/" + id, status: 200, fields: fields{"id": id, "app_key": key, "app_secret": secret}},
		{name: "a reader sees no secret", as: own.reader, call: "GET apps/" + id, status: 200, fields: fields{"app_key": key, "app_secret": "*****"}},
		{name: "an administrator sees no secret", as: s.admin, call: "GET apps/" + id, status: 200, fields: fields{"app_key": key, "app_secret": "*****"}},
		{name: "show a foreign one", as: own.member, call: "GET apps/" + foreign, status: 403, code: "APIG.1104"},
		{name: "show an unknown one", as: own.member, call: "GET apps/nothing", status: 404, code: "APIG.3004", text: "App nothing does not exist"},

		{name: "validate", as: own.reader, call: "GET apps/validation/" + id, status: 200, fields: fields{"id": id, "name": "shop", "remark": "a shop", "app_key": gone{}}},
		{name: "anybody may validate", as: other.member, call: "GET apps/validation/" + id, status: 200, fields: fields{"id": id, "app_secret": gone{}}},
		{name: "validate an unknown one", as: other.member, call: "GET apps/validation/nothing", status: 404, code: "APIG.3004", text: "App nothing"},

		{name: "change", as: own.member, call: "PUT apps/" + id, body: object{"name": "shop_2"}, status: 200, fields: fields{
			"name": "shop_2", "remark": "a shop", "app_key": key, "app_secret": secret, "register_time": made.text("register_time"),
		}},
		{name: "change by an administrator", as: s.admin, call: "PUT apps/" + id, body: object{"name": "shop_2", "remark": "of an administrator"}, status: 200, fields: fields{"remark": "of an administrator", "app_secret": "*****"}},
		{name: "take a name", as: own.member, call: "PUT apps/" + id, body: object{"name": "chosen"}, status: 400, code: "APIG.3203"},
		{name: "take a key", as: own.member, call: "PUT apps/" + id, body: object{"name": "shop_2", "app_key": chosen["app_key"]}, status: 400, code: "APIG.3310"},
		{name: "change a foreign one", as: own.member, call: "PUT apps/" + foreign, body: object{"name": "mine"}, status: 403, code: "APIG.1104"},
		{name: "change an unknown one", as: own.member, call: "PUT apps/nothing", body: object{"name": "mine"}, status: 404, code: "APIG.3004"},
	})
	for _, call := range []string{"POST apps", "PUT apps/" + id} {
		s.names(own.member, call, func(name string) any { return object{"name": name} })
		s.remarks(own.member, call, func(remark any) any { return object{"name": "a_name", "remark": remark} })
		s.keysAndSecrets(own.member, call)
	}
	s.resetSecret(own, id, foreign, secret)
	s.appLists(own, other, id, key)
	s.appEnds(own, id, foreign)
}

func (s *scenario) keysAndSecrets(as *actor, call string) {
	refused := func(name, field, value, code string) row {
		return row{name: name, as: as, call: call, body: object{"name": "a_name", field: value}, status: 400, code: code, text: "parameterName:" + field}
	}
	s.rows([]row{
		refused("short key", "app_key", "abcdefg", "APIG.2005"),
		refused("long key", "app_key", many("a", 65), "APIG.2006"),
		refused("key with a dot", "app_key", "abc.defgh", "APIG.2011"),
		refused("key with a hyphen first", "app_key", "-abcdefgh", "APIG.2011"),
		refused("short secret", "app_secret", "abcdefg", "APIG.2005"),
		refused("long secret", "app_secret", many("a", 65), "APIG.2006"),
		refused("secret with a blank", "app_secret", "abc defgh", "APIG.2011"),
		refused("secret with a sign first", "app_secret", "!abcdefgh", "APIG.2011"),
	})
}

func (s *scenario) resetSecret(own *tenant, id, foreign, old string) {
	call := "PUT apps/secret/" + id
	a := s.do(own.member, call, nil).want(200).has(fields{"id": id, "app_secret": hexID, "app_key": hexID})
	if a.text("app_secret") == old {
		a.errorf("the secret is the old one")
	}
	s.rows([]row{
		{name: "own choice", as: own.member, call: call, body: object{"app_secret": "chosen-secret"}, status: 200, fields: fields{"app_secret": "chosen-secret"}},
		{name: "an empty object", as: own.member, call: call, body: object{}, status: 200, fields: fields{"app_secret": hexID}},
		{name: "an administrator does not see it", as: s.admin, call: call, status: 200, fields: fields{"app_secret": "*****"}},
		{name: "short", as: own.member, call: call, body: object{"app_secret": "short"}, status: 400, code: "APIG.2005", text: "parameterName:app_secret"},
		{name: "long", as: own.member, call: call, body: object{"app_secret": many("a", 65)}, status: 400, code: "APIG.2006", text: "parameterName:app_secret"},
		{name: "other characters", as: own.member, call: call, body: object{"app_secret": "secret&secret"}, status: 400, code: "APIG.2011", text: "parameterName:app_secret"},
		{name: "of a foreign app", as: own.member, call: "PUT apps/secret/" + foreign, status: 403, code: "APIG.1104"},
		{name: "of an unknown app", as: own.member, call: "PUT apps/secret/nothing", status: 404, code: "APIG.3004"},
		{name: "by a reader", as: own.reader, call: call, status: 403, code: "APIC.7110"},
	})
}

func (s *scenario) appLists(own, other *tenant, id, key string) {
	for query, want := range map[string]string{
		"":                                 "chosen shop_2",
		"?page_size=1&page_no=2":           "shop_2",
		"?name=SHOP":                       "shop_2",
		"?name=shop&precise_search=name":   "",
		"?name=shop_2&precise_search=name": "shop_2",
		"?id=" + id:                        "shop_2",
		"?app_key=" + key:                  "shop_2",
		"?creator=user":                    "chosen shop_2",
		"?creator=MARKET":                  "",
		"?status=1":                        "chosen shop_2",
	} {
		a := s.get(own.member, "apps"+query)
		if got := a.each("apps", "name"); got != want {
			a.errorf("apps %q, want %q", got, want)
		}
	}
	s.get(own.reader, "apps").has(fields{"total": 2, "size": 2, "apps.0.app_secret": "*****", "apps.0.bind_num": 0})
	s.get(other.member, "apps?app_key="+key).has(fields{"total": 0, "apps": list{}})
	s.get(s.admin, "apps?id="+id).has(fields{"total": 1, "apps.0.app_secret": "*****"})
	s.pages(own.member, "GET apps")
	s.rows([]row{
		{name: "unknown creator", as: own.member, call: "GET apps?creator=me", status: 400, code: "APIG.2011", text: "parameterName:creator"},
		{name: "status of a list", as: own.member, call: "GET apps?status=x", status: 400, code: "APIG.2011", text: "parameterName:status"},
	})
}

func (s *scenario) appEnds(own *tenant, id, foreign string) {
	s.rows([]row{
		{name: "delete a foreign one", as: own.member, call: "DELETE apps/" + foreign, status: 403, code: "APIG.1104"},
		{name: "a reader deletes", as: own.reader, call: "DELETE apps/" + id, status: 403, code: "APIC.7110"},
		{name: "delete", as: own.member, call: "DELETE apps/" + id, status: 204},
		{name: "delete again", as: own.member, call: "DELETE apps/" + id, status: 404, code: "APIG.3004", text: "App " + id + " does not exist"},
	})
	for _, name := range numbered("filler_%d", smallQuota-1) {
		s.app(own.member, name)
	}
	s.do(own.member, "POST apps", object{"name": "one_too_many"}).refused(403, "APIG.3103", "")
}

// appCodes is the life of AppCodes.
func appCodes(s *scenario) {
	own, other := s.tenants()
	app, second, foreign := s.app(own.member, "shop"), s.app(own.member, "second"), s.app(other.member, "shop")
	codes := "apps/" + app + "/app-codes"
	text := "A+_!@#$%/=-" + own.project + own.project
	made := s.do(own.member, "POST "+codes, object{"app_code": text}).want(201).has(fields{
		"id": hexID, "app_id": app, "app_code": text, "create_time": moment,
	})
	id := made.text("id")
	generated := s.do(own.member, "PUT "+codes, nil).want(201).has(fields{"id": hexID, "app_id": app, "app_code": any64}).text("id")
	others := s.do(own.member, "PUT apps/"+second+"/app-codes", nil).want(201).text("id")
	refused := func(name, value, code string) row {
		return row{name: name, as: own.member, call: "POST " + codes, body: object{"app_code": value}, status: 400, code: code, text: "app_code"}
	}
	s.rows([]row{
		refused("none", "", "APIG.2001"),
		refused("short", many("a", 63), "APIG.2005"),
		refused("long", many("a", 181), "APIG.2006"),
		refused("other characters", many("a", 63)+"&", "APIG.2011"),
		refused("blank", many("a", 63)+" ", "APIG.2011"),
		{name: "the same again", as: own.member, call: "POST " + codes, body: object{"app_code": text}, status: 400, code: "APIG.3309"},
		{name: "that of another app", as: own.member, call: "POST apps/" + second + "/app-codes", body: object{"app_code": text}, status: 400, code: "APIG.2011", text: "app_code"},
		{name: "that of another project", as: other.member, call: "POST apps/" + foreign + "/app-codes", body: object{"app_code": text}, status: 400, code: "APIG.2011", text: "app_code"},
		{name: "of a foreign app", as: own.member, call: "POST apps/" + foreign + "/app-codes", body: object{"app_code": many("a", 64)}, status: 403, code: "APIG.1104"},
		{name: "of an unknown app", as: own.member, call: "POST apps/nothing/app-codes", body: object{"app_code": many("a", 64)}, status: 404, code: "APIG.3004"},
		{name: "generate for a foreign app", as: own.member, call: "PUT apps/" + foreign + "/app-codes", status: 403, code: "APIG.1104"},
		{name: "generate for an unknown app", as: own.member, call: "PUT apps/nothing/app-codes", status: 404, code: "APIG.3004"},
		{name: "a reader generates", as: own.reader, call: "PUT " + codes, status: 403, code: "APIC.7110"},

		{name: "list", as: own.member, call: "GET " + codes, status: 200, fields: fields{
			"total": 2, "size": 2, "app_codes.0.id": generated, "app_codes.0.app_code": any64, "app_codes.1.app_code": text,
		}},
		{name: "list with a slash", as: own.member, call: "GET " + codes + "/", status: 200, fields: fields{"total": 2}},
		{name: "list, a page", as: own.member, call: "GET " + codes + "?page_size=1&page_no=2", status: 200, fields: fields{"total": 2, "size": 1, "app_codes.0.id": id}},
		{name: "a reader sees no codes", as: own.reader, call: "GET " + codes, status: 200, fields: fields{"app_codes.0.app_code": "*****", "app_codes.1.app_code": "*****"}},
		{name: "nor does an administrator", as: s.admin, call: "GET " + codes, status: 200, fields: fields{"app_codes.0.app_code": "*****"}},
		{name: "list of a foreign app", as: own.member, call: "GET apps/" + foreign + "/app-codes", status: 403, code: "APIG.1104"},
		{name: "list of an unknown app", as: own.member, call: "GET apps/nothing/app-codes", status: 404, code: "APIG.3004"},

		{name: "show", as: own.member, call: "GET " + codes + "/" + id, status: 200, fields: fields{"id": id, "app_code": text}},
		{name: "show to a reader", as: own.reader, call: "GET " + codes + "/" + id, status: 200, fields: fields{"app_code": "*****"}},
		{name: "show another app's", as: own.member, call: "GET " + codes + "/" + others, status: 404, code: "APIG.3082", text: others},
		{name: "show an unknown one", as: own.member, call: "GET " + codes + "/nothing", status: 404, code: "APIG.3082", text: "nothing"},
		{name: "show of a foreign app", as: own.member, call: "GET apps/" + foreign + "/app-codes/" + id, status: 403, code: "APIG.1104"},
		{name: "show of an unknown app", as: own.member, call: "GET apps/nothing/app-codes/" + id, status: 404, code: "APIG.3004"},

		{name: "delete another app's", as: own.member, call: "DELETE " + codes + "/" + others, status: 404, code: "APIG.3082"},
		{name: "delete of a foreign app", as: other.member, call: "DELETE " + codes + "/" + id, status: 403, code: "APIG.1104"},
		{name: "delete of an unknown app", as: own.member, call: "DELETE apps/nothing/app-codes/" + id, status: 404, code: "APIG.3004"},
		{name: "delete", as: own.member, call: "DELETE " + codes + "/" + id, status: 204},
		{name: "delete again", as: own.member, call: "DELETE " + codes + "/" + id, status: 404, code: "APIG.3082"},
	})
	s.pages(own.member, "GET "+codes)
	for range 4 {
		s.do(own.member, "PUT "+codes, nil).want(201)
	}
	s.do(own.member, "PUT "+codes, nil).refused(403, "APIG.3131", "")
	s.do(own.member, "POST "+codes, object{"app_code": many("b", 64)}).refused(403, "APIG.3131", "")
	if body := s.get(own.reader, codes).body; strings.Contains(string(body), own.project) {
		s.t.Errorf("a reader sees an AppCode: %s", body)
	}
}
