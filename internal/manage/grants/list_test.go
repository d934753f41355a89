package grants_test

import (
	"strings"
	"testing"

	"github.com/lintel-gateway/lintel/internal/manage/grants"
	"github.com/lintel-gateway/lintel/internal/wire/wiretest"
)

// names joins a field of all grants of an answer.
func names(t *testing.T, r *wiretest.Response, field func(*grants.Grant) string) string {
	t.Helper()
	var page grants.Bound
	r.Decode(&page)
	var out []string
	for i := range page.Auths {
		out = append(out, field(&page.Auths[i]))
	}
	if page.Size != len(out) {
		t.Errorf("%s: size %d with %d entries", r.Call, page.Size, len(out))
	}
	return strings.Join(out, " ")
}

func TestBoundAPIs(t *testing.T) {
	each(t, func(x *fixture) {
		first := x.grant(x.alice, release, "app2", "api1")[0]
		x.grant(x.alice, "e1", "app2", "api1")
		x.grant(x.alice, release, "app2", "api2")
		x.grant(x.alice, release, "app1", "api1")
		x.grant(x.bob, "e2", "app2", "foreign")

		r := x.bob.Do("GET", collection+"/binded-apis?app_id=app2&api_id=api1&env_id="+release, nil).Want(200)
		for path, want := range map[string]string{
			"total": "1", "size": "1", "auths.0.id": first, "auths.0.api_id": "api1", "auths.0.api_name": "Name_api1",
			"auths.0.group_name": "Group_one", "auths.0.api_remark": "about api1", "auths.0.api_type": "1",
			"auths.0.envname": "RELEASE", "auths.0.env_id": release, "auths.0.auth_role": "PROVIDER",
			"auths.0.auth_time": "2026-01-02T03:04:05Z", "auths.0.appid": "app2", "auths.0.app_name": "App_two",
			"auths.0.app_creator": "MARKET", "auths.0.app_remark": "remark two", "auths.0.app_type": "apig",
			"auths.0.publish_id": "pub-api1",
		} {
			if got := r.Text(path); got != want {
				t.Errorf("%s is %q, want %q", path, got, want)
			}
		}

		at := func(g *grants.Grant) string { return g.APIID + "@" + g.EnvName }
		for query, want := range map[string]string{
			"":                         "foreign@DEV api2@RELEASE api1@TEST api1@RELEASE",
			"&page_size=1&page_no=2":   "api2@RELEASE",
			"&env_id=e1":               "api1@TEST",
			"&api_name=NAME_API":       "api2@RELEASE api1@TEST api1@RELEASE",
			"&api_name=_":              "foreign@DEV api2@RELEASE api1@TEST api1@RELEASE",
			"&api_name=%25":            "",
			"&group_id=g2":             "foreign@DEV",
			"&group_name=one&env_id=":  "api2@RELEASE api1@TEST api1@RELEASE",
			"&group_name=one&api_id=z": "",
		} {
			if got := names(t, x.bob.Do("GET", collection+"/binded-apis?app_id=app2"+query, nil).Want(200), at); got != want {
				t.Errorf("%q: %q, want %q", query, got, want)
			}
		}

		// What is not published any more is left out, and comes back with it.
		x.exec(`DELETE FROM api_publications WHERE api_id = 'api2'`)
		if got := names(t, x.bob.Do("GET", collection+"/binded-apis?app_id=app2", nil).Want(200), at); strings.Contains(got, "api2") {
			t.Errorf("an unpublished API is listed: %q", got)
		}

		x.bob.Do("GET", collection+"/binded-apis", nil).Refused(400, "APIG.2001", "app_id")
		x.bob.Do("GET", collection+"/binded-apis?app_id=nobody", nil).Refused(404, "APIG.3004", "nobody")
		x.alice.Do("GET", collection+"/binded-apis?app_id=app2", nil).Refused(403, "APIG.1104")
		x.bob.Do("GET", collection+"/binded-apis?app_id=app2&page_size=501", nil).Refused(400, "APIG.2003", "page_size")
		if got := x.admin.Do("GET", collection+"/binded-apis?app_id=app2", nil).Want(200).Text("total"); got != "3" {
			t.Errorf("an administrator sees %s", got)
		}
	})
}

func TestBoundApps(t *testing.T) {
	each(t, func(x *fixture) {
		x.grant(x.alice, release, "app1", "api1")
		x.grant(x.alice, release, "app2", "api1")
		x.grant(x.alice, "e1", "app2", "api1")
		x.grant(x.bob, release, "app1", "foreign")

		at := func(g *grants.Grant) string { return g.AppName + "@" + g.EnvName }
		for query, want := range map[string]string{
			"":                               "App_two@TEST App_two@RELEASE App_one@RELEASE", // own APIs only
			"?api_id=api1":                   "App_two@TEST App_two@RELEASE App_one@RELEASE",
			"?api_id=api2":                   "",
			"?api_id=api1&env_id=e1":         "App_two@TEST",
			"?api_id=api1&app_id=app1":       "App_one@RELEASE",
			"?app_name=app_T":                "App_two@TEST App_two@RELEASE",
			"?api_id=api1&page_size=1":       "App_two@TEST",
			"?api_id=api1&app_id=app1&name=": "App_one@RELEASE",
		} {
			if got := names(t, x.alice.Do("GET", collection+"/binded-apps"+query, nil).Want(200), at); got != want {
				t.Errorf("%q: %q, want %q", query, got, want)
			}
		}
		// Apps that were granted stay listed while the API is not published.
		x.exec(`DELETE FROM api_publications WHERE api_id = 'api1' AND env_id = 'e1'`)
		r := x.alice.Do("GET", collection+"/binded-apps?api_id=api1&env_id=e1", nil).Want(200)
		if r.Text("total") != "1" || r.Text("auths.0.publish_id") != "" {
			t.Errorf("unpublished: %s", r.Body)
		}

		x.alice.Do("GET", collection+"/binded-apps?api_id=foreign", nil).Refused(403, "APIG.1102")
		x.alice.Do("GET", collection+"/binded-apps?api_id=nowhere", nil).Refused(404, "APIG.3002", "nowhere")
		x.alice.Do("GET", collection+"/binded-apps?page_no=x", nil).Refused(400, "APIG.2011", "page_no")
		if got := x.admin.Do("GET", collection+"/binded-apps", nil).Want(200).Text("total"); got != "4" {
			t.Errorf("an administrator sees %s", got)
		}
		if got := x.carol.Do("GET", collection+"/binded-apps", nil).Want(200).Text("total"); got != "0" {
			t.Errorf("a project without APIs sees %s", got)
		}
	})
}

func TestUnboundAPIs(t *testing.T) {
	each(t, func(x *fixture) {
		list := func(c *wiretest.Client, query string) string {
			t.Helper()
			var page grants.Unbound
			c.Do("GET", collection+"/unbinded-apis"+query, nil).Want(200).Decode(&page)
			var out []string
			for _, api := range page.APIs {
				out = append(out, api.ID)
			}
			if page.Size != len(out) {
				t.Errorf("%s: size %d with %d entries", query, page.Size, len(out))
			}
			return strings.Join(out, " ")
		}
		inRelease := "?app_id=app2&env_id=" + release
		for query, want := range map[string]string{
			inRelease:                            "api2 api1", // neither apinone nor api3 nor foreign
			inRelease + "&page_size=1&page_no=2": "api1",
			inRelease + "&api_id=api2":           "api2",
			inRelease + "&api_name=API1":         "api1",
			inRelease + "&group_id=g2":           "",
			"?app_id=app2&env_id=e1":             "api1",
		} {
			if got := list(x.alice, query); got != want {
				t.Errorf("%s: %q, want %q", query, got, want)
			}
		}
		r := x.alice.Do("GET", collection+"/unbinded-apis?app_id=app1&env_id=e1", nil).Want(200)
		for path, want := range map[string]string{
			"total": "1", "apis.0.id": "api1", "apis.0.name": "Name_api1", "apis.0.group_id": "g1", "apis.0.group_name": "Group_one",
			"apis.0.remark": "about api1", "apis.0.run_env_name": "TEST", "apis.0.run_env_id": "e1",
			"apis.0.publish_id": "pub-api1-e1", "apis.0.auth_type": "APP", "apis.0.req_uri": "/api1",
		} {
			if got := r.Text(path); got != want {
				t.Errorf("%s is %q, want %q", path, got, want)
			}
		}

		// What is listed can be granted, and is then listed no more.
		x.grant(x.alice, release, "app2", "api2", "api1")
		if got := list(x.alice, inRelease); got != "" {
			t.Errorf("after granting: %q", got)
		}
		if got := list(x.alice, "?app_id=app1&env_id="+release); got != "api2 api1" {
			t.Errorf("of the other app: %q", got)
		}
		if got := list(x.admin, inRelease); got != "foreign" {
			t.Errorf("an administrator sees %q", got)
		}

		x.alice.Do("GET", collection+"/unbinded-apis?env_id=e1", nil).Refused(400, "APIG.2001", "app_id")
		x.alice.Do("GET", collection+"/unbinded-apis?app_id=app1", nil).Refused(400, "APIG.2001", "env_id")
		x.alice.Do("GET", collection+"/unbinded-apis?app_id=nobody&env_id=e1", nil).Refused(404, "APIG.3004", "nobody")
		x.alice.Do("GET", collection+"/unbinded-apis?app_id=app1&env_id=nowhere", nil).Refused(404, "APIG.3003", "nowhere")
		x.alice.Do("GET", collection+"/unbinded-apis?app_id=app1&env_id=e2", nil).Refused(403, "APIG.1103")
	})
}
