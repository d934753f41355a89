package api_test

import (
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync"

	"github.com/lintel-gateway/lintel/internal/function/functiontest"
)

var functionKind = kind{name: "function", unknown: "APIG.3019"}

var functionsPart = part{
	paths: map[string][]kind{
		"/v2/{project_id}/fgs/functions":                                  {scopeKind},
		"/v2/{project_id}/fgs/functions/{function_urn}":                   {scopeKind, functionKind},
		"/v2/{project_id}/fgs/functions/{function_urn}/config":            {scopeKind, functionKind},
		"/v2/{project_id}/fgs/functions/{function_urn}/code":              {scopeKind, functionKind},
		"/v2/{project_id}/fgs/functions/{function_urn}/versions":          {scopeKind, functionKind},
		"/v2/{project_id}/fgs/functions/{function_urn}/invocations":       {scopeKind, functionKind},
		"/v2/{project_id}/fgs/functions/{function_urn}/invocations-async": {scopeKind, functionKind},
	},
	fill: func(s *scenario, h *holder) {
		h.ids["function"] = s.function(h.member, h.project, h.marker+"_function", functiontest.Says(h.marker, h.marker))
	},
	empty: func(h *holder) []string { return []string{functionsPath(h.project) + "/" + h.ids["function"]} },
	spare: map[string]func(s *scenario, op *operation, h *holder, name string) (ids, paths []string){
		"function": func(s *scenario, _ *operation, h *holder, name string) (ids, paths []string) {
			urn := s.function(h.member, h.project, name, functiontest.Says("x", ""))
			return []string{h.project, urn}, []string{functionsPath(h.project) + "/" + urn}
		},
		// An administrator creates in any project, known or not; what is made
		// stays.
		"project": func(s *scenario, _ *operation, h *holder, _ string) (ids, paths []string) {
			if h == nil {
				return []string{s.homeID}, nil
			}
			return []string{h.project}, nil
		},
	},
	bodies: map[string]func(s *scenario, h *holder, ids []string) any{
		"fgs:functions:create": func(s *scenario, _ *holder, _ []string) any {
			return target("n"+s.unknown()[:20], "http://a.test")
		},
		"fgs:functions:update_code": func(*scenario, *holder, []string) any { return code(functiontest.Says("y", "")) },
	},
}

func functionsPath(project string) string { return "/v2/" + project + "/fgs/functions" }

// function makes a function with a module and answers its URN without version.
func (s *scenario) function(as *actor, project, name string, module []byte) string {
	s.t.Helper()
	urn := s.do(as, "POST "+functionsPath(project), withModule(name, module)).want(200).text("func_urn")
	return strings.TrimSuffix(urn, ":latest")
}

func code(module []byte) object {
	return object{"code_type": "inline", "func_code": object{"file": base64.StdEncoding.EncodeToString(module)}}
}

func withModule(name string, module []byte) object {
	return with(code(module), "func_name", name, "package", "default", "runtime", "wasi", "handler", "index.handler", "memory_size", 16, "timeout", 1)
}

func target(name, url string) object {
	return object{"func_name": name, "runtime": "http", "memory_size": 128, "timeout": 3, "code_type": "http", "http_target": url}
}

// functionsScenario is the life of functions.
func functionsScenario(s *scenario) {
	own, other := s.tenants()
	at := functionsPath(own.project)
	urn := "urn:fss:" + region + ":" + own.project + ":function:default:greeter"
	module := functiontest.Says(`{"statusCode":200}`, "hello")
	s.do(own.member, "POST "+at, with(withModule("greeter", module), "description", "greets", "user_data", `{"a":"b"}`, "xrole", "", "type", "v2")).want(200).has(fields{
		"func_urn": urn + ":latest", "resource_id": hexID, "func_name": "greeter", "domain_id": "default", "namespace": own.project, "project_name": own.name, "package": "default",
		"runtime": "wasi", "timeout": 1, "handler": "index.handler", "memory_size": 16, "code_type": "inline", "code_size": len(module), "digest": anyDigest,
		"version": "latest", "description": "greets", "version_description": "", "user_data": `{"a":"b"}`, "last_modified": moment, "http_target": gone{},
	})
	s.do(own.member, "POST "+at, target("caller", "https://a.test/f")).want(200).has(fields{
		"runtime": "http", "code_type": "http", "http_target": "https://a.test/f", "code_size": 0, "digest": "", "handler": "",
	})
	theirs := s.function(other.member, other.project, "greeter", module) // names are the project's own
	s.functionReads(own, other, at, urn, theirs)
	s.functionCreation(own, other, at, module)
	s.functionChanges(own, other, at, urn)
	s.functionVersions(own, other, at, urn)
	s.invocations(own, other, at, urn)
	s.functionEnds(own, other, at, urn)
	s.functionQuotas(other)
}

var anyDigest = regexp.MustCompile(`^[0-9a-f]{128}$`)

func (s *scenario) functionReads(own, other *tenant, at, urn, theirs string) {
	for _, path := range []string{"", "/config", "/code"} {
		call := "GET " + at + "/" + urn + path
		s.rows([]row{
			{name: "show" + path, as: own.reader, call: call, status: 200, fields: fields{"func_urn": urn + ":latest", "func_name": "greeter", "last_modified": moment}},
			{name: "latest" + path, as: s.admin, call: "GET " + at + "/" + urn + ":latest" + path, status: 200, fields: fields{"func_urn": urn + ":latest"}},
			{name: "a foreign project" + path, as: other.member, call: call, status: 403, code: "APIC.7111"},
			{name: "a foreign function" + path, as: own.member, call: "GET " + at + "/" + theirs + path, status: 404, code: "APIG.3019"},
			{name: "an unknown version" + path, as: own.member, call: "GET " + at + "/" + urn + ":v7" + path, status: 404, code: "APIG.3019"},
			{name: "nobody" + path, as: nobody, call: call, status: 401, code: "APIG.1000"},
		})
	}
	s.get(own.reader, at+"/"+urn+"/code").has(fields{
		"func_code.file": base64.StdEncoding.EncodeToString(functiontest.Says(`{"statusCode":200}`, "hello")), "func_code.link": "", "code_type": "inline", "digest": anyDigest,
	})
	for query, want := range map[string]string{
		"": "greeter caller", "?marker=1": "caller", "?maxitems=1": "greeter", "?package_name=web": "", "?func_name=CALL": "caller", "?maxitems=1000&marker=0": "greeter caller",
	} {
		if got := s.get(own.reader, at+query).each("functions", "func_name"); got != want {
			s.t.Errorf("%s: %q, want %q", query, got, want)
		}
	}
	s.rows([]row{
		{name: "list", as: own.member, call: "GET " + at + "?maxitems=1", status: 200, fields: fields{"count": 2, "next_marker": 1, "functions.0.func_urn": urn + ":latest", "functions.0.version": "latest"}},
		{name: "a negative page", as: own.member, call: "GET " + at + "?maxitems=-1", status: 400, code: "APIG.2002", text: "parameterName:maxitems"},
		{name: "a marker that is no number", as: own.member, call: "GET " + at + "?marker=a", status: 400, code: "APIG.2011", text: "parameterName:marker"},
		{name: "another project's list", as: other.member, call: "GET " + at, status: 403, code: "APIC.7111"},
	})
}

func (s *scenario) functionCreation(own, other *tenant, at string, module []byte) {
	body := func(pairs ...any) object { return with(withModule("another", module), pairs...) }
	call := "POST " + at
	s.rows([]row{
		{name: "no name", as: own.member, call: call, body: body("func_name", nil), status: 400, code: "APIG.2001", text: "parameterName:func_name"},
		{name: "a colon in the name", as: own.member, call: call, body: body("func_name", "a:b"), status: 400, code: "APIG.2011", text: "parameterName:func_name"},
		{name: "a long name", as: own.member, call: call, body: body("func_name", many("a", 61)), status: 400, code: "APIG.2006", text: "parameterName:func_name"},
		{name: "another runtime", as: own.member, call: call, body: body("runtime", "Node.js18.15"), status: 400, code: "APIG.2011", text: "parameterName:runtime"},
		{name: "another code type", as: own.member, call: call, body: body("code_type", "obs"), status: 400, code: "APIG.2011", text: "the code type inline"},
		{name: "no time", as: own.member, call: call, body: body("timeout", 0), status: 400, code: "APIG.2002", text: "parameterName:timeout"},
		{name: "much time", as: own.member, call: call, body: body("timeout", 61), status: 400, code: "APIG.2003", text: "parameterName:timeout"},
		{name: "no code", as: own.member, call: call, body: body("func_code", nil), status: 400, code: "APIG.2001", text: "parameterName:func_code.file"},
		{name: "no Base64", as: own.member, call: call, body: body("func_code", object{"file": "<wasm>"}), status: 400, code: "APIG.2016", text: "parameterName:func_code.file"},
		{name: "garbage", as: own.member, call: call, body: withModule("another", []byte("garbage")), status: 400, code: "APIG.2011", text: "WebAssembly"},
		{name: "another host", as: own.member, call: call, body: withModule("another", functiontest.Imports("env", "system")), status: 400, code: "APIG.2011", text: "imports env.system"},
		{name: "a large module", as: own.member, call: call, body: withModule("another", make([]byte, 8<<20+1)), status: 400, code: "APIG.2006", text: "parameterName:func_code.file"},
		{name: "more memory than it has", as: own.member, call: call, body: withModule("another", functiontest.Wants(16*20)), status: 400, code: "APIG.2002", text: "begins with 20 MB"},
		{name: "a target of files", as: own.member, call: call, body: target("another", "file:///etc/passwd"), status: 400, code: "APIG.2011", text: "parameterName:http_target"},
		{name: "a taken name", as: own.member, call: call, body: withModule("greeter", module), status: 400, code: "APIG.3309", text: "has a function greeter"},
		{name: "a foreign project", as: other.member, call: call, body: body(), status: 403, code: "APIC.7111"},
		{name: "a reader", as: own.reader, call: call, body: body(), status: 403, code: "APIC.7110"},
		{name: "nobody", as: nobody, call: call, body: body(), status: 401, code: "APIG.1000"},
	})
}

func (s *scenario) functionChanges(own, other *tenant, at, urn string) {
	config, body := "PUT "+at+"/"+urn+"/config", "PUT "+at+"/"+urn+"/code"
	s.rows([]row{
		{name: "change how it runs", as: own.member, call: config, body: object{"timeout": 2, "description": "greets all"}, status: 200, fields: fields{"timeout": 2, "description": "greets all", "memory_size": 16, "handler": "index.handler"}},
		{name: "no time", as: own.member, call: config, body: object{"timeout": 0}, status: 400, code: "APIG.2002", text: "parameterName:timeout"},
		{name: "much memory", as: own.member, call: config, body: object{"memory_size": 2048}, status: 400, code: "APIG.2003", text: "parameterName:memory_size"},
		{name: "a long handler", as: own.member, call: config, body: object{"handler": many("h", 129)}, status: 400, code: "APIG.2006", text: "parameterName:handler"},
		{name: "control characters", as: own.member, call: config, body: object{"user_data": "\x07"}, status: 400, code: "APIG.2011", text: "parameterName:user_data"},
		{name: "an unknown function", as: own.member, call: "PUT " + at + "/nothing/config", body: object{}, status: 404, code: "APIG.3019"},
		{name: "a foreign project", as: other.member, call: config, body: object{}, status: 403, code: "APIC.7111"},
		{name: "a reader", as: own.reader, call: config, body: object{}, status: 403, code: "APIC.7110"},

		{name: "another module", as: own.member, call: body, body: code(functiontest.Echo()), status: 200, fields: fields{"code_size": len(functiontest.Echo()), "func_urn": urn + ":latest", "digest": anyDigest}},
		{name: "no module", as: own.member, call: body, body: object{"code_type": "inline"}, status: 400, code: "APIG.2001", text: "parameterName:func_code.file"},
		{name: "no Base64", as: own.member, call: body, body: object{"func_code": object{"file": "é"}}, status: 400, code: "APIG.2016", text: "parameterName:func_code.file"},
		{name: "a large module", as: own.member, call: body, body: code(make([]byte, 8<<20+1)), status: 400, code: "APIG.2006", text: "parameterName:func_code.file"},
		{name: "garbage", as: own.member, call: body, body: code([]byte("garbage")), status: 400, code: "APIG.2011", text: "WebAssembly"},
		{name: "more memory than it has", as: own.member, call: body, body: code(functiontest.Wants(16 * 20)), status: 400, code: "APIG.2002", text: "begins with 20 MB"},
		{name: "code of an unknown function", as: own.member, call: "PUT " + at + "/nothing/code", body: object{}, status: 404, code: "APIG.3019"},
		{name: "code in a foreign project", as: other.member, call: body, body: object{}, status: 403, code: "APIC.7111"},
		{name: "a reader's code", as: own.reader, call: body, body: object{}, status: 403, code: "APIC.7110"},
	})
}

func (s *scenario) functionVersions(own, other *tenant, at, urn string) {
	call := "POST " + at + "/" + urn + "/versions"
	s.rows([]row{
		{name: "publish", as: own.member, call: call, body: object{"version": "v1", "description": "first"}, status: 200, fields: fields{"func_urn": urn + ":v1", "version": "v1", "version_description": "first", "timeout": 2}},
		{name: "publish with no word", as: own.member, call: call, status: 200, fields: fields{"version": "v2"}},
		{name: "publish twice", as: own.member, call: call, body: object{"version": "v1"}, status: 400, code: "APIG.3309", text: "has a version v1"},
		{name: "publish latest", as: own.member, call: call, body: object{"version": "latest"}, status: 400, code: "APIG.2011", text: "parameterName:version"},
		{name: "publish what was published", as: own.member, call: "POST " + at + "/" + urn + ":v1/versions", status: 400, code: "APIG.2011", text: "parameterName:function_urn"},
		{name: "a long version", as: own.member, call: call, body: object{"version": many("v", 43)}, status: 400, code: "APIG.2006", text: "parameterName:version"},
		{name: "publish nothing", as: own.member, call: "POST " + at + "/nothing/versions", status: 404, code: "APIG.3019"},
		{name: "publish in a foreign project", as: other.member, call: call, status: 403, code: "APIC.7111"},
		{name: "a reader publishes", as: own.reader, call: call, status: 403, code: "APIC.7110"},

		{name: "list", as: own.reader, call: "GET " + at + "/" + urn + "/versions", status: 200, fields: fields{"count": 3, "next_marker": 3, "versions.0.version": "latest", "versions.2.func_urn": urn + ":v1", "versions.2.version_description": "first"}},
		{name: "list a page", as: own.member, call: "GET " + at + "/" + urn + "/versions?marker=2&maxitems=1", status: 200, fields: fields{"count": 3, "next_marker": 3, "versions.0.version": "v1", "versions.1": gone{}}},
		{name: "list before the first", as: own.member, call: "GET " + at + "/" + urn + "/versions?marker=-1", status: 400, code: "APIG.2002", text: "parameterName:marker"},
		{name: "list from no number", as: own.member, call: "GET " + at + "/" + urn + "/versions?marker=x", status: 400, code: "APIG.2011", text: "parameterName:marker"},
		{name: "list of nothing", as: own.member, call: "GET " + at + "/nothing/versions", status: 404, code: "APIG.3019"},
		{name: "a foreign list", as: other.member, call: "GET " + at + "/" + urn + "/versions", status: 403, code: "APIC.7111"},
		{name: "change what was published", as: own.member, call: "PUT " + at + "/" + urn + ":v1/config", body: object{"timeout": 9}, status: 400, code: "APIG.2011", text: "parameterName:function_urn"},
		{name: "show a version", as: own.member, call: "GET " + at + "/" + urn + ":v1", status: 200, fields: fields{"version": "v1", "timeout": 2}},
	})
}

func (s *scenario) invocations(own, other *tenant, at, urn string) {
	// The module echoes by now.
	failing := s.function(own.member, own.project, "failing", functiontest.Exits(3))
	looping := s.function(own.member, own.project, "looping", functiontest.Loops())
	requestID := hexID
	s.rows([]row{
		{name: "invoke", as: own.member, call: "POST " + at + "/" + urn + "/invocations", body: `{"k" : "v"}`, status: 200, fields: fields{"request_id": requestID, "result": `{"k" : "v"}`, "log": "", "status": 200}},
		{name: "invoke a version", as: own.member, call: "POST " + at + "/" + urn + ":v1/invocations", body: object{}, status: 200, fields: fields{"result": "{}"}},
		{name: "invoke with nothing", as: own.member, call: "POST " + at + "/" + urn + "/invocations", status: 200, fields: fields{"result": "{}"}},
		{name: "a function that fails", as: own.member, call: "POST " + at + "/" + failing + "/invocations", body: object{}, status: 200,
			fields: fields{"status": 500, "log": "about to end", "result": `{"errorType":"FunctionFailed","errorMessage":"the function ended with code 3"}`}},
		{name: "a function that does not end", as: own.member, call: "POST " + at + "/" + looping + "/invocations", body: object{}, status: 200,
			fields: fields{"status": 500, "result": `{"errorType":"Timeout","errorMessage":"the function was stopped: it may run for 1000 ms"}`}},
	})
	for _, path := range []string{"/invocations", "/invocations-async"} {
		s.rows([]row{
			{name: "a list" + path, as: own.member, call: "POST " + at + "/" + urn + path, body: list{}, status: 400, code: "APIG.2000", text: "must be an object"},
			{name: "nothing" + path, as: own.member, call: "POST " + at + "/nothing" + path, body: object{}, status: 404, code: "APIG.3019"},
			{name: "a foreign project" + path, as: other.member, call: "POST " + at + "/" + urn + path, body: object{}, status: 403, code: "APIC.7111"},
			{name: "a reader" + path, as: own.reader, call: "POST " + at + "/" + urn + path, body: object{}, status: 403, code: "APIC.7110"},
			{name: "nobody" + path, as: nobody, call: "POST " + at + "/" + urn + path, body: object{}, status: 401, code: "APIG.1000"},
		})
	}
	s.targets(own, at)
	s.crowded(own, at)
}

// targets: an http function is called with the event.
func (s *scenario) targets(own *tenant, at string) {
	called := make(chan string, 2)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		event, _ := io.ReadAll(r.Body)
		called <- string(event)
		_, _ = io.WriteString(w, "pong")
	}))
	defer server.Close()
	hook := s.do(own.member, "POST "+at, target("hook", server.URL)).want(200).text("func_urn")
	s.do(own.member, "POST "+at+"/"+hook+"/invocations", object{"a": 1}).want(200).has(fields{"result": "pong", "status": 200})
	s.do(own.member, "POST "+at+"/"+hook+"/invocations-async", object{"b": 2}).want(202).has(fields{"request_id": hexID})
	if first, second := <-called, <-called; first != `{"a":1}` || second != `{"b":2}` {
		s.t.Errorf("called with %s and %s", first, second)
	}
}

// crowded: the calls of one function that are under way are few.
func (s *scenario) crowded(own *tenant, at string) {
	sleeping := s.function(own.member, own.project, "sleeping", functiontest.Sleeps(900, "x"))
	call := "POST " + at + "/" + sleeping
	refused := 0
	for range 40 {
		if a := s.do(own.member, call+"/invocations-async", object{}); a.status != 202 {
			a.refused(500, "APIG.9008", "Too many requests")
			refused++
			break
		}
	}
	a := s.do(own.member, call+"/invocations", object{})
	if a.refused(500, "APIG.9008", "Too many requests"); refused == 0 {
		a.errorf("40 calls were taken")
	}
	var all sync.WaitGroup
	all.Go(func() { // another function is not kept waiting
		s.do(own.member, "POST "+at+"/urn:fss:"+region+":"+own.project+":function:default:greeter/invocations", object{}).has(fields{"result": "{}"})
	})
	all.Wait()
}

// functionEnds: what is named stays.
func (s *scenario) functionEnds(own, other *tenant, at, urn string) {
	group := s.group(own.member, "functions")
	api := s.api(own.member, with(mock(group, "function_api", "/f"), "mock_info", nil, "backend_type", "FUNCTION",
		"func_info", object{"function_urn": urn, "version": "v1", "invocation_type": "sync", "timeout": 5000}))
	s.rows([]row{
		{name: "an API names it", as: own.member, call: "DELETE " + at + "/" + urn, status: 409, code: "APIC.7701", text: "API " + api + " names the function"},
		{name: "an API names its version", as: own.member, call: "DELETE " + at + "/" + urn + ":v1", status: 409, code: "APIC.7701", text: "API " + api},
	})
	s.remove(own.member, "apis/"+api)
	authorizer := s.post(own.member, "authorizers", authorizer("uses_v2", urn+":v2")).text("id")
	s.rows([]row{
		{name: "an authorizer names it", as: own.member, call: "DELETE " + at + "/" + urn, status: 409, code: "APIC.7701", text: "authorizer " + authorizer},
		{name: "an authorizer names its version", as: own.member, call: "DELETE " + at + "/" + urn + ":v2", status: 409, code: "APIC.7701", text: "authorizer " + authorizer},
		{name: "delete a version", as: own.member, call: "DELETE " + at + "/" + urn + ":v1", status: 204},
		{name: "delete it again", as: own.member, call: "DELETE " + at + "/" + urn + ":v1", status: 404, code: "APIG.3019"},
	})
	s.remove(own.member, "authorizers/"+authorizer)
	s.rows([]row{
		{name: "delete latest", as: own.member, call: "DELETE " + at + "/" + urn + ":latest", status: 400, code: "APIG.2011", text: "parameterName:function_urn"},
		{name: "delete in a foreign project", as: other.member, call: "DELETE " + at + "/" + urn, status: 403, code: "APIC.7111"},
		{name: "a reader deletes", as: own.reader, call: "DELETE " + at + "/" + urn, status: 403, code: "APIC.7110"},
		{name: "delete", as: own.member, call: "DELETE " + at + "/" + urn, status: 204},
		{name: "show what was deleted", as: own.member, call: "GET " + at + "/" + urn + ":v2", status: 404, code: "APIG.3019"},
	})
}

func (s *scenario) functionQuotas(other *tenant) {
	at := functionsPath(other.project)
	for i := 1; i < 100; i++ { // one is there
		s.do(other.member, "POST "+at, target(fmt.Sprintf("f%d", i), "http://a.test")).want(200)
	}
	s.do(other.member, "POST "+at, target("one-more", "http://a.test")).refused(403, "APIG.3100", "")
	urn := "urn:fss:" + region + ":" + other.project + ":function:default:f1"
	for range 20 {
		s.do(other.member, "POST "+at+"/"+urn+"/versions", nil).want(200)
	}
	s.do(other.member, "POST "+at+"/"+urn+"/versions", nil).refused(403, "APIG.3100", "")
}
