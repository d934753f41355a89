package apis_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/lintel-gateway/lintel/internal/definition"
	"github.com/lintel-gateway/lintel/internal/quota"
	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/store/storetest"
	"github.com/lintel-gateway/lintel/internal/wire/apig"
)

const publishPath = "/v1.0/apigw/apis/publish"

// last is the newest record that gateways got, decoded when it is an API.
func (f *fixture) last() (definition.Record, definition.API) {
	f.t.Helper()
	r := f.sent[len(f.sent)-1]
	var api definition.API
	if !r.Deleted() {
		if err := json.Unmarshal(r.Body, &api); err != nil {
			f.t.Fatal(err)
		}
	}
	return r, api
}

func TestPublish(t *testing.T) {
	storetest.Each(t, schemas(), func(t *testing.T, db *store.DB) {
		f := serve(t, db, quota.Default())
		group := f.group("shop")
		env := f.Do("POST", "/v1.0/apigw/envs", map[string]any{"name": "DEV"}).Want(201).Text("id")
		id := f.register(web(group, "orders", "/orders"))
		in := map[string]any{"env_id": env, "remark": "first"}

		// A variable that the environment lacks refuses the publication whole.
		f.Do("POST", publishPath+"/"+id, in).Refused(400, "APIG.2011", "address")
		if f.rows("api_versions") != 0 || f.rows("api_publications") != 0 {
			t.Error("a refused publication left rows")
		}
		f.Do("POST", "/v1.0/apigw/env-variables", map[string]any{
			"env_id": env, "group_id": group, "variable_name": "address", "variable_value": "192.0.2.5",
		}).Want(201)
		p := f.Do("POST", publishPath+"/"+id, in).Want(201)
		if p.Get("api_id") != id || p.Get("env_id") != env || p.Get("remark") != "first" || p.Get("publish_time") != "2026-01-02T03:04:05.678901Z" {
			t.Errorf("publication: %s", p.Body)
		}
		record, api := f.last()
		if record.ID != id+"/"+env || api.EnvName != "DEV" || api.ProjectID != "p1" || api.Backend.HTTP.Address != "192.0.2.5:8080" ||
			api.VersionID != p.Text("version_id") || api.PublishID != p.Text("publish_id") {
			t.Errorf("record %s: %s", record.Key, record.Body)
		}

		// Editing the draft, or the variable's disappearance, changes nothing that runs.
		f.Do("PUT", "/v1.0/apigw/apis/"+id, mock(group, "orders", "/elsewhere")).Want(200)
		run := f.Do("GET", "/v1.0/apigw/apis/runtime/"+id+"?env_id="+env, nil).Want(200)
		if run.Get("req_uri") != "/orders" || run.Get("backend_type") != "HTTP" || run.Has("backend_api") || run.Get("run_env_name") != "DEV" ||
			!strings.HasSuffix(run.Text("sl_domain"), ".apigw.test") {
			t.Errorf("runtime: %s", run.Body)
		}
		if got, _ := f.last(); got.Revision != record.Revision {
			t.Errorf("editing a draft sent %s", got.Key)
		}
		shown := f.Do("GET", "/v1.0/apigw/apis/"+id, nil).Want(200)
		if shown.Get("run_env_name") != "DEV" || shown.Get("run_env_id") != env || shown.Get("publish_id") != p.Text("publish_id") {
			t.Errorf("published draft: %s", shown.Body)
		}
		f.clock.Advance(time.Minute)
		f.publish(id, releaseEnv)
		if got := f.Do("GET", "/v1.0/apigw/apis/"+id, nil).Text("run_env_name"); got != "DEV|RELEASE" {
			t.Errorf("run_env_name %q", got)
		}
		if _, api := f.last(); api.EnvName != "RELEASE" || api.Path != "/elsewhere" || api.Backend.Mock == nil {
			t.Errorf("published to RELEASE: %+v", api)
		}

		// A published API stays; taken offline everywhere, it goes with all it had.
		f.Do("DELETE", "/v1.0/apigw/apis/"+id, nil).Refused(403, "APIG.3416")
		f.Do("DELETE", publishPath+"/"+id+"?env_id="+env, nil).Want(204)
		if record, _ := f.last(); !record.Deleted() || record.ID != id+"/"+env {
			t.Errorf("offline sent %s", record.Key)
		}
		f.Do("GET", "/v1.0/apigw/apis/runtime/"+id+"?env_id="+env, nil).Refused(404, "APIG.3015")
		f.Do("DELETE", publishPath+"/"+id+"?env_id="+env, nil).Refused(404, "APIG.3015")
		f.Do("DELETE", publishPath+"/"+id+"?env_id="+releaseEnv, nil).Want(204)
		f.Do("DELETE", "/v1.0/apigw/apis/"+id, nil).Want(204)
		if f.rows("api_versions") != 0 || f.rows("records") != 1 { // the group's record stays
			t.Errorf("%d versions and %d records left", f.rows("api_versions"), f.rows("records"))
		}
	})
}

func TestVersions(t *testing.T) {
	storetest.Each(t, schemas(), func(t *testing.T, db *store.DB) {
		f := serve(t, db, quota.Default())
		group := f.group("shop")
		id := f.register(mock(group, "hello", "/hello"))
		var versions []string
		for i := range 12 {
			f.clock.Advance(time.Minute)
			f.Do("PUT", "/v1.0/apigw/apis/"+id, mock(group, "hello", fmt.Sprintf("/hello/%d", i))).Want(200)
			versions = append(versions, f.publish(id, releaseEnv))
		}
		list := f.Do("GET", publishPath+"/"+id, nil).Want(200)
		if list.Get("total") != 10.0 || list.Get("size") != 10.0 {
			t.Fatalf("versions kept: %s", list.Body)
		}
		for i, v := range list.Get("api_versions").([]any) {
			got, status := v.(map[string]any), 2.0
			if i == 0 {
				status = 1
			}
			if got["version_id"] != versions[11-i] || got["status"] != status || got["env_name"] != "RELEASE" || len(got["version_no"].(string)) != 14 {
				t.Errorf("version %d: %v", i, got)
			}
		}
		for query, want := range map[string]float64{
			"?env_name=RELEASE": 10, "?env_name=DEV": 0, "?env_id=" + releaseEnv: 10, "?env_id=x": 0,
		} {
			if got := f.Do("GET", publishPath+"/"+id+query, nil).Want(200).Get("total"); got != want {
				t.Errorf("%s: total %v, want %v", query, got, want)
			}
		}
		shown := f.Do("GET", "/v1.0/apigw/apis/versions/"+versions[5], nil).Want(200)
		if shown.Get("req_uri") != "/hello/5" || shown.Get("version_id") != versions[5] || shown.Get("id") != id ||
			shown.Get("mock_info.result_content") != "hi" || shown.Get("group_name") != "shop" || len(shown.Get("sl_domains").([]any)) != 1 {
			t.Errorf("version: %s", shown.Body)
		}
		f.Do("GET", "/v1.0/apigw/apis/versions/"+versions[0], nil).Refused(404, "APIG.3022", versions[0]) // forgotten
		f.As(foreign).Do("GET", "/v1.0/apigw/apis/versions/"+versions[5], nil).Refused(403, "APIG.1102")
		f.As(foreign).Do("DELETE", "/v1.0/apigw/apis/versions/"+versions[11], nil).Refused(403, "APIG.1102")
		f.Do("DELETE", "/v1.0/apigw/apis/versions/"+versions[5], nil).Refused(404, "APIG.3015") // not in force
		f.Do("DELETE", "/v1.0/apigw/apis/versions/"+versions[11], nil).Want(204)
		if record, _ := f.last(); !record.Deleted() {
			t.Errorf("offline by version sent %s", record.Body)
		}
		f.Do("DELETE", "/v1.0/apigw/apis/versions/"+versions[11], nil).Refused(404, "APIG.3015")
	})
}

func TestReleaseRefusals(t *testing.T) {
	storetest.Each(t, schemas(), func(t *testing.T, db *store.DB) {
		f := serve(t, db, quota.Default())
		id := f.register(mock(f.group("shop"), "hello", "/hello"))
		abroad := f.As(foreign).Do("POST", "/v1.0/apigw/envs", map[string]any{"name": "DEV"}).Want(201).Text("id")
		release := map[string]any{"env_id": releaseEnv}
		for _, c := range []struct {
			name, as, method, path string
			body                   any
			status                 int
			code, text             string
		}{
			{"no environment", member, "POST", "/publish/" + id, map[string]any{}, 400, "APIG.2001", "env_id"},
			{"long remark", member, "POST", "/publish/" + id, map[string]any{"env_id": releaseEnv, "remark": strings.Repeat("x", 256)}, 400, "APIG.2006", "remark"},
			{"unknown environment", member, "POST", "/publish/" + id, map[string]any{"env_id": "nope"}, 404, "APIG.3003", "nope"},
			{"foreign environment", member, "POST", "/publish/" + id, map[string]any{"env_id": abroad}, 403, "APIG.1103", ""},
			{"an administrator mixes projects", admin, "POST", "/publish/" + id, map[string]any{"env_id": abroad}, 400, "APIG.1201", ""},
			{"unknown API", member, "POST", "/publish/nope", release, 404, "APIG.3002", "nope"},
			{"foreign API", foreign, "POST", "/publish/" + id, release, 403, "APIG.1102", ""},
			{"a reader publishes", reader, "POST", "/publish/" + id, release, 403, "APIC.7110", ""},
			{"offline without environment", member, "DELETE", "/publish/" + id, nil, 400, "APIG.2001", "env_id"},
			{"offline, never published", member, "DELETE", "/publish/" + id + "?env_id=" + releaseEnv, nil, 404, "APIG.3015", ""},
			{"offline, foreign", foreign, "DELETE", "/publish/" + id + "?env_id=" + releaseEnv, nil, 403, "APIG.1102", ""},
			{"versions, foreign", foreign, "GET", "/publish/" + id, nil, 403, "APIG.1102", ""},
			{"versions, page too large", member, "GET", "/publish/" + id + "?page_size=501", nil, 400, "APIG.2003", ""},
			{"unknown version", member, "GET", "/versions/nope", nil, 404, "APIG.3022", "nope"},
			{"offline of an unknown version", member, "DELETE", "/versions/nope", nil, 404, "APIG.3022", "nope"},
			{"runtime, never published", member, "GET", "/runtime/" + id, nil, 404, "APIG.3015", ""},
			{"runtime, foreign", foreign, "GET", "/runtime/" + id, nil, 403, "APIG.1102", ""},
			{"batch without APIs", member, "POST", "/publish", release, 400, "APIG.2001", "apis"},
			{"batch of 1001", member, "POST", "/publish", map[string]any{"env_id": releaseEnv, "apis": make([]string, 1001)}, 400, "APIG.2006", "apis"},
			{"batch with a bad action", member, "POST", "/publish?action=toggle", map[string]any{"env_id": releaseEnv, "apis": []string{id}}, 400, "APIG.2011", "action"},
			{"batch to an unknown environment", member, "POST", "/publish", map[string]any{"env_id": "nope", "apis": []string{id}}, 404, "APIG.3003", ""},
		} {
			t.Run(c.name, func(t *testing.T) {
				f.As(c.as).For(t).Do(c.method, "/v1.0/apigw/apis"+c.path, c.body).Refused(c.status, c.code, c.text)
				if f.rows("api_versions") != 0 || f.rows("api_publications") != 0 {
					t.Error("a refused request left rows")
				}
			})
		}

		// What no gateway can serve is refused with the gateway's reason and leaves nothing.
		f.refuse = func(definition.Record) error { return apig.Invalid("auth_type") }
		f.Do("POST", publishPath+"/"+id, release).Refused(400, "APIG.2011", "auth_type")
		f.refuse = func(definition.Record) error { return errors.New("the router is broken at 0xdeadbeef") }
		f.Do("POST", publishPath+"/"+id, release).Refused(500, "APIG.9999")
		if f.rows("api_versions") != 0 || f.rows("records") != 1 {
			t.Error("a release that no gateway can serve left rows")
		}
	})
}

func TestBatch(t *testing.T) {
	storetest.Each(t, schemas(), func(t *testing.T, db *store.DB) {
		f := serve(t, db, quota.Default())
		group := f.group("shop")
		one, two := f.register(mock(group, "one", "/1")), f.register(mock(group, "two", "/2"))
		broken := f.register(web(group, "three", "/3"))
		abroad := f.As(foreign)
		theirs := abroad.Do("POST", "/v1.0/apigw/api-groups", map[string]any{"name": "abroad"}).Want(201).Text("id")
		foreignAPI := abroad.Do("POST", "/v1.0/apigw/apis", mock(theirs, "four", "/4")).Want(201).Text("id")
		in := map[string]any{"env_id": releaseEnv, "remark": "all", "apis": []string{one, "nope", broken, two, one, foreignAPI}}
		got := f.Do("POST", publishPath+"?action=online", in).Want(200)
		var ok []string
		for _, s := range got.Get("success").([]any) {
			ok = append(ok, s.(map[string]any)["api_name"].(string))
		}
		if strings.Join(ok, ",") != "one,two" {
			t.Errorf("published %v: %s", ok, got.Body)
		}
		want := []string{"APIG.3002 api with id nope not found", "APIG.2011 ", "APIG.1102 "}
		failures := got.Get("failure").([]any)
		if len(failures) != len(want) {
			t.Fatalf("failures: %s", got.Body)
		}
		for i, w := range want {
			got := failures[i].(map[string]any)
			if line := fmt.Sprint(got["error_code"], " ", got["error_msg"]); !strings.HasPrefix(line, w) {
				t.Errorf("failure %d: %s, want %s", i, line, w)
			}
		}
		if n := f.rows("api_publications"); n != 2 {
			t.Errorf("%d publications", n)
		}
		off := f.Do("POST", publishPath+"?action=offline", map[string]any{"env_id": releaseEnv, "apis": []string{one, broken}}).Want(200)
		if off.Get("success.0.api_id") != one || off.Get("failure.0.error_code") != "APIG.3015" || f.rows("api_publications") != 1 {
			t.Errorf("offline: %s", off.Body)
		}
	})
}
