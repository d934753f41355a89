package apis_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/lintel-gateway/lintel/internal/quota"
	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/store/storetest"
)

func TestDraft(t *testing.T) {
	storetest.Each(t, schemas(), func(t *testing.T, db *store.DB) {
		f := serve(t, db, quota.Default())
		group := f.group("shop")
		made := f.Do("POST", "/v1.0/apigw/apis", web(group, "orders", "/orders")).Want(201)
		id := made.Text("id")
		for path, want := range map[string]any{
			"group_name": "shop", "status": 1.0, "arrange_necessary": 2.0, "req_protocol": "HTTPS", "match_mode": "NORMAL",
			"register_time": "2026-01-02T03:04:05.678901Z", "backend_api.vpc_status": 2.0, "backend_api.status": 1.0,
			"backend_api.register_time": "2026-01-02T03:04:05.678901Z", "cors": false,
		} {
			if got := made.Get(path); got != want {
				t.Errorf("%s is %v, want %v", path, got, want)
			}
		}
		if made.Has("run_env_id") || made.Has("mock_info") {
			t.Errorf("an unpublished web API shows %s", made.Body)
		}
		shown := f.Do("GET", "/v1.0/apigw/apis/"+id, nil).Want(200)
		if string(shown.Body) != string(made.Body) {
			t.Errorf("shown\n%s\nmade\n%s", shown.Body, made.Body)
		}
		f.clock.Advance(time.Hour)
		change := web("", "orders_2", "/orders/v2")
		delete(change, "group_id")
		changed := f.Do("PUT", "/v1.0/apigw/apis/"+id, change).Want(200)
		if changed.Get("name") != "orders_2" || changed.Get("update_time") != "2026-01-02T04:04:05.678901Z" ||
			changed.Get("register_time") != "2026-01-02T03:04:05.678901Z" || changed.Get("group_id") != group {
			t.Errorf("changed: %s", changed.Body)
		}
		f.As(admin).Do("GET", "/v1.0/apigw/apis/"+id, nil).Want(200)
		f.Do("DELETE", "/v1.0/apigw/apis/"+id, nil).Want(204)
		f.Do("GET", "/v1.0/apigw/apis/"+id, nil).Refused(404, "APIG.3002", "API "+id+" does not exist")
		if n := f.rows("apis"); n != 0 {
			t.Errorf("%d rows left", n)
		}
	})
}

func TestDraftRefusals(t *testing.T) {
	storetest.Each(t, schemas(), func(t *testing.T, db *store.DB) {
		f := serve(t, db, quota.Default())
		group, other := f.group("shop"), f.group("other")
		abroad := f.As(foreign).Do("POST", "/v1.0/apigw/api-groups", map[string]any{"name": "abroad"}).Want(201).Text("id")
		id := f.register(mock(group, "orders", "/orders/all"))
		with := func(key string, value any) map[string]any {
			d := mock(group, "fresh", "/fresh")
			d[key] = value
			return d
		}
		unknown := strings.Repeat("0", 32)
		for _, c := range []struct {
			name, as, method, path string
			body                   any
			status                 int
			code, text             string
		}{
			{"unknown group", member, "POST", "", with("group_id", unknown), 404, "APIG.3001", unknown},
			{"another project's group", member, "POST", "", with("group_id", abroad), 403, "APIG.1101", ""},
			{"name taken", member, "POST", "", with("name", "orders"), 400, "APIG.3202", "orders"},
			{"route taken", member, "POST", "", with("req_uri", "/orders/all"), 400, "APIG.3301", "orders"},
			{"unknown authorizer", member, "POST", "", func() any {
				d := with("auth_type", "AUTHORIZER")
				d["authorizer_id"] = "a1"
				return d
			}(), 404, "APIG.3081", "a1"},
			{"unknown function", member, "POST", "", func() any {
				d := with("backend_type", "FUNCTION")
				d["func_info"] = map[string]any{"function_urn": "urn:x", "invocation_type": "sync", "timeout": 5}
				return d
			}(), 404, "APIG.3019", ""},
			{"unknown channel", member, "POST", "", func() any {
				d := web(group, "fresh", "/fresh")
				d["backend_api"].(map[string]any)["vpc_status"] = 1
				d["backend_api"].(map[string]any)["vpc_info"] = map[string]any{"vpc_id": "c1"}
				return d
			}(), 404, "APIG.3023", "c1"},
			{"wrong type", member, "POST", "", with("type", "one"), 400, "APIG.2011", "type"},
			{"malformed JSON", member, "POST", "", `{"name":`, 400, "APIG.2000", ""},
			{"duplicate key", member, "POST", "", `{"name":"a","NAME":"b"}`, 400, "APIG.2000", ""},
			{"a reader writes", reader, "POST", "", with("type", 1), 403, "APIC.7110", ""},
			{"nobody", "", "POST", "", with("type", 1), 401, "APIG.1000", ""},
			{"change of an unknown API", member, "PUT", "/" + unknown, with("type", 1), 404, "APIG.3002", ""},
			{"change of a foreign API", foreign, "PUT", "/" + id, with("type", 1), 403, "APIG.1102", ""},
			{"change of the group", member, "PUT", "/" + id, with("group_id", other), 400, "APIG.2011", "group_id"},
			{"show of a foreign API", foreign, "GET", "/" + id, nil, 403, "APIG.1102", ""},
			{"show of nothing", member, "GET", "/nothing", nil, 404, "APIG.3002", "nothing"},
			{"delete of a foreign API", foreign, "DELETE", "/" + id, nil, 403, "APIG.1102", ""},
			{"page too large", member, "GET", "?page_size=501", nil, 400, "APIG.2003", "page_size"},
			{"page zero", member, "GET", "?page_no=0", nil, 400, "APIG.2002", "page_no"},
			{"type not a number", member, "GET", "?type=x", nil, 400, "APIG.2011", "type"},
		} {
			t.Run(c.name, func(t *testing.T) {
				before := f.rows("apis")
				f.As(c.as).For(t).Do(c.method, "/v1.0/apigw/apis"+c.path, c.body).Refused(c.status, c.code, c.text)
				if after := f.rows("apis"); after != before {
					t.Errorf("a refused request changed the rows from %d to %d", before, after)
				}
			})
		}
		// The same path with another method or match mode is another API.
		d := mock(group, "post_it", "/orders/all")
		d["req_method"] = "POST"
		f.register(d)
		d = mock(group, "prefix", "/orders/all")
		d["match_mode"] = "SWA"
		f.register(d)
	})
}

func TestLimits(t *testing.T) {
	limits, err := quota.Default().With(map[quota.Item]int{quota.APIs: 3, quota.APIsPerGroup: 2})
	if err != nil {
		t.Fatal(err)
	}
	storetest.Each(t, schemas(), func(t *testing.T, db *store.DB) {
		f := serve(t, db, limits)
		one, two := f.group("one"), f.group("two")
		f.register(mock(one, "api_1", "/1"))
		f.register(mock(one, "api_2", "/2"))
		f.Do("POST", "/v1.0/apigw/apis", mock(one, "api_3", "/3")).Refused(403, "APIG.3125")
		f.register(mock(two, "api_3", "/3"))
		f.Do("POST", "/v1.0/apigw/apis", mock(two, "api_4", "/4")).Refused(403, "APIG.3102")
	})
}

func TestList(t *testing.T) {
	storetest.Each(t, schemas(), func(t *testing.T, db *store.DB) {
		f := serve(t, db, quota.Default())
		shop, other := f.group("shop"), f.group("other")
		for i := range 3 {
			d := mock(shop, fmt.Sprintf("orders_%d", i), fmt.Sprintf("/orders/%d", i))
			d["tags"] = []string{fmt.Sprintf("tag%d", i), "all"}
			f.clock.Advance(time.Second)
			f.register(d)
		}
		d := web(other, "ORDERS_X", "/100%25/x")
		d["req_method"], d["auth_type"], d["type"] = "POST", "app", 2
		f.clock.Advance(time.Second)
		last := f.register(d)
		f.As(foreign).Do("GET", "/v1.0/apigw/apis", nil).Want(200)
		for query, want := range map[string]struct {
			total int
			names string
		}{
			"":                                   {4, "ORDERS_X,orders_2,orders_1,orders_0"},
			"?page_size=2":                       {4, "ORDERS_X,orders_2"},
			"?page_size=2&page_no=2":             {4, "orders_1,orders_0"},
			"?page_size=0":                       {4, "ORDERS_X,orders_2,orders_1,orders_0"},
			"?page_no=9":                         {4, ""},
			"?name=orders_":                      {4, "ORDERS_X,orders_2,orders_1,orders_0"},
			"?name=orders_1&precise_search=name": {1, "orders_1"},
			"?name=orders&precise_search=name":   {0, ""},
			"?name=o%25s":                        {0, ""},
			"?req_uri=/ORDERS":                   {3, "orders_2,orders_1,orders_0"},
			"?req_uri=/orders/1&precise_search=req_uri": {1, "orders_1"},
			"?group_id=" + other:                        {1, "ORDERS_X"},
			"?id=" + last:                               {1, "ORDERS_X"},
			"?req_method=post":                          {1, "ORDERS_X"},
			"?auth_type=APP":                            {1, "ORDERS_X"},
			"?req_protocol=HTTP":                        {0, ""},
			"?type=2":                                   {1, "ORDERS_X"},
			"?status=1":                                 {4, "ORDERS_X,orders_2,orders_1,orders_0"},
			"?status=2":                                 {0, ""},
			"?tags=tag0,tag2":                           {2, "orders_2,orders_0"},
			"?env_id=" + releaseEnv:                     {0, ""},
		} {
			got := f.Do("GET", "/v1.0/apigw/apis"+query, nil).Want(200)
			var names []string
			for _, a := range got.Get("apis").([]any) {
				names = append(names, a.(map[string]any)["name"].(string))
			}
			if got.Get("total") != float64(want.total) || strings.Join(names, ",") != want.names || got.Get("size") != float64(len(names)) {
				t.Errorf("%s: total %v, size %v, %v; want %d, %s", query, got.Get("total"), got.Get("size"), names, want.total, want.names)
			}
		}
		if got := f.Do("GET", "/v1.0/apigw/apis", nil); strings.Contains(string(got.Body), "#address#") {
			t.Errorf("a list shows backends: %s", got.Body)
		}
		if got := f.As(foreign).Do("GET", "/v1.0/apigw/apis", nil).Want(200); got.Get("total") != 0.0 {
			t.Errorf("another project sees %s", got.Body)
		}
		if got := f.As(admin).Do("GET", "/v1.0/apigw/apis", nil).Want(200); got.Get("total") != 4.0 {
			t.Errorf("the administrator sees %s", got.Body)
		}
	})
}
