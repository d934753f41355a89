package api_test

import "net/http"

// outlineScenario counts what a tenant has while it gets more.
func outlineScenario(s *scenario) {
	own := s.tenant("own")
	counts := func(when string, offsell, onsell, off, on, unauthed, authed int) {
		s.rows([]row{
			{name: "groups " + when, as: own.reader, call: "GET resources/outline/groups", status: 200, fields: fields{"offsell_nums": offsell, "onsell_nums": onsell}},
			{name: "APIs " + when, as: own.reader, call: "GET resources/outline/apis", status: 200, fields: fields{"instance_num": off + on, "nums_off_release": off, "nums_on_release": on}},
			{name: "apps " + when, as: own.reader, call: "GET resources/outline/apps", status: 200, fields: fields{"unauthed_nums": unauthed, "authed_nums": authed}},
		})
	}
	counts("at first", 0, 0, 0, 0, 0, 0)
	group, second := s.group(own.member, "first"), s.group(own.member, "second")
	api := s.api(own.member, with(mock(group, "one", "/one"), "auth_type", "APP"))
	s.api(own.member, mock(second, "two", "/two"))
	app := s.app(own.member, "app")
	s.app(own.member, "idle")
	counts("with things", 2, 0, 2, 0, 2, 0)
	env := s.env(own.member, "staging")
	s.publish(own.member, api, env)
	counts("published elsewhere", 2, 0, 2, 0, 2, 0)
	s.publish(own.member, api, releaseEnv)
	s.post(own.member, "app-auths", object{"api_ids": list{api}, "app_ids": list{app}, "env_id": env})
	s.post(own.member, "app-auths", object{"api_ids": list{api}, "app_ids": list{app}, "env_id": releaseEnv})
	s.post(own.member, "api-groups/"+group+"/listing", nil)
	counts("in use", 2, 0, 1, 1, 1, 1)
	s.put(s.admin, "api-groups/"+group+"/listing", object{"approve": true})
	counts("on sale", 1, 1, 1, 1, 1, 1)

	for _, of := range []string{"groups", "apis", "apps"} {
		s.do(nobody, "GET resources/outline/"+of, nil).refused(http.StatusUnauthorized, "APIG.1000", "")
	}
	all := s.get(s.admin, "resources/outline/apis")
	if n, _ := all.value("instance_num"); n.(float64) < 2 {
		all.errorf("an administrator counts %v APIs in all projects", n)
	}
}

var outlinePart = part{
	fill:  func(s *scenario, h *holder) {},
	empty: func(h *holder) []string { return nil },
}
