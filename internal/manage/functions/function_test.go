package functions_test

import (
	"encoding/base64"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/lintel-gateway/lintel/internal/definition"
	"github.com/lintel-gateway/lintel/internal/function"
	"github.com/lintel-gateway/lintel/internal/function/functiontest"
	"github.com/lintel-gateway/lintel/internal/ids"
	"github.com/lintel-gateway/lintel/internal/manage/functions"
	"github.com/lintel-gateway/lintel/internal/store/storetest"
)

func TestSchemaFiles(t *testing.T) { storetest.Numbered(t, 120, functions.Schema()) }

func TestLife(t *testing.T) {
	each(t, func(x *fixture) {
		urn := prefix + "default:echo"
		echo := functiontest.Echo()
		made := x.alice.Do("POST", collection, wasi("echo", echo, "description", "answers", "user_data", "{}")).Want(200)
		x.touched(urn + ":latest")
		for field, want := range map[string]any{
			"func_urn": urn + ":latest", "func_name": "echo", "domain_id": "d1", "namespace": "p1", "project_name": "One", "package": "default",
			"runtime": "wasi", "timeout": 2.0, "handler": "index.handler", "memory_size": 16.0, "code_type": "inline", "code_size": float64(len(echo)),
			"version": "latest", "description": "answers", "user_data": "{}", "version_description": "", "last_modified": "2026-01-02T03:04:05Z",
		} {
			if got := made.Get(field); got != want {
				x.Errorf("%s is %v, want %v", field, got, want)
			}
		}
		if id := made.Text("resource_id"); !ids.Valid(id) {
			x.Errorf("resource_id is %q", id)
		}
		if digest := made.Text("digest"); len(digest) != 128 || made.Has("http_target") {
			x.Errorf("%s", made.Body)
		}
		published, err := x.area.Contribute(x.Context(), x.db, urn+":latest")
		want := definition.Function{
			URN: urn, Version: "latest", ProjectID: "p1", Runtime: "wasi", Handler: "index.handler", TimeoutMS: 2000, MemoryMB: 16, Module: echo,
		}
		if err != nil || !reflect.DeepEqual(published, want) {
			x.Errorf("%+v, %v", published, err)
		}
		for _, path := range []string{urn, urn + ":latest", urn + "/config", urn + ":latest/config"} {
			if got := x.carol.Do("GET", collection+"/"+path, nil).Want(200); string(got.Body) != string(made.Body) {
				x.Errorf("%s: %s", path, got.Body)
			}
		}
		code := x.alice.Do("GET", collection+"/"+urn+"/code", nil).Want(200)
		if code.Text("func_code.file") != base64.StdEncoding.EncodeToString(echo) || code.Text("func_code.link") != "" || code.Text("func_urn") != urn+":latest" {
			x.Errorf("%s", code.Body)
		}
		x.alice.Do("DELETE", collection+"/"+urn, nil).Want(204)
		x.touched(urn + ":latest")
		x.alice.Do("GET", collection+"/"+urn, nil).Refused(404, "APIG.3019")
		if published, err := x.area.Contribute(x.Context(), x.db, urn+":latest"); published != nil || err != nil {
			x.Errorf("%v, %v", published, err)
		}
		if n := x.count("function_modules") + x.count("function_versions"); n != 0 {
			x.Errorf("%d rows are left", n)
		}
	})
}

func TestTargets(t *testing.T) {
	each(t, func(x *fixture) {
		made := x.alice.Do("POST", collection, http("hook", "https://a.test/x", "package", "web", "code_type", "HTTP")).Want(200)
		urn := prefix + "web:hook"
		if made.Text("func_urn") != urn+":latest" || made.Text("http_target") != "https://a.test/x" || made.Text("code_type") != "http" || made.Text("code_size") != "0" {
			x.Errorf("%s", made.Body)
		}
		x.alice.Do("PUT", collection+"/"+urn+"/code", object{"http_target": "http://b.test"}).Want(200)
		x.touched(urn + ":latest")
		if published, _ := x.area.Contribute(x.Context(), x.db, urn+":latest"); published.(definition.Function).Target != "http://b.test" {
			x.Errorf("%+v", published)
		}
		for target, code := range map[string]string{
			"": "APIG.2001", "ftp://a.test": "APIG.2011", "http://u:p@a.test": "APIG.2011", "http://" + strings.Repeat("a", 1020) + ".test": "APIG.2006",
		} {
			x.alice.Do("POST", collection, http("other", target)).Refused(400, code, "http_target")
			x.alice.Do("PUT", collection+"/"+urn+"/code", object{"http_target": target}).Refused(400, code, "http_target")
		}
	})
}

func TestRefusals(t *testing.T) {
	each(t, func(x *fixture) {
		echo := functiontest.Echo()
		x.alice.Do("POST", collection, wasi("echo", echo)).Want(200)
		urn := prefix + "default:echo"
		for _, c := range []struct {
			body       object
			code, text string
		}{
			{wasi("", echo), "APIG.2001", "func_name"},
			{wasi(strings.Repeat("a", 61), echo), "APIG.2006", "func_name"},
			{wasi("a:b", echo), "APIG.2011", "func_name"},
			{wasi("1a", echo), "APIG.2011", "func_name"},
			{wasi("a_", echo), "APIG.2011", "func_name"},
			{wasi("a", echo, "package", "a b"), "APIG.2011", "package"},
			{wasi("a", echo, "runtime", ""), "APIG.2001", "runtime"},
			{wasi("a", echo, "runtime", "Python3.9"), "APIG.2011", "runtime"},
			{wasi("a", echo, "timeout", nil), "APIG.2001", "timeout"},
			{wasi("a", echo, "timeout", 0), "APIG.2002", "timeout"},
			{wasi("a", echo, "timeout", 61), "APIG.2003", "timeout"},
			{wasi("a", echo, "memory_size", nil), "APIG.2001", "memory_size"},
			{wasi("a", echo, "memory_size", 15), "APIG.2002", "memory_size"},
			{wasi("a", echo, "memory_size", 1025), "APIG.2003", "memory_size"},
			{wasi("a", echo, "handler", strings.Repeat("h", 129)), "APIG.2006", "handler"},
			{wasi("a", echo, "description", "\x01"), "APIG.2011", "description"},
			{wasi("a", echo, "user_data", strings.Repeat("u", 4097)), "APIG.2006", "user_data"},
			{wasi("a", echo, "code_type", "zip"), "APIG.2011", "the code type inline"},
			{wasi("a", echo, "func_code", nil), "APIG.2001", "func_code.file"},
			{wasi("a", echo, "func_code", object{"file": "***"}), "APIG.2016", "func_code.file"},
			{wasi("a", make([]byte, function.MaxModule+1)), "APIG.2006", "func_code.file"},
			{wasi("a", []byte("#!/bin/sh")), "APIG.2011", "not the bytes of a WebAssembly module"},
			{wasi("a", functiontest.Imports("env", "exec")), "APIG.2011", "imports env.exec"},
			{wasi("a", functiontest.Wants(17*16)), "APIG.2002", "begins with 17 MB"},
			{wasi("echo", echo), "APIG.3309", "has a function echo"},
		} {
			x.alice.Do("POST", collection, c.body).Refused(400, c.code, c.text)
		}
		x.alice.Do("PUT", collection+"/"+urn+"/code", object{"func_code": object{"file": "AA=="}}).Refused(400, "APIG.2011", "func_code.file")
		x.alice.Do("PUT", collection+"/"+urn+"/config", object{"timeout": 100}).Refused(400, "APIG.2003", "timeout")
		x.alice.Do("POST", collection, wasi("echo", echo, "package", "another")).Want(200)
		if got := x.alice.Do("GET", collection+"/"+urn, nil).Want(200); got.Text("timeout") != "2" || got.Text("code_size") != fmt.Sprint(len(echo)) {
			x.Errorf("%s", got.Body)
		}
	})
}

func TestProjects(t *testing.T) {
	each(t, func(x *fixture) {
		x.alice.Do("POST", collection, wasi("echo", functiontest.Echo())).Want(200)
		urn := prefix + "default:echo"
		for _, path := range []string{"", "/" + urn, "/" + urn + "/config", "/" + urn + "/code", "/" + urn + "/versions"} {
			x.bob.Do("GET", collection+path, nil).Refused(403, "APIC.7111")
		}
		for _, path := range []string{"", "/" + urn + "/versions", "/" + urn + "/invocations", "/" + urn + "/invocations-async"} {
			x.bob.Do("POST", collection+path, object{}).Refused(403, "APIC.7111")
			x.carol.Do("POST", collection+path, object{}).Refused(403, "APIC.7110")
		}
		x.bob.Do("PUT", collection+"/"+urn+"/code", object{}).Refused(403, "APIC.7111")
		x.bob.Do("PUT", collection+"/"+urn+"/config", object{}).Refused(403, "APIC.7111")
		x.bob.Do("DELETE", collection+"/"+urn, nil).Refused(403, "APIC.7111")
		// The URN of one project under the path of another names nothing.
		x.bob.Do("GET", "/v2/p2/fgs/functions/"+urn, nil).Refused(404, "APIG.3019")
		x.admin.Do("DELETE", "/v2/p2/fgs/functions/"+urn, nil).Refused(404, "APIG.3019")
		for _, bad := range []string{"x", "urn:fss", ":", urn + ":", urn + ":v1", urn + ":latest:latest", strings.ToUpper(urn), strings.Repeat("a", 1000)} {
			x.alice.Do("GET", collection+"/"+bad, nil).Refused(404, "APIG.3019")
		}
		made := x.admin.Do("POST", collection, http("theirs", "http://a.test")).Want(200)
		if made.Text("namespace") != "p1" || made.Text("project_name") != "One" {
			x.Errorf("%s", made.Body)
		}
		x.alice.Do("DELETE", collection+"/"+prefix+"default:theirs", nil).Want(204)
	})
}

func TestChanges(t *testing.T) {
	each(t, func(x *fixture) {
		big := functiontest.Wants(20 * 16)
		x.alice.Do("POST", collection, wasi("f", big, "memory_size", 64)).Want(200)
		urn := prefix + "default:f"
		x.clock.Advance(time.Minute)
		got := x.alice.Do("PUT", collection+"/"+urn+"/config", object{"timeout": 5, "handler": "", "description": "new", "runtime": "wasi"}).Want(200)
		x.touched(urn + ":latest")
		if got.Text("timeout") != "5" || got.Text("handler") != "" || got.Text("description") != "new" || got.Text("memory_size") != "64" ||
			got.Text("last_modified") != "2026-01-02T03:05:05Z" {
			x.Errorf("%s", got.Body)
		}
		x.alice.Do("PUT", collection+"/"+urn+"/config", object{"memory_size": 16}).Refused(400, "APIG.2002", "memory_size", "begins with 20 MB")
		changed := x.alice.Do("PUT", collection+"/"+urn+"/code", object{"code_type": "inline", "func_code": object{"file": base64.StdEncoding.EncodeToString(functiontest.Echo())}}).Want(200)
		x.touched(urn + ":latest")
		if changed.Text("digest") == got.Text("digest") || changed.Text("func_code.file") == "" {
			x.Errorf("%s", changed.Body)
		}
		if n := x.count("function_modules"); n != 1 {
			x.Errorf("%d modules", n)
		}
		x.alice.Do("PUT", collection+"/"+urn+"/config", object{"memory_size": 16}).Want(200)
		x.alice.Do("PUT", collection+"/"+urn+"/code", object{"func_code": object{"file": base64.StdEncoding.EncodeToString(big)}}).Refused(400, "APIG.2002", "memory_size")
	})
}

func TestVersions(t *testing.T) {
	each(t, func(x *fixture) {
		first, second := functiontest.Says("first", ""), functiontest.Says("second", "")
		made := x.alice.Do("POST", collection, wasi("f", first)).Want(200)
		urn := prefix + "default:f"
		at := collection + "/" + urn
		x.clock.Advance(time.Second)
		v1 := x.alice.Do("POST", at+"/versions", nil).Want(200)
		x.touched(urn + ":v1")
		if v1.Text("func_urn") != urn+":v1" || v1.Text("version") != "v1" || v1.Text("digest") != made.Text("digest") {
			x.Errorf("%s", v1.Body)
		}
		x.clock.Advance(time.Second)
		x.alice.Do("PUT", at+"/code", object{"func_code": object{"file": base64.StdEncoding.EncodeToString(second)}}).Want(200)
		x.alice.Do("POST", at+"/versions", object{"version": "stable.2", "description": "tried", "digest": made.Text("digest")}).Refused(400, "APIG.2011", "digest")
		x.clock.Advance(time.Second)
		x.alice.Do("POST", at+":latest/versions", object{"version": "stable.2", "description": "tried"}).Want(200)
		x.touched(urn + ":stable.2")
		for in, code := range map[string]string{"v1": "APIG.3309", "latest": "APIG.2011", "a b": "APIG.2011", strings.Repeat("v", 43): "APIG.2006"} {
			x.alice.Do("POST", at+"/versions", object{"version": in}).Refused(400, code)
		}
		x.alice.Do("POST", at+":v1/versions", nil).Refused(400, "APIG.2011", "published version")
		x.alice.Do("PUT", at+":v1/config", object{"timeout": 3}).Refused(400, "APIG.2011", "published version")
		x.alice.Do("PUT", at+":v1/code", object{}).Refused(400, "APIG.2011", "published version")
		for version, want := range map[string]string{"": "second", ":latest": "second", ":v1": "first", ":stable.2": "second"} {
			if got := x.alice.Do("POST", at+version+"/invocations", nil).Want(200); got.Text("result") != want {
				x.Errorf("%s: %s", version, got.Body)
			}
		}
		list := x.alice.Do("GET", at+"/versions", nil).Want(200)
		if list.Text("count") != "3" || list.Text("next_marker") != "3" || list.Text("versions.0.version") != "latest" || list.Text("versions.1.version") != "stable.2" ||
			list.Text("versions.1.version_description") != "tried" || list.Text("versions.2.func_urn") != urn+":v1" {
			x.Errorf("%s", list.Body)
		}
		page := x.alice.Do("GET", at+"/versions?marker=1&maxitems=1", nil).Want(200)
		if page.Text("next_marker") != "2" || page.Text("versions.0.version") != "stable.2" {
			x.Errorf("%s", page.Body)
		}

		// What is named stays.
		x.alice.Do("DELETE", at+":latest", nil).Refused(400, "APIG.2011", "latest")
		x.exec(`INSERT INTO authorizers VALUES ('z1', '` + urn + `', 'v1')`)
		x.touch = nil
		x.alice.Do("DELETE", at+":v1", nil).Refused(409, "APIC.7701", "authorizer z1")
		x.alice.Do("DELETE", at, nil).Refused(409, "APIC.7701", "authorizer z1")
		x.touched()
		x.alice.Do("DELETE", at+":stable.2", nil).Want(204)
		x.touched(urn + ":stable.2")
		x.exec(`DELETE FROM authorizers`)
		x.exec(`INSERT INTO api_uses VALUES ('api1', 'e', 'function', '` + urn + `')`)
		x.alice.Do("DELETE", at+":v1", nil).Refused(409, "APIC.7701", "API api1")
		x.alice.Do("DELETE", at, nil).Refused(409, "APIC.7701", "API api1")
		x.exec(`DELETE FROM api_uses`)
		x.alice.Do("DELETE", at, nil).Want(204)
		x.touched(urn+":latest", urn+":v1")
		if n := x.count("function_modules"); n != 0 {
			x.Errorf("%d modules are left", n)
		}
	})
}

func TestHowMany(t *testing.T) {
	each(t, func(x *fixture) {
		for i := range 100 {
			x.alice.Do("POST", collection, http(fmt.Sprintf("f%d", i), "http://a.test")).Want(200)
		}
		x.alice.Do("POST", collection, http("more", "http://a.test")).Refused(403, "APIG.3100")
		at := collection + "/" + prefix + "default:f0"
		for range 20 {
			x.alice.Do("POST", at+"/versions", nil).Want(200)
		}
		x.alice.Do("POST", at+"/versions", nil).Refused(403, "APIG.3100")
		x.alice.Do("DELETE", at+":v3", nil).Want(204)
		if got := x.alice.Do("POST", at+"/versions", nil).Want(200).Text("version"); got != "v3" {
			x.Errorf("the next is %s", got)
		}
	})
}

func TestLists(t *testing.T) {
	each(t, func(x *fixture) {
		for _, b := range []object{http("First", "http://a.test"), http("second", "http://a.test", "package", "web"), http("first", "http://a.test", "package", "web")} {
			x.alice.Do("POST", collection, b).Want(200)
			x.clock.Advance(time.Second)
		}
		for query, want := range map[string]string{
			"": "3 3 First second first", "?package_name=web": "2 2 second first", "?func_name=FIRST": "2 2 First first", "?marker=1": "3 3 second first",
			"?marker=1&maxitems=1": "3 2 second", "?maxitems=0": "3 3 First second first", "?maxitems=401&marker=": "3 3 First second first", "?marker=99": "3 99 ",
			"?func_name=%25": "0 0 ",
		} {
			answer := x.alice.Do("GET", collection+query, nil).Want(200)
			var names []string
			for _, f := range answer.Get("functions").([]any) {
				names = append(names, f.(object)["func_name"].(string))
			}
			if got := answer.Text("count") + " " + answer.Text("next_marker") + " " + strings.Join(names, " "); got != want {
				x.Errorf("%s: %q, want %q", query, got, want)
			}
		}
		x.alice.Do("GET", collection+"?maxitems=-1", nil).Refused(400, "APIG.2002", "maxitems")
		x.alice.Do("GET", collection+"?marker=x", nil).Refused(400, "APIG.2011", "marker")
		x.alice.Do("GET", collection+"?marker=99999999999", nil).Refused(400, "APIG.2011", "marker")
		if count := x.bob.Do("GET", "/v2/p2/fgs/functions", nil).Want(200).Text("count"); count != "0" {
			x.Errorf("another project has %s", count)
		}
	})
}
