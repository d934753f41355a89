package throttles_test

import (
	"strings"
	"testing"

	"github.com/lintel-gateway/lintel/internal/definition"
)

// special is a body with which creating a special succeeds.
func special(policy string, pairs ...any) object {
	body := object{"call_limits": 10, "instance_id": "app2", "instance_type": "APP", "strategy_id": policy}
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] == nil {
			delete(body, pairs[i].(string))
		} else {
			body[pairs[i].(string)] = pairs[i+1]
		}
	}
	return body
}

func TestCreateSpecial(t *testing.T) {
	each(t, func(x *fixture) {
		id := x.policy(x.alice)
		// Anybody's app; any case of the type.
		r := x.alice.Do("POST", root+"throttle-specials", special(id, "instance_type", "app")).Want(201)
		x.touched("throttle/" + id)
		if len(r.Text("id")) != 32 {
			x.Errorf("%s", r.Body)
		}
		x.has(r, map[string]string{
			"strategy_id": id, "instance_id": "app2", "instance_name": "App_two", "instance_type": "APP", "call_limits": "10",
			"apply_time": "2026-01-02T03:04:06Z", "app_id": "app2", "app_name": "App_two",
		})
		// Tenants are told their own names only.
		for instance, name := range map[string]string{"p1": "Project_one", "d1": "Account_one", "p2": ""} {
			r := x.alice.Do("POST", root+"throttle-specials", special(id, "instance_type", "USER", "instance_id", instance)).Want(201)
			x.has(r, map[string]string{"instance_id": instance, "instance_name": name, "instance_type": "USER", "app_id": "", "app_name": ""})
		}
		x.has(x.alice.Do("GET", root+"throttles/"+id, nil), map[string]string{"is_inclu_special_throttle": "1"})
	})
}

func TestSpecialRules(t *testing.T) {
	each(t, func(x *fixture) {
		id, foreign := x.policy(x.alice), x.policy(x.bob)
		x.special(x.alice, id, "APP", "app1")
		x.special(x.alice, id, "USER", "app1") // another type is another instance
		user := func(instance string) object { return special(id, "instance_type", "USER", "instance_id", instance) }
		x.untouched(func() {
			for _, w := range []struct {
				body   object
				status int
				code   string
				text   string
			}{
				{special(id, "call_limits", nil), 400, "APIG.2001", "call_limits"},
				{special(id, "call_limits", 0), 400, "APIG.2002", "call_limits"},
				{special(id, "call_limits", int64(1<<31)), 400, "APIG.2003", "call_limits"},
				{special(id, "call_limits", 101), 400, "APIG.2003", "api_call_limits is 100"},
				{special(id, "call_limits", "10"), 400, "APIG.2011", "call_limits"},
				{special(id, "instance_id", nil), 400, "APIG.2001", "instance_id"},
				{special(id, "instance_type", nil), 400, "APIG.2001", "instance_type"},
				{special(id, "instance_type", "IP"), 400, "APIG.2011", "instance_type"},
				{special(id, "strategy_id", nil), 400, "APIG.2001", "strategy_id"},
				{special("nothing"), 404, "APIG.3005", "Request throttling policy nothing does not exist"},
				{special(foreign), 403, "APIG.1105", ""},
				{special(id, "instance_id", "nothing"), 404, "APIG.3004", "App nothing does not exist"},
				{special(id, "instance_id", "app1"), 400, "APIG.3308", "already exists, instance_id:app1"},
				{user("app1"), 400, "APIG.3308", "app1"},
				{user("a b"), 400, "APIG.2011", "instance_id"},
				{user("帐号"), 400, "APIG.2011", "instance_id"},
				{user(strings.Repeat("a", 65)), 400, "APIG.2006", "instance_id"},
			} {
				x.alice.Do("POST", root+"throttle-specials", w.body).Refused(w.status, w.code, w.text)
			}
		})
		x.special(x.alice, id, "APP", "app2")
		x.alice.Do("POST", root+"throttle-specials", special(id, "instance_id", "app3")).Refused(403, "APIG.3100")
		x.special(x.alice, id, "USER", "a")
		x.special(x.alice, id, "USER", strings.Repeat("Z", 64))
		x.alice.Do("POST", root+"throttle-specials", user("c")).Refused(403, "APIG.3100")
	})
}

func TestUpdateSpecial(t *testing.T) {
	each(t, func(x *fixture) {
		id := x.policy(x.alice)
		s := x.special(x.alice, id, "APP", "app2")
		foreign := x.special(x.bob, x.policy(x.bob), "APP", "app2")
		r := x.alice.Do("PUT", root+"throttle-specials/"+s, object{"call_limits": 100}).Want(200)
		x.touched("throttle/" + id)
		x.has(r, map[string]string{
			"id": s, "strategy_id": id, "instance_id": "app2", "instance_name": "App_two", "instance_type": "APP", "call_limits": "100",
			"apply_time": "2026-01-02T03:04:06Z", "app_id": "app2", "app_name": "App_two",
		})
		x.untouched(func() {
			x.alice.Do("PUT", root+"throttle-specials/"+s, object{}).Refused(400, "APIG.2001", "call_limits")
			x.alice.Do("PUT", root+"throttle-specials/"+s, object{"call_limits": 0}).Refused(400, "APIG.2002", "call_limits")
			x.alice.Do("PUT", root+"throttle-specials/"+s, object{"call_limits": 101}).Refused(400, "APIG.2003", "api_call_limits is 100")
			x.alice.Do("PUT", root+"throttle-specials/nothing", object{"call_limits": 1}).
				Refused(404, "APIG.3013", "Excluded request throttling configuration nothing does not exist")
			x.alice.Do("PUT", root+"throttle-specials/"+foreign, object{"call_limits": 1}).Refused(403, "APIG.1108")
			x.alice.Do("DELETE", root+"throttle-specials/"+foreign, nil).Refused(403, "APIG.1108")
			x.alice.Do("DELETE", root+"throttle-specials/nothing", nil).Refused(404, "APIG.3013", "nothing")
		})
		x.admin.Do("PUT", root+"throttle-specials/"+s, object{"call_limits": 1}).Want(200)
		x.alice.Do("DELETE", root+"throttle-specials/"+s, nil).Want(204)
		x.touched("throttle/" + id)
		x.alice.Do("DELETE", root+"throttle-specials/"+s, nil).Refused(404, "APIG.3013", s)
		x.special(x.alice, id, "APP", "app2") // the instance is free again
	})
}

func TestListSpecials(t *testing.T) {
	each(t, func(x *fixture) {
		id := x.policy(x.alice)
		x.special(x.alice, id, "APP", "app2")
		x.special(x.alice, id, "USER", "p1")
		x.special(x.alice, id, "USER", "p2")
		x.special(x.alice, x.policy(x.alice, "name", "Other"), "APP", "app1")
		for query, want := range map[string]string{
			"":                               "p2 p1 app2",
			"?instance_type=user":            "p2 p1",
			"?instance_type=APP":             "app2",
			"?app_name=PP_T":                 "app2",
			"?app_name=nothing":              "",
			"?user=p1":                       "p1",
			"?user=app2":                     "",
			"?user=p1&instance_type=APP":     "",
			"?instance_type=&page_size=1":    "p2",
			"?page_size=2&page_no=2&user=":   "app2",
			"?app_name=two&instance_type=ap": "refused",
		} {
			r := x.alice.Do("GET", root+"throttle-specials/"+id+query, nil)
			if want == "refused" {
				r.Refused(400, "APIG.2011", "instance_type")
			} else if got := x.listed(r, "throttle_specials", "instance_id"); got != want {
				x.Errorf("%s: %q, want %q", query, got, want)
			}
		}
		x.has(x.alice.Do("GET", root+"throttle-specials/"+id, nil), map[string]string{
			"total": "3", "throttle_specials.1.instance_name": "Project_one", "throttle_specials.0.instance_name": "",
			"throttle_specials.2.app_name": "App_two", "throttle_specials.2.strategy_id": id, "throttle_specials.2.call_limits": "10",
		})
		x.has(x.admin.Do("GET", root+"throttle-specials/"+id, nil).Want(200), map[string]string{"total": "3"})
		x.bob.Do("GET", root+"throttle-specials/"+id, nil).Refused(403, "APIG.1105")
		x.alice.Do("GET", root+"throttle-specials/nothing", nil).Refused(404, "APIG.3005", "nothing")
	})
}

// TestAppEnds: the specials of an app go with it, whoever deletes it.
func TestAppEnds(t *testing.T) {
	each(t, func(x *fixture) {
		id := x.policy(x.alice)
		s := x.special(x.alice, id, "APP", "app2")
		x.special(x.alice, id, "APP", "app1")
		x.exec(`DELETE FROM apps WHERE id = 'app2'`)
		if got := x.listed(x.alice.Do("GET", root+"throttle-specials/"+id, nil), "throttle_specials", "instance_id"); got != "app1" {
			x.Errorf("specials %q, want app1", got)
		}
		x.alice.Do("PUT", root+"throttle-specials/"+s, object{"call_limits": 1}).Refused(404, "APIG.3013")
		v, err := x.area.Contribute(x.Context(), x.db, id)
		if err != nil || len(v.(definition.Throttle).Specials) != 1 {
			x.Errorf("published: %+v, %v", v, err)
		}
		x.special(x.alice, id, "APP", "app3") // its place in the quota is free
	})
}
