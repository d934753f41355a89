package api_test

import (
	"fmt"
	"net/http"
)

// marketScenario is the life of an offer and of what is ordered of it.
func marketScenario(s *scenario) {
	provider, buyer := s.tenants()
	group := s.post(provider.member, "api-groups", object{"name": "weather", "remark": "about weather"}).text("id")
	api := s.api(provider.member, with(mock(group, "rain", "/rain"), "auth_type", "APP", "remark", "about rain"))
	s.publish(provider.member, api, releaseEnv)

	s.refusedOrders(provider, buyer, group)
	s.listings(provider, buyer, group)
	s.orders(buyer, group)
	order := s.do(buyer.member, "POST purchases", object{"group_id": group, "calls": 2000000000, "period": 12, "period_unit": "month"}).want(201).has(fields{
		"id": hexID, "group_id": group, "group_name": "weather", "group_remark": "about weather", "group_domains.0": s.host(provider.member, group),
		"quota_used": 0, "quota_left": 2000000000, "order_time": moment, "start_time": moment, "expire_time": moment, "app_key": hexID, "app_secret": hexID,
	})
	s.boughtCalls(provider, group, order)
	s.marketApp(buyer, order)
	s.boughtLists(provider, buyer, group, api, order.text("id"))
	s.withdrawal(provider, buyer, group, order)
	s.orderEnds(provider, buyer, group, order)
}

// host is the sub-domain of a group.
func (s *scenario) host(as *actor, group string) string {
	s.t.Helper()
	return s.get(as, "api-groups/"+group).text("sl_domain")
}

// wanted is the body of an order.
func wanted(group string) object {
	return object{"group_id": group, "calls": 1000, "period": 30, "period_unit": "day"}
}

// sell puts a group on sale.
func (s *scenario) sell(as *actor, group string) {
	s.t.Helper()
	s.post(as, "api-groups/"+group+"/listing", nil)
	s.put(s.admin, "api-groups/"+group+"/listing", object{"approve": true})
}

// refusedOrders: of a group that was never on sale.
func (s *scenario) refusedOrders(provider, buyer *tenant, group string) {
	order := func(name string, body any, status int, code, text string) row {
		return row{name: name, as: buyer.member, call: "POST purchases", body: body, status: status, code: code, text: text}
	}
	s.rows([]row{
		order("order of nothing", object{"calls": 1, "period": 1}, 400, "APIG.2001", "parameterName:group_id"),
		order("no calls", object{"group_id": group, "period": 1}, 400, "APIG.2001", "parameterName:calls"),
		order("no period", object{"group_id": group, "calls": 1}, 400, "APIG.2001", "parameterName:period"),
		order("0 calls", with(wanted(group), "calls", 0), 400, "APIG.2002", "parameterName:calls"),
		order("too many calls", with(wanted(group), "calls", 1_000_000_000_001), 400, "APIG.2003", "parameterName:calls"),
		order("a negative period", with(wanted(group), "period", -1), 400, "APIG.2002", "parameterName:period"),
		order("3651 days", with(wanted(group), "period", 3651), 400, "APIG.2003", "parameterName:period"),
		order("121 months", with(wanted(group), "period", 121, "period_unit", "MONTH"), 400, "APIG.2003", "parameterName:period"),
		order("years", with(wanted(group), "period_unit", "YEAR"), 400, "APIG.2011", "parameterName:period_unit"),
		order("half a call", with(wanted(group), "calls", 0.5), 400, "APIG.2011", "parameterName:calls"),
		order("an unknown group", wanted("nothing"), 404, "APIG.3001", "API group nothing does not exist"),
		order("a group that is not offered", wanted(group), 403, "APIG.1101", ""),
		{name: "one's own group", as: provider.member, call: "POST purchases", body: wanted(group), status: 400, code: "APIG.1119", text: "own"},
		{name: "a reader orders", as: buyer.reader, call: "POST purchases", body: wanted(group), status: 403, code: "APIC.7110"},
		{name: "nobody orders", as: nobody, call: "POST purchases", body: wanted(group), status: 401, code: "APIG.1000"},
	})
}

func (s *scenario) listings(provider, buyer *tenant, group string) {
	call := " api-groups/" + group + "/listing"
	catalogue := "GET market/groups?id=" + group
	yes, no := object{"approve": true}, object{"approve": false}
	s.rows([]row{
		{name: "offer a foreign group", as: buyer.member, call: "POST" + call, status: 403, code: "APIG.1101"},
		{name: "offer an unknown group", as: provider.member, call: "POST api-groups/nothing/listing", status: 404, code: "APIG.3001"},
		{name: "a reader offers", as: provider.reader, call: "POST" + call, status: 403, code: "APIC.7110"},
		{name: "decide without an offer", as: s.admin, call: "PUT" + call, body: yes, status: 404, code: "APIG.3016", text: group},
		{name: "withdraw without an offer", as: provider.member, call: "DELETE" + call, status: 404, code: "APIG.3016", text: group},
		{name: "offer", as: provider.member, call: "POST" + call, status: 201, fields: fields{
			"id": group, "name": "weather", "remark": "about weather", "on_sell_status": 3, "submit_time": moment, "sell_time": nil, "api_num": 1,
		}},
		{name: "offer again", as: provider.member, call: "POST" + call, status: 400, code: "APIG.3309"},
		{name: "under review", as: provider.reader, call: "GET api-groups/" + group, status: 200, fields: fields{"on_sell_status": 3}},
		{name: "not on sale yet", as: buyer.member, call: catalogue, status: 200, fields: fields{"total": 0, "groups": list{}}},
		{name: "others do not see what is under review", as: buyer.member, call: catalogue + "&on_sell_status=3", status: 200, fields: fields{"total": 0}},
		{name: "its project does", as: provider.reader, call: catalogue + "&on_sell_status=3", status: 200, fields: fields{"total": 1}},
		{name: "so does an administrator", as: s.admin, call: catalogue + "&on_sell_status=3", status: 200, fields: fields{"total": 1}},
		{name: "order under review", as: buyer.member, call: "POST purchases", body: wanted(group), status: 403, code: "APIG.1101"},

		{name: "a member decides", as: provider.member, call: "PUT" + call, body: yes, status: 403, code: "APIG.1101", text: "administrator"},
		{name: "a reader decides", as: provider.reader, call: "PUT" + call, body: yes, status: 403, code: "APIC.7110"},
		{name: "an unknown group", as: s.admin, call: "PUT api-groups/nothing/listing", body: yes, status: 404, code: "APIG.3001"},
		{name: "no decision", as: s.admin, call: "PUT" + call, body: object{}, status: 400, code: "APIG.2001", text: "parameterName:approve"},
		{name: "a decision of another type", as: s.admin, call: "PUT" + call, body: object{"approve": 1}, status: 400, code: "APIG.2011", text: "parameterName:approve"},
		{name: "refuse", as: s.admin, call: "PUT" + call, body: no, status: 200, fields: fields{"on_sell_status": 2}},
		{name: "offer once more", as: provider.member, call: "POST" + call, status: 201},
		{name: "approve", as: s.admin, call: "PUT" + call, body: yes, status: 200, fields: fields{"on_sell_status": 1, "sell_time": moment}},
		{name: "approve again", as: s.admin, call: "PUT" + call, body: yes, status: 400, code: "APIG.3309"},
		{name: "on sale", as: provider.member, call: "GET api-groups/" + group, status: 200, fields: fields{"on_sell_status": 1}},
		{name: "a tenant finds it", as: buyer.reader, call: catalogue + "&name=EATHE", status: 200, fields: fields{
			"total": 1, "size": 1, "groups.0.id": group, "groups.0.name": "weather", "groups.0.on_sell_status": 1, "groups.0.api_num": 1, "groups.0.sell_time": moment,
		}},
		{name: "nobody looks", as: nobody, call: catalogue, status: 401, code: "APIG.1000"},
		{name: "another status", as: buyer.member, call: "GET market/groups?on_sell_status=2", status: 400, code: "APIG.2011", text: "parameterName:on_sell_status"},
		{name: "withdraw an unknown group", as: provider.member, call: "DELETE api-groups/nothing/listing", status: 404, code: "APIG.3001"},
		{name: "withdraw a foreign group", as: buyer.member, call: "DELETE" + call, status: 403, code: "APIG.1101"},
		{name: "a reader withdraws", as: provider.reader, call: "DELETE" + call, status: 403, code: "APIC.7110"},
	})
	s.pages(buyer.member, "GET market/groups")
}

// orders are refused for reasons that are not the group's.
func (s *scenario) orders(buyer *tenant, group string) {
	frozen := s.tenant("frozen")
	theirs := s.group(frozen.member, "theirs")
	s.sell(frozen.member, theirs)
	if err := s.accounts.EnableProject(s.t.Context(), frozen.project, false); err != nil {
		s.t.Fatal(err)
	}
	s.do(buyer.member, "POST purchases", wanted(theirs)).refused(403, "APIG.3412", "")
	answers := s.race(2, buyer.member, "POST purchases", func(int) any { return wanted(group) })
	if got := outcomes(answers); got["201"] != 1 || got["400 APIG.3304"] != 1 {
		s.t.Fatalf("two orders at once: %v", got)
	}
	for _, a := range answers {
		if a.status == http.StatusCreated {
			s.remove(buyer.member, "purchases/groups/"+a.text("id"))
		}
	}
	full := s.tenant("full")
	for _, name := range numbered("filler_%d", smallQuota) {
		s.app(full.member, name)
	}
	s.do(full.member, "POST purchases", wanted(group)).refused(403, "APIG.3103", "")
}

// boughtCalls: what was bought can be called, what is published later too, and
// nothing by anybody else.
func (s *scenario) boughtCalls(provider *tenant, group string, order *answer) {
	buyer := signed(order.text("app_key"), order.text("app_secret"))
	call := s.caller(provider.member, group)
	call.tls("GET /rain", buyer).want(200, "mock of rain")
	call.tls("GET /sun", buyer).fault(404, "APIG.0101", "")
	sun := s.api(provider.member, with(mock(group, "sun", "/sun"), "auth_type", "APP"))
	env := s.env(provider.member, "staging")
	s.publish(provider.member, sun, env)
	call.tls("GET /sun", buyer, "X-Stage", "staging").fault(403, "APIG.0304", "")
	s.publish(provider.member, sun, releaseEnv)
	call.tls("GET /sun", buyer).want(200, "mock of sun")
	s.publish(provider.member, sun, releaseEnv) // again: one grant, not two
	s.get(provider.member, "app-auths/binded-apps?api_id="+sun).has(fields{
		"total": 1, "auths.0.auth_role": "CONSUMER", "auths.0.app_creator": "MARKET", "auths.0.env_id": releaseEnv,
	})
	stranger := s.post(s.tenant("stranger").member, "apps", object{"name": "stranger"})
	call.tls("GET /rain", signed(stranger.text("app_key"), stranger.text("app_secret"))).fault(403, "APIG.0304", "")
}

// marketApp: the app of an order is the buyer's and stays as it is.
func (s *scenario) marketApp(buyer *tenant, order *answer) {
	app := s.get(buyer.member, "apps?creator=MARKET").has(fields{
		"total": 1, "apps.0.creator": "MARKET", "apps.0.app_key": order.text("app_key"), "apps.0.app_secret": order.text("app_secret"), "apps.0.bind_num": 2,
	}).text("apps.0.id")
	s.rows([]row{
		{name: "delete the app of an order", as: buyer.member, call: "DELETE apps/" + app, status: 403, code: "APIG.1104", text: "marketplace"},
		{name: "change the app of an order", as: buyer.member, call: "PUT apps/" + app, body: object{"name": "mine_now"}, status: 403, code: "APIG.1104", text: "marketplace"},
		{name: "an administrator deletes it", as: s.admin, call: "DELETE apps/" + app, status: 403, code: "APIG.1104"},
	})
}

func (s *scenario) boughtLists(provider, buyer *tenant, group, api, order string) {
	one := fields{"total": 1, "size": 1, "purchases.0.id": order}
	none := fields{"total": 0, "size": 0, "purchases": list{}}
	groups, apis := "GET purchases/groups", "GET purchases/apis"
	s.rows([]row{
		{name: "what was bought", as: buyer.member, call: groups, status: 200, fields: fields{
			"total": 1, "size": 1, "purchases.0.id": order, "purchases.0.group_id": group, "purchases.0.group_name": "weather",
			"purchases.0.group_remark": "about weather", "purchases.0.group_domains": nil, "purchases.0.quota_used": 2, "purchases.0.quota_left": 1999999998,
			"purchases.0.order_time": moment, "purchases.0.start_time": moment, "purchases.0.expire_time": moment, "purchases.0.app_key": hexID, "purchases.0.app_secret": hexID,
		}},
		{name: "to a reader", as: buyer.reader, call: groups, status: 200, fields: fields{"total": 1, "purchases.0.app_secret": "*****"}},
		{name: "to an administrator", as: s.admin, call: groups + "?id=" + order, status: 200, fields: fields{"total": 1, "purchases.0.app_secret": "*****"}},
		{name: "to the provider", as: provider.member, call: groups, status: 200, fields: none},
		{name: "to nobody", as: nobody, call: groups, status: 401, code: "APIG.1000"},
		{name: "by id", as: buyer.member, call: groups + "?id=" + order, status: 200, fields: one},
		{name: "by another id", as: buyer.member, call: groups + "?id=" + group, status: 200, fields: none},
		{name: "by group", as: buyer.member, call: groups + "?group_id=" + group, status: 200, fields: one},
		{name: "by name", as: buyer.member, call: groups + "?group_name=WEATH", status: 200, fields: one},
		{name: "by another name", as: buyer.member, call: groups + "?group_name=_", status: 200, fields: none},

		{name: "an order", as: buyer.member, call: groups + "/" + order, status: 200, fields: fields{
			"id": order, "group_id": group, "group_domains": []string{s.host(provider.member, group)}, "quota_left": 1999999998, "app_secret": hexID,
		}},
		{name: "an order to a reader", as: buyer.reader, call: groups + "/" + order, status: 200, fields: fields{"app_secret": "*****"}},
		{name: "a foreign order", as: provider.member, call: groups + "/" + order, status: 403, code: "APIG.1111"},
		{name: "an unknown order", as: buyer.member, call: groups + "/nothing", status: 404, code: "APIG.3014"},

		{name: "bought APIs", as: buyer.reader, call: apis, status: 200, fields: fields{"total": 2, "size": 2, "apis.0.name": "rain", "apis.1.name": "sun"}},
		{name: "a bought API", as: buyer.member, call: apis + "?api_id=" + api, status: 200, fields: fields{
			"total": 1, "apis.0.id": api, "apis.0.name": "rain", "apis.0.purchase_id": order, "apis.0.remark": "about rain", "apis.0.req_uri": "/rain",
		}},
		{name: "bought APIs by name", as: buyer.member, call: apis + "?api_name=UN&group_name=weather&group_id=" + group, status: 200, fields: fields{"total": 1, "apis.0.name": "sun"}},
		{name: "bought APIs of another group", as: buyer.member, call: apis + "?group_id=" + order, status: 200, fields: fields{"total": 0, "apis": list{}}},
		{name: "what the provider bought", as: provider.member, call: apis, status: 200, fields: fields{"total": 0}},
		{name: "APIs to nobody", as: nobody, call: apis, status: 401, code: "APIG.1000"},
	})
	s.pages(buyer.member, groups)
	s.pages(buyer.member, apis)
}

// withdrawal: orders stay, new ones are refused.
func (s *scenario) withdrawal(provider, buyer *tenant, group string, order *answer) {
	other := s.tenant("late")
	s.rows([]row{
		{name: "order a second time", as: buyer.member, call: "POST purchases", body: wanted(group), status: 400, code: "APIG.3304"},
		{name: "withdraw", as: provider.member, call: "DELETE api-groups/" + group + "/listing", status: 204},
		{name: "order what was withdrawn", as: other.member, call: "POST purchases", body: wanted(group), status: 403, code: "APIG.3420"},
		{name: "the order stays", as: buyer.member, call: "GET purchases/groups/" + order.text("id"), status: 200, fields: fields{"quota_left": 1999999998}},
	})
	s.caller(provider.member, group).tls("GET /rain", signed(order.text("app_key"), order.text("app_secret"))).want(200, "mock of rain")
}

// orderEnds: with an order go its app and what that may call.
func (s *scenario) orderEnds(provider, buyer *tenant, group string, order *answer) {
	call := "DELETE purchases/groups/" + order.text("id")
	s.rows([]row{
		{name: "end a foreign order", as: provider.member, call: call, status: 403, code: "APIG.1111"},
		{name: "a reader ends an order", as: buyer.reader, call: call, status: 403, code: "APIC.7110"},
		{name: "end an unknown order", as: buyer.member, call: "DELETE purchases/groups/nothing", status: 404, code: "APIG.3014"},
		{name: "end", as: buyer.member, call: call, status: 204},
		{name: "end again", as: buyer.member, call: call, status: 404, code: "APIG.3014", text: order.text("id")},
		{name: "its app is gone", as: buyer.member, call: "GET apps?creator=MARKET", status: 200, fields: fields{"total": 0}},
	})
	s.caller(provider.member, group).tls("GET /rain", signed(order.text("app_key"), order.text("app_secret"))).fault(http.StatusUnauthorized, "APIG.0303", "app not found")
}

var (
	purchaseKind = kind{"purchase", "APIG.3014", "APIG.1111", false, false}
	// listingKind is a group that is under review: what is on sale everybody may
	// see.
	listingKind = kind{"listing", "APIG.3001", "APIG.1101", false, false}
)

var marketPart = part{
	paths: map[string][]kind{
		"/v1.0/apigw/purchases/groups/{purchase_id}": {purchaseKind},
		"/v1.0/apigw/api-groups/{id}/listing":        {listingKind},
	},
	fill: func(s *scenario, h *holder) {
		listing := s.group(h.member, h.marker+"_listing")
		s.post(h.member, "api-groups/"+listing+"/listing", nil)
		// What is bought is somebody's who sells; its texts are not the holder's.
		seller := s.tenant("seller")
		var offers []string
		for i := range 2 {
			offers = append(offers, s.group(seller.member, fmt.Sprint("offer_", i)))
			s.sell(seller.member, offers[i])
		}
		order := s.post(h.member, "purchases", wanted(offers[0]))
		h.ids["listing"], h.ids["purchase"], h.ids["offer"] = listing, order.text("id"), offers[1]
		h.secrets = append(h.secrets, order.text("app_key"), order.text("app_secret"))
	},
	empty: func(h *holder) []string {
		return []string{"purchases/groups/" + h.ids["purchase"], "api-groups/" + h.ids["listing"] + "/listing", "api-groups/" + h.ids["listing"]}
	},
	spare: map[string]func(*scenario, *operation, *holder, string) (ids, paths []string){
		"purchase": func(s *scenario, _ *operation, h *holder, _ string) (ids, paths []string) {
			id := s.post(h.member, "purchases", wanted(h.ids["offer"])).text("id")
			return []string{id}, []string{"purchases/groups/" + id}
		},
		"listing": func(s *scenario, op *operation, h *holder, name string) (ids, paths []string) {
			id := s.group(h.member, name)
			if op.method != http.MethodPost {
				s.post(h.member, "api-groups/"+id+"/listing", nil)
			}
			return []string{id}, []string{"api-groups/" + id}
		},
	},
	bodies: map[string]func(*scenario, *holder, []string) any{
		"apigw:listings:decide": func(*scenario, *holder, []string) any { return object{"approve": false} },
	},
	forAdmins: map[string]string{"apigw:listings:decide": "APIG.1101"},
	references: func(s *scenario, h *holder) []reference {
		return []reference{
			{"group of an order", groupKind, false, func(id string) (string, any) { return "POST purchases", wanted(id) }},
		}
	},
}
