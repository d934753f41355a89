package throttles_test

import (
	"fmt"
	"math"
	"reflect"
	"strings"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"github.com/lintel-gateway/lintel/internal/definition"
	"github.com/lintel-gateway/lintel/internal/manage/throttles"
	"github.com/lintel-gateway/lintel/internal/store/storetest"
)

func TestSchemaFiles(t *testing.T) { storetest.Numbered(t, 40, throttles.Schema()) }

func TestCreate(t *testing.T) {
	each(t, func(x *fixture) {
		r := x.alice.Do("POST", root+"throttles", `{
			"api_call_limits": 800, "user_call_limits": 500, "app_call_limits": 300, "ip_call_limits": 600,
			"name": "每秒800次", "remark": "API每秒800次", "time_interval": 1, "time_unit": "SECOND"}`).Want(201)
		id := r.Text("id")
		x.touched("throttle/" + id)
		want := map[string]string{
			"name": "每秒800次", "api_call_limits": "800", "user_call_limits": "500", "app_call_limits": "300", "ip_call_limits": "600",
			"time_interval": "1", "time_unit": "SECOND", "create_time": "2026-01-02T03:04:05Z", "remark": "API每秒800次",
			"is_inclu_special_throttle": "2", "type": "1", "bind_num": "0", "enable_adaptive_control": "FALSE",
		}
		x.has(r, want)
		x.has(x.alice.Do("GET", root+"throttles/"+id, nil).Want(200), want)

		// What is left out is no limit.
		r = x.alice.Do("POST", root+"throttles", good("type", 2, "time_unit", "hourl", "enable_adaptive_control", "false")).Want(201)
		x.has(r, map[string]string{
			"api_call_limits": "100", "user_call_limits": "0", "app_call_limits": "0", "ip_call_limits": "0",
			"time_unit": "HOUR", "remark": "", "type": "2", "enable_adaptive_control": "FALSE",
		})
		// What was read can be written back.
		back := r.JSON().(object)
		back["name"] = "Another"
		x.alice.Do("POST", root+"throttles", back).Want(201)
	})
}

// wrong are bodies with one fault, for creating and changing.
var wrong = []struct {
	name  string
	body  object
	code  string
	param string
}{
	{"no name", good("name", nil), "APIG.2001", "name"},
	{"short name", good("name", "ab"), "APIG.2005", "name"},
	{"long name", good("name", strings.Repeat("流", 65)), "APIG.2006", "name"},
	{"name with a hyphen", good("name", "a-bc"), "APIG.2011", "name"},
	{"name of another type", good("name", 5), "APIG.2011", "name"},
	{"no API limit", good("api_call_limits", nil), "APIG.2001", "api_call_limits"},
	{"API limit 0", good("api_call_limits", 0), "APIG.2002", "api_call_limits"},
	{"API limit 2^31", good("api_call_limits", int64(1<<31)), "APIG.2003", "api_call_limits"},
	{"API limit 2^64", good("api_call_limits", uint64(math.MaxUint64)), "APIG.2011", "api_call_limits"},
	{"fractional API limit", good("api_call_limits", 1.5), "APIG.2011", "api_call_limits"},
	{"API limit in words", good("api_call_limits", "100"), "APIG.2011", "api_call_limits"},
	{"negative user limit", good("user_call_limits", -1), "APIG.2002", "user_call_limits"},
	{"user over API", good("user_call_limits", 101), "APIG.2003", "api_call_limits is 100"},
	{"negative app limit", good("app_call_limits", -1), "APIG.2002", "app_call_limits"},
	{"app over user", good("user_call_limits", 50, "app_call_limits", 51), "APIG.2003", "user_call_limits is 50"},
	{"app over API", good("app_call_limits", 101), "APIG.2003", "api_call_limits is 100"},
	{"negative address limit", good("ip_call_limits", -1), "APIG.2002", "ip_call_limits"},
	{"address over API", good("ip_call_limits", 101), "APIG.2003", "api_call_limits is 100"},
	{"no interval", good("time_interval", nil), "APIG.2001", "time_interval"},
	{"interval 0", good("time_interval", 0), "APIG.2002", "time_interval"},
	{"interval 2^31", good("time_interval", int64(1<<31)), "APIG.2003", "time_interval"},
	{"no unit", good("time_unit", nil), "APIG.2001", "time_unit"},
	{"unit", good("time_unit", "WEEK"), "APIG.2011", "time_unit"},
	{"long remark", good("remark", strings.Repeat("注", 256)), "APIG.2006", "remark"},
	{"bell in the remark", good("remark", "a\x07"), "APIG.2011", "remark"},
	{"type 0", good("type", 0), "APIG.2011", "type"},
	{"type 3", good("type", 3), "APIG.2011", "type"},
	{"adaptive control", good("enable_adaptive_control", "true"), "APIG.2011", "not supported"},
	{"adaptive control in other words", good("enable_adaptive_control", "YES"), "APIG.2011", "enable_adaptive_control"},
}

func TestRules(t *testing.T) {
	each(t, func(x *fixture) {
		id := x.policy(x.alice)
		before := x.alice.Do("GET", root+"throttles/"+id, nil).Text("create_time")
		x.untouched(func() {
			for _, w := range wrong {
				x.alice.Do("POST", root+"throttles", w.body).Refused(400, w.code, w.param)
				x.alice.Do("PUT", root+"throttles/"+id, w.body).Refused(400, w.code, w.param)
			}
		})
		x.has(x.alice.Do("GET", root+"throttles", nil), map[string]string{
			"total": "1", "throttles.0.name": "Limit", "throttles.0.api_call_limits": "100", "throttles.0.create_time": before,
		})
		x.alice.Do("PUT", root+"throttles/"+id, good("name", strings.Repeat("流", 64), "remark", strings.Repeat("注", 255),
			"api_call_limits", math.MaxInt32, "user_call_limits", math.MaxInt32, "app_call_limits", math.MaxInt32,
			"ip_call_limits", math.MaxInt32, "time_interval", math.MaxInt32, "time_unit", "day")).Want(200)
	})
}

// TestLimitsFitEachOther: whatever is accepted keeps the order of wire-facts
// §8, and what keeps it is accepted.
func TestLimitsFitEachOther(t *testing.T) {
	each(t, func(x *fixture) {
		id := x.policy(x.alice)
		rapid.Check(x.T, func(t *rapid.T) {
			limit := rapid.Int64Range(0, 6)
			api, user, app, ip := limit.Draw(t, "api"), limit.Draw(t, "user"), limit.Draw(t, "app"), limit.Draw(t, "ip")
			fits := api >= 1 && user <= api && app <= api && ip <= api && (user == 0 || app <= user)
			r := x.alice.Do("PUT", root+"throttles/"+id, good(
				"api_call_limits", api, "user_call_limits", user, "app_call_limits", app, "ip_call_limits", ip))
			if got := r.Status == 200; got != fits {
				t.Fatalf("accepted: %v, fits: %v: %s", got, fits, r.Body)
			}
		})
	})
}

func TestUpdate(t *testing.T) {
	each(t, func(x *fixture) {
		id := x.policy(x.alice, "user_call_limits", 50, "app_call_limits", 20, "ip_call_limits", 30, "remark", "first", "type", 2)
		other := x.policy(x.alice, "name", "Other")
		// Limits are one value; remark and type stay.
		r := x.alice.Do("PUT", root+"throttles/"+id, good("name", "Changed", "api_call_limits", 70, "ip_call_limits", 60, "time_interval", 2, "time_unit", "minute")).Want(200)
		x.touched("throttle/" + id)
		want := map[string]string{
			"id": id, "name": "Changed", "api_call_limits": "70", "user_call_limits": "0", "app_call_limits": "0", "ip_call_limits": "60",
			"time_interval": "2", "time_unit": "MINUTE", "create_time": "2026-01-02T03:04:05Z", "remark": "first", "type": "2",
			"is_inclu_special_throttle": "2", "bind_num": "0", "enable_adaptive_control": "FALSE",
		}
		x.has(r, want)
		x.has(x.alice.Do("GET", root+"throttles/"+id, nil).Want(200), want)
		x.has(x.admin.Do("PUT", root+"throttles/"+id, good("name", "Changed", "remark", "", "type", 1)).Want(200), map[string]string{"remark": "", "type": "1"})
		x.untouched(func() {
			x.alice.Do("PUT", root+"throttles/"+id, good("name", "Other")).Refused(400, "APIG.3204", "already exists, name:Other")
			x.bob.Do("PUT", root+"throttles/"+id, good()).Refused(403, "APIG.1105")
			x.alice.Do("PUT", root+"throttles/nothing", good()).Refused(404, "APIG.3005", "Request throttling policy nothing does not exist")
			x.alice.Do("PUT", root+"throttles/"+strings.Repeat("a", 1000), good()).Refused(404, "APIG.3005", "aaa… does not exist")
			x.bob.Do("GET", root+"throttles/"+other, nil).Refused(403, "APIG.1105")
		})
		// Names are the project's own.
		x.policy(x.bob, "name", "Other")
	})
}

func TestAPILimitBelowSpecials(t *testing.T) {
	each(t, func(x *fixture) {
		id := x.policy(x.alice)
		x.special(x.alice, id, "USER", "p2") // of 10
		x.untouched(func() {
			x.alice.Do("PUT", root+"throttles/"+id, good("api_call_limits", 9)).Refused(400, "APIG.2002", "api_call_limits", "special limit of 10")
		})
		x.alice.Do("PUT", root+"throttles/"+id, good("api_call_limits", 10)).Want(200)
	})
}

func TestDelete(t *testing.T) {
	each(t, func(x *fixture) {
		id, used := x.policy(x.alice), x.policy(x.alice, "name", "Used")
		x.special(x.alice, id, "APP", "app1")
		api := x.api(x.alice, "g1", "orders")
		b := x.bind(x.alice, used, x.publish(x.alice, api, release))[0]
		// Offline, it is still bound.
		x.alice.Do("DELETE", root+"apis/publish/"+api+"?env_id="+release, nil).Want(204)
		x.exec(`INSERT INTO binding_wishes (api_id, policy, slot, policy_id) VALUES ('` + api + `', 'throttle', '', '` + id + `')`)
		x.untouched(func() {
			x.bob.Do("DELETE", root+"throttles/"+id, nil).Refused(403, "APIG.1105")
			x.alice.Do("DELETE", root+"throttles/nothing", nil).Refused(404, "APIG.3005", "nothing")
			x.alice.Do("DELETE", root+"throttles/"+used, nil).Refused(403, "APIG.3451")
		})
		x.alice.Do("DELETE", root+"throttles/"+id, nil).Want(204)
		x.touched("throttle/" + id)
		if n := x.count(`SELECT (SELECT COUNT(*) FROM throttle_specials) + (SELECT COUNT(*) FROM binding_wishes)`); n != 0 {
			x.Errorf("%d rows hang on nothing", n)
		}
		if v, err := x.area.Contribute(x.Context(), x.db, id); v != nil || err != nil {
			x.Errorf("published form of a deleted policy: %v, %v", v, err)
		}
		x.alice.Do("DELETE", root+"throttles/"+id, nil).Refused(404, "APIG.3005", id)
		x.alice.Do("DELETE", root+"throttle-bindings/"+b, nil).Want(204)
		x.alice.Do("DELETE", root+"throttles/"+used, nil).Want(204)
	})
}

func TestList(t *testing.T) {
	each(t, func(x *fixture) {
		first := x.policy(x.alice, "name", "First_one")
		x.policy(x.alice, "name", "Second_one")
		x.policy(x.bob, "name", "Foreign_one")
		x.special(x.alice, first, "USER", "p1")
		api := x.api(x.alice, "g1", "orders")
		x.bind(x.alice, first, x.publish(x.alice, api, release), x.publish(x.alice, api, "e1"))
		for query, want := range map[string]string{
			"":                                     "Second_one First_one",
			"?page_size=1&page_no=2":               "First_one",
			"?id=" + first:                         "First_one",
			"?id=nothing":                          "",
			"?name=FIRST":                          "First_one",
			"?name=%25":                            "",
			"?name=one&precise_search=name":        "",
			"?name=Second_one&precise_search=name": "Second_one",
		} {
			if got := x.listed(x.alice.Do("GET", root+"throttles"+query, nil), "throttles", "name"); got != want {
				x.Errorf("%s: %q, want %q", query, got, want)
			}
		}
		if got := x.listed(x.admin.Do("GET", root+"throttles", nil), "throttles", "name"); got != "Foreign_one Second_one First_one" {
			x.Errorf("an administrator sees %q", got)
		}
		x.has(x.alice.Do("GET", root+"throttles?id="+first, nil), map[string]string{
			"total": "1", "throttles.0.bind_num": "2", "throttles.0.is_inclu_special_throttle": "1",
		})
	})
}

func TestQuota(t *testing.T) {
	each(t, func(x *fixture) {
		var last string
		for i := range 4 {
			last = x.policy(x.alice, "name", fmt.Sprintf("Number_%d", i))
		}
		x.untouched(func() {
			x.alice.Do("POST", root+"throttles", good("name", "Fifth")).Refused(403, "APIG.3107")
		})
		x.policy(x.bob) // quotas are the project's own
		x.alice.Do("PUT", root+"throttles/"+last, good("name", "Changed")).Want(200)
		x.alice.Do("DELETE", root+"throttles/"+last, nil).Want(204)
		x.policy(x.alice, "name", "Fourth")
	})
}

// TestOneNameTwoWriters: of writers who want a name at once, one gets it.
func TestOneNameTwoWriters(t *testing.T) {
	each(t, func(x *fixture) {
		var all sync.WaitGroup
		statuses := make([]int, 8)
		for i := range statuses {
			all.Go(func() { statuses[i] = x.alice.Do("POST", root+"throttles", good()).Status })
		}
		all.Wait()
		made := 0
		for _, status := range statuses {
			if status == 201 {
				made++
			}
		}
		if n := x.count(`SELECT COUNT(*) FROM throttles`); made != 1 || n != 1 {
			x.Errorf("%v, %d rows", statuses, n)
		}
	})
}

func TestContribute(t *testing.T) {
	each(t, func(x *fixture) {
		id := x.policy(x.alice, "user_call_limits", 50, "app_call_limits", 20, "ip_call_limits", 30, "time_interval", 3, "time_unit", "MINUTE", "type", 2)
		x.special(x.alice, id, "USER", "p2")
		x.special(x.alice, id, "APP", "app2")
		x.special(x.alice, id, "APP", "app1")
		v, err := x.area.Contribute(x.Context(), x.db, id)
		want := definition.Throttle{
			ID: id, Name: "Limit", ProjectID: "p1", API: 100, User: 50, App: 20, IP: 30, Interval: 3, Unit: "MINUTE", Shared: true,
			Specials: []definition.Special{
				{Type: "APP", Instance: "app1", Limit: 10}, {Type: "APP", Instance: "app2", Limit: 10}, {Type: "USER", Instance: "p2", Limit: 10},
			},
		}
		if err != nil || !reflect.DeepEqual(v, want) {
			x.Errorf("%+v, %v; want %+v", v, err, want)
		}
	})
}
