package throttles_test

import (
	"strings"
	"testing"
	"time"

	"github.com/lintel-gateway/lintel/internal/binding"
)

func TestBind(t *testing.T) {
	each(t, func(x *fixture) {
		id, second := x.policy(x.alice), x.policy(x.alice, "name", "Second")
		api := x.api(x.alice, "g1", "orders")
		live, test := x.publish(x.alice, api, release), x.publish(x.alice, api, "e1")
		r := x.alice.Do("POST", root+"throttle-bindings", object{"strategy_id": id, "publish_ids": []string{test, live, test}}).Want(201)
		x.has(r, map[string]string{
			"throttle_applys.0.strategy_id": id, "throttle_applys.0.publish_id": test, "throttle_applys.0.scope": "1",
			"throttle_applys.0.apply_time": "2026-01-02T03:04:09Z", "throttle_applys.1.publish_id": live,
		})
		if r.Has("throttle_applys.2") {
			x.Errorf("a publication is bound twice: %s", r.Body)
		}
		x.touched("binding/"+r.Text("throttle_applys.0.id"), "binding/"+r.Text("throttle_applys.1.id"))
		x.has(x.alice.Do("GET", root+"throttles/"+id, nil), map[string]string{"bind_num": "2"})
		x.clock.Advance(time.Second)

		// Again: nothing changes. Another: it takes the place.
		again := x.alice.Do("POST", root+"throttle-bindings", object{"strategy_id": id, "publish_ids": []string{live}}).Want(201)
		if got, want := again.Text("throttle_applys.0.id"), r.Text("throttle_applys.1.id"); got != want {
			x.Errorf("bound again as %s, was %s", got, want)
		}
		x.touch = nil
		other := x.bind(x.alice, second, live)[0]
		x.touched("binding/"+other, "binding/"+r.Text("throttle_applys.1.id"))
		x.has(x.alice.Do("GET", root+"throttles/"+id, nil), map[string]string{"bind_num": "1"})

		x.untouched(func() {
			x.bob.Do("DELETE", root+"throttle-bindings/"+other, nil).Refused(403, "APIG.1105")
			x.alice.Do("DELETE", root+"throttle-bindings/nothing", nil).
				Refused(404, "APIG.3012", "The request throttling policy binding record does not exist,id:nothing")
		})
		x.alice.Do("DELETE", root+"throttle-bindings/"+other, nil).Want(204)
		x.touched("binding/" + other)
		x.alice.Do("DELETE", root+"throttle-bindings/"+other, nil).Refused(404, "APIG.3012", other)
	})
}

func TestBindRefusals(t *testing.T) {
	each(t, func(x *fixture) {
		id, theirs := x.policy(x.alice), x.policy(x.bob)
		live := x.publish(x.alice, x.api(x.alice, "g1", "orders"), release)
		foreign := x.publish(x.bob, x.api(x.bob, "g2", "orders"), release)
		body := func(policy string, publications ...string) object {
			return object{"strategy_id": policy, "publish_ids": publications}
		}
		x.untouched(func() {
			x.alice.Do("POST", root+"throttle-bindings", body(id)).Refused(400, "APIG.2001", "publish_ids")
			x.alice.Do("POST", root+"throttle-bindings", body("", live)).Refused(400, "APIG.2001", "strategy_id")
			x.alice.Do("POST", root+"throttle-bindings", body(id, make([]string, binding.MaxPublications+1)...)).Refused(400, "APIG.2006", "publish_ids")
			x.alice.Do("POST", root+"throttle-bindings", object{"strategy_id": id, "publish_ids": live}).Refused(400, "APIG.2011", "publish_ids")
			x.alice.Do("POST", root+"throttle-bindings", body("nothing", live)).Refused(404, "APIG.3005", "nothing")
			x.alice.Do("POST", root+"throttle-bindings", body(theirs, live)).Refused(403, "APIG.1105")
			x.alice.Do("POST", root+"throttle-bindings", body(id, live, "nothing")).Refused(404, "APIG.3015", "record does not exist,id:nothing")
			x.alice.Do("POST", root+"throttle-bindings", body(id, live, foreign)).Refused(403, "APIG.1102")
			x.admin.Do("POST", root+"throttle-bindings", body(id, live, foreign)).Refused(400, "APIG.1201")
		})
		if n := x.count(`SELECT COUNT(*) FROM bindings`); n != 0 {
			x.Errorf("refusals left %d bindings", n)
		}
		x.bind(x.admin, theirs, foreign)
	})
}

func TestListsOfAPIs(t *testing.T) {
	each(t, func(x *fixture) {
		id, second := x.policy(x.alice), x.policy(x.alice, "name", "Second")
		orders, bills := x.api(x.alice, "g1", "orders"), x.api(x.alice, "g1", "bills")
		x.api(x.alice, "g1", "draft")
		x.publish(x.bob, x.api(x.bob, "g2", "foreign"), release)
		live, test := x.publish(x.alice, orders, release), x.publish(x.alice, orders, "e1")
		other := x.bind(x.alice, second, x.publish(x.alice, bills, release))[0]

		at := func(list string, query string) string {
			r := x.alice.Do("GET", root+"throttle-bindings/"+list+"?throttle_id="+id+query, nil)
			names, places := strings.Fields(x.listed(r, "apis", "name")), strings.Fields(x.listed(r, "apis", "run_env_name"))
			for i := range names {
				names[i] += "@" + places[i]
			}
			return strings.Join(names, " ")
		}
		for query, want := range map[string]string{
			"":                        "bills@RELEASE orders@TEST orders@RELEASE",
			"&page_size=1&page_no=2":  "orders@TEST",
			"&env_id=e1":              "orders@TEST",
			"&env_id=" + release:      "bills@RELEASE orders@RELEASE",
			"&group_id=g1&env_id=e1":  "orders@TEST",
			"&group_id=g2":            "",
			"&api_id=" + bills:        "bills@RELEASE",
			"&api_name=ORDER&env_id=": "orders@TEST orders@RELEASE",
		} {
			if got := at("unbinded-apis", query); got != want {
				x.Errorf("unbound %s: %q, want %q", query, got, want)
			}
		}
		unbound := x.alice.Do("GET", root+"throttle-bindings/unbinded-apis?throttle_id="+id, nil)
		x.has(unbound, map[string]string{
			"total": "3", "apis.0.id": bills, "apis.0.name": "bills", "apis.0.type": "1", "apis.0.remark": "about bills",
			"apis.0.group_id": "g1", "apis.0.group_name": "Group_one", "apis.0.run_env_name": "RELEASE", "apis.0.run_env_id": release,
			"apis.0.throttle_apply_id": other, "apis.0.throttle_name": "Second", "apis.0.auth_type": "APP", "apis.0.req_uri": "/bills",
			"apis.1.publish_id": test,
		})
		for _, field := range []string{"throttle_apply_id", "throttle_name", "apply_time"} {
			if unbound.Has("apis.1." + field) {
				x.Errorf("%s of an API without a policy: %s", field, unbound.Body)
			}
		}

		bound := x.bind(x.alice, id, live, test)
		if got := at("unbinded-apis", ""); got != "bills@RELEASE" {
			x.Errorf("unbound after binding: %q", got)
		}
		for query, want := range map[string]string{
			"&env_id=e1":                       "orders@TEST",
			"&group_id=g1&env_id=" + release:   "orders@RELEASE",
			"&api_id=" + bills:                 "",
			"&api_name=ders&env_id=" + release: "orders@RELEASE",
			"&api_name=draft":                  "",
		} {
			if got := at("binded-apis", query); got != want {
				x.Errorf("bound %s: %q, want %q", query, got, want)
			}
		}
		x.has(x.alice.Do("GET", root+"throttle-bindings/binded-apis?env_id="+release+"&throttle_id="+id, nil), map[string]string{
			"total": "1", "apis.0.id": orders, "apis.0.publish_id": live, "apis.0.throttle_apply_id": bound[0],
			"apis.0.throttle_name": "Limit", "apis.0.apply_time": "2026-01-02T03:04:12Z", "apis.0.remark": "about orders",
		})
		for _, list := range []string{"binded-apis", "unbinded-apis"} {
			x.alice.Do("GET", root+"throttle-bindings/"+list, nil).Refused(400, "APIG.2001", "throttle_id")
			x.alice.Do("GET", root+"throttle-bindings/"+list+"?throttle_id=nothing", nil).Refused(404, "APIG.3005", "nothing")
			x.bob.Do("GET", root+"throttle-bindings/"+list+"?throttle_id="+id, nil).Refused(403, "APIG.1105")
			x.alice.Do("GET", root+"throttle-bindings/"+list+"?page_no=0&throttle_id="+id, nil).Refused(400, "APIG.2002", "page_no")
			x.admin.Do("GET", root+"throttle-bindings/"+list+"?throttle_id="+id, nil).Want(200)
		}
	})
}

func TestBoundThrottles(t *testing.T) {
	each(t, func(x *fixture) {
		id, second := x.policy(x.alice, "user_call_limits", 50), x.policy(x.alice, "name", "Second")
		api := x.api(x.alice, "g1", "orders")
		foreign := x.api(x.bob, "g2", "orders")
		first := x.bind(x.alice, id, x.publish(x.alice, api, release))[0]
		x.bind(x.alice, second, x.publish(x.alice, api, "e1"))
		list := root + "throttle-bindings/binded-throttles?api_id="
		for query, want := range map[string]string{
			"":                       "Second Limit",
			"&page_size=1&page_no=2": "Limit",
			"&env_id=e1":             "Second",
			"&throttle_id=" + id:     "Limit",
			"&throttle_name=LIM":     "Limit",
			"&throttle_name=%25":     "",
		} {
			if got := x.listed(x.alice.Do("GET", list+api+query, nil), "throttles", "name"); got != want {
				x.Errorf("%s: %q, want %q", query, got, want)
			}
		}
		x.has(x.alice.Do("GET", list+api, nil), map[string]string{
			"total": "2", "throttles.1.id": id, "throttles.1.api_call_limits": "100", "throttles.1.user_call_limits": "50",
			"throttles.1.time_interval": "1", "throttles.1.time_unit": "SECOND", "throttles.1.create_time": "2026-01-02T03:04:05Z",
			"throttles.1.is_inclu_special_throttle": "2", "throttles.1.env_name": "RELEASE", "throttles.0.env_name": "TEST",
			"throttles.1.type": "1", "throttles.1.bind_id": first, "throttles.1.bind_time": "2026-01-02T03:04:08Z",
			"throttles.1.bind_num": "1", "throttles.1.enable_adaptive_control": "FALSE",
		})
		x.alice.Do("GET", root+"throttle-bindings/binded-throttles", nil).Refused(400, "APIG.2001", "api_id")
		x.alice.Do("GET", list+"nothing", nil).Refused(404, "APIG.3002", "API nothing does not exist")
		x.alice.Do("GET", list+foreign, nil).Refused(403, "APIG.1102")
		x.alice.Do("GET", list+api+"&page_size=501", nil).Refused(400, "APIG.2003", "page_size")
		x.has(x.bob.Do("GET", list+foreign, nil).Want(200), map[string]string{"total": "0", "size": "0", "throttles": "[]"})
		x.admin.Do("GET", list+api, nil).Want(200)
	})
}
