package openapi_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/lintel-gateway/lintel/internal/manage/apis/openapi"
)

// swagger is a Swagger 2.0 document with the given paths, in YAML.
func swagger(paths string) string {
	return "swagger: '2.0'\ninfo: {title: Orders, description: about orders, version: '1'}\npaths:\n" + paths
}

// get is an operation with a MOCK backend.
const get = `
    get:
      operationId: %s
      responses: {default: {description: any}}
      x-apigateway-backend: {type: MOCK, mockEndpoints: {result-content: hi}}
`

func mocks(pairs ...string) string {
	var b strings.Builder
	for i := 0; i < len(pairs); i += 2 {
		b.WriteString("  " + pairs[i] + ":" + strings.Replace(get, "%s", pairs[i+1], 1))
	}
	return swagger(b.String())
}

// sample is the request of 4.18.3, written out: its print has lost brackets.
const sample = `{
  "swagger": "2.0",
  "info": {"description": "api group test", "title": "APIGroup_test", "version": "2019-09-12-17:38:10"},
  "paths": {"/test/{path}": {"get": {
    "security": [{"apig-auth-app": []}],
    "description": "api test",
    "schemes": ["https"],
    "operationId": "API_test",
    "parameters": [
      {"type": "string", "description": "header parameter", "name": "header", "in": "header", "required": true},
      {"type": "string", "description": "path parameter", "name": "path", "in": "path", "required": true},
      {"type": "number", "default": "123", "description": "query parameter", "name": "query", "in": "query"}
    ],
    "responses": {
      "default": {"$ref": "#/responses/default"},
      "x-apigateway-result-failure-sample": "",
      "x-apigateway-result-normal-sample": "success"
    },
    "x-apigateway-backend": {
      "httpEndpoints": {"address": "1.1.1.1:443", "description": "", "method": "GET", "path": "/test/{path}", "scheme": "https", "timeout": 5000},
      "parameters": [
        {"description": "", "in": "HEADER", "name": "header", "origin": "REQUEST", "value": "header"},
        {"description": "", "in": "PATH", "name": "path", "origin": "REQUEST", "value": "path"},
        {"description": "", "in": "QUERY", "name": "query", "origin": "REQUEST", "value": "query"}
      ],
      "type": "HTTP"
    },
    "x-apigateway-backend-policies": [{
      "conditions": [
        {"origin": "param", "parameter": "path", "type": "exact", "value": "path"},
        {"origin": "source", "parameter": "", "type": "", "value": "1.0.0.0/8"}
      ],
      "effectMode": "ANY",
      "httpVpcEndpoints": {"method": "POST", "name": "VPC_n9ct", "path": "/", "scheme": "HTTPS", "timeout": 5000},
      "name": "policy_test",
      "type": "HTTP-VPC"
    }],
    "x-apigateway-cors": false,
    "x-apigateway-match-mode": "NORMAL",
    "x-apigateway-request-type": "public"
  }}},
  "responses": {"default": {"description": "response example"}},
  "securityDefinitions": {
    "apig-auth-app": {"type": "apiKey", "name": "Authorization", "in": "header", "x-apigateway-auth-type": "AppSigv1"},
    "apig-auth-iam": {"type": "apiKey", "name": "unused", "in": "header", "x-apigateway-auth-type": "IAM"}
  }
}`

func TestImportOfTheSample(t *testing.T) {
	each(t, func(h *house) {
		res := h.whole(h.Do("POST", path, sample))
		if len(res.Success) != 1 || res.Success[0].Action != "create" || res.Success[0].Method != "GET" || res.Success[0].Path != "/test/{path}" {
			h.t.Fatalf("success %+v", res.Success)
		}
		group := h.Do("GET", "/v1.0/apigw/api-groups/"+res.GroupID, nil).Want(200)
		if group.Text("name") != "APIGroup_test" || group.Text("remark") != "api group test" {
			h.t.Errorf("the group is %s", group.Body)
		}
		api := h.Do("GET", "/v1.0/apigw/apis/"+res.Success[0].ID, nil).Want(200)
		for field, want := range map[string]any{
			"name": "API_test", "remark": "api test", "type": 1.0, "req_protocol": "HTTPS", "req_method": "GET", "req_uri": "/test/{path}",
			"match_mode": "NORMAL", "auth_type": "APP", "auth_opt.app_code_auth_type": "DISABLE", "cors": false, "result_normal_sample": "success",
			"backend_type": "HTTP", "backend_api.url_domain": "1.1.1.1:443", "backend_api.req_protocol": "HTTPS", "backend_api.timeout": 5000.0,
			"backend_api.req_uri": "/test/{path}", "backend_api.vpc_status": 2.0,
			"req_params.0.name": "header", "req_params.0.location": "HEADER", "req_params.0.required": 1.0, "req_params.0.remark": "header parameter",
			"req_params.1.type": "STRING", "req_params.2.type": "NUMBER", "req_params.2.default_value": "123", "req_params.2.required": 2.0,
			"req_params.2.valid_enable": 2.0, "backend_params.1.location": "PATH", "backend_params.1.origin": "REQUEST", "backend_params.1.value": "path",
			"policy_https.0.name": "policy_test", "policy_https.0.effect_mode": "ANY", "policy_https.0.vpc_status": 1.0, "policy_https.0.vpc_info": "c1",
			"policy_https.0.req_protocol": "HTTPS", "policy_https.0.req_method": "POST", "policy_https.0.conditions.0.condition_origin": "param",
			"policy_https.0.conditions.0.condition_type": "exact", "policy_https.0.conditions.0.req_param_location": "PATH",
			"policy_https.0.conditions.1.condition_origin": "source", "policy_https.0.conditions.1.condition_value": "1.0.0.0/8",
		} {
			if got := api.Get(field); got != want {
				h.t.Errorf("%s is %v, want %v", field, got, want)
			}
		}
		if api.Has("run_env_id") {
			h.t.Error("the import published the API")
		}
		// Gateways hear of the group, and of nothing that is not published.
		if h.commits != 1 || len(h.touched) != 1 || h.touched[0] != "group/"+res.GroupID {
			h.t.Errorf("%d commits, the last touched %v", h.commits, h.touched)
		}
	})
}

// The words of the tables, those of other editions, and those of the samples
// mean the same (wire-facts §15.4, §19 row 9).
func TestWordsOfTheTables(t *testing.T) {
	each(t, func(h *house) {
		table := strings.NewReplacer(`"exact"`, `"equal"`, `"param"`, `"request"`, `"name": "VPC_n9ct"`, `"name": ["VPC_n9ct"]`,
			`"httpEndpoints": {"address": "1.1.1.1:443"`, `"httpEndpoints": [{"address": ["1.1.1.1:443"]`, `"timeout": 5000},
      "parameters"`, `"timeout": 5000}],
      "parameters"`, `"type": "HTTP"`, `"type": "http"`, `"origin": "REQUEST"`, `"origin": "request"`, `"in": "PATH"`, `"in": "path"`,
			`"ANY"`, `"any"`, "APIGroup_test", "Tables").Replace(sample)
		other := strings.NewReplacer(`"param"`, `"request_parameter"`, `"parameter": "path"`, `"parameter_name": "path"`, `"timeout": 5000`, `"x-note": 1`,
			"APIGroup_test", "Others").Replace(sample)
		want := h.draft(h.whole(h.Do("POST", path, sample)).Success[0].ID)
		for name, text := range map[string]string{"tables": table, "other editions": other} {
			if text == sample {
				h.t.Fatal("nothing was replaced")
			}
			if got := h.draft(h.whole(h.Do("POST", path, text)).Success[0].ID); got != want {
				h.t.Errorf("%s:\n%s\nwant\n%s", name, got, want)
			}
		}
	})
}

// draft is a draft without what is its own: ids, times, group.
func (h *house) draft(id string) string {
	h.t.Helper()
	var doc string
	if err := h.db.QueryRow(h.t.Context(), `SELECT document FROM apis WHERE id = $1`, id).Scan(&doc); err != nil {
		h.t.Fatal(err)
	}
	var v any
	if err := json.Unmarshal([]byte(doc), &v); err != nil {
		h.t.Fatal(err)
	}
	out, err := json.MarshalIndent(without(v), "", " ")
	if err != nil {
		h.t.Fatal(err)
	}
	return string(out)
}

// without takes out what only one draft has.
func without(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for _, key := range []string{"id", "group_id", "req_param_id", "register_time", "update_time"} {
			delete(v, key)
		}
		for _, child := range v {
			without(child)
		}
	case []any:
		for _, child := range v {
			without(child)
		}
	}
	return v
}

func TestWhoMayImport(t *testing.T) {
	each(t, func(h *house) {
		text := mocks("/a", "api_a")
		h.As(reader).Do("POST", path, text).Refused(403, "APIC.7110")
		h.As(reader).Do("PUT", path+"?group_id=x&mode=merge", text).Refused(403, "APIC.7110")
		h.As("").Do("POST", path, text).Refused(401, "APIG.1000")
		h.nothing()
		group := h.group("mine")
		h.As(foreign).Do("PUT", path+"?mode=merge&group_id="+group, text).Refused(403, "APIG.1101")
		h.Do("PUT", path+"?mode=merge&group_id=none", text).Refused(404, "APIG.3001", "API group none does not exist")
		h.Do("PUT", path+"?mode=merge", text).Refused(400, "APIG.2001", "group_id")
		h.Do("PUT", path+"?group_id="+group, text).Refused(400, "APIG.2001", "mode")
		h.Do("PUT", path+"?mode=replace&group_id="+group, text).Refused(400, "APIG.2011", "mode")
		h.Do("PUT", path+"?mode=merge&extend_mode=x&group_id="+group, text).Refused(400, "APIG.2011", "extend_mode")
		h.Do("POST", path+"?extend_mode=x", text).Refused(400, "APIG.2011", "extend_mode")
		h.Do("POST", path+"?dry_run=1", text).Refused(400, "APIG.2011", "dry_run")
		if n := h.count("apis"); n != 0 {
			h.t.Errorf("%d APIs", n)
		}
		// What an administrator imports is the group's project's.
		h.whole(h.As(admin).Do("PUT", path+"?mode=MERGE&group_id="+group, text))
		if got := h.Do("GET", "/v1.0/apigw/apis", nil).Want(200).Text("apis.0.name"); got != "api_a" {
			h.t.Errorf("the owner sees %q", got)
		}
	})
}

func TestModes(t *testing.T) {
	each(t, func(h *house) {
		group := h.whole(h.Do("POST", path, mocks("/a/{x}", "api_a", "/b", "api_b", "/c", "api_c"))).GroupID
		// The same route under another name, the same name on another route, and
		// something new.
		next := mocks("/a/{y}", "api_new", "/b2", "api_b", "/d", "api_d")
		into := path + "?group_id=" + group + "&mode="
		before := h.Do("GET", "/v1.0/apigw/apis?page_size=0", nil).Want(200).Body

		res := h.imported(h.Do("PUT", into+"merge", next))
		if len(res.Success) != 1 || res.Success[0].Path != "/d" || len(res.Failure) != 2 {
			h.t.Fatalf("merge: %+v %+v", res.Success, res.Failure)
		}
		if f := res.Failure[0]; f.Code != "APIG.3301" || f.Method != "GET" || f.Path != "/a/{y}" || !strings.Contains(f.Message, "API name: api_a") {
			h.t.Errorf("the same route: %+v", f)
		}
		if f := res.Failure[1]; f.Code != "APIG.3202" || f.Path != "/b2" || !strings.HasSuffix(f.Message, "api_name:api_b") {
			h.t.Errorf("the same name: %+v", f)
		}
		h.Do("DELETE", "/v1.0/apigw/apis/"+res.Success[0].ID, nil).Want(204)
		if after := h.Do("GET", "/v1.0/apigw/apis?page_size=0", nil).Want(200).Body; string(after) != string(before) {
			h.t.Errorf("merge changed\n%s\nto\n%s", before, after)
		}

		res = h.whole(h.Do("PUT", into+"Override", next))
		var actions []string
		for _, s := range res.Success {
			actions = append(actions, s.Action+" "+s.Path)
		}
		if got := strings.Join(actions, ", "); got != "update /a/{y}, update /b2, create /d" {
			h.t.Errorf("override: %s", got)
		}
		list := h.Do("GET", "/v1.0/apigw/apis?page_size=0", nil).Want(200)
		if list.Text("total") != "4" { // api_c, which the document lacks, stays
			h.t.Errorf("%s APIs", list.Text("total"))
		}
		if got := h.Do("GET", "/v1.0/apigw/apis/"+res.Success[0].ID, nil).Want(200).Text("name"); got != "api_new" {
			h.t.Errorf("the replaced API is %q", got)
		}
		if got := h.Do("GET", "/v1.0/apigw/api-groups/"+group, nil).Want(200).Text("name"); got != "Orders" {
			h.t.Errorf("the group is now %q", got)
		}
	})
}

// Inside one document the first wins (wire-facts §15.2).
func TestConflictsInADocument(t *testing.T) {
	each(t, func(h *house) {
		text := mocks("/a/{x}", "api_a", "/a/{y}", "api_b", "/c", "api_a")
		for _, mode := range []string{"merge", "override"} {
			group := h.group("for_" + mode)
			res := h.imported(h.Do("PUT", path+"?mode="+mode+"&group_id="+group, text))
			if len(res.Success) != 1 || len(res.Failure) != 2 || res.Failure[0].Code != "APIG.3301" || res.Failure[1].Code != "APIG.3202" {
				h.t.Errorf("%s: %+v %+v", mode, res.Success, res.Failure)
			}
		}
		res := h.imported(h.Do("POST", path, text))
		if len(res.Success) != 1 || len(res.Failure) != 2 {
			h.t.Errorf("new: %+v %+v", res.Success, res.Failure)
		}
	})
}

// The same route is allowed once for whole paths and once for leading segments.
func TestMatchModesAreNoConflict(t *testing.T) {
	each(t, func(h *house) {
		one := strings.Replace(mocks("/a", "api_swa"), "x-apigateway-backend", "x-apigateway-match-mode: swa\n      x-apigateway-backend", 1)
		group := h.whole(h.Do("POST", path, one)).GroupID
		h.whole(h.Do("PUT", path+"?mode=merge&group_id="+group, mocks("/a", "api_normal")))
		var all []string
		for _, id := range []string{"0", "1"} {
			all = append(all, h.Do("GET", "/v1.0/apigw/apis", nil).Want(200).Text("apis."+id+".id"))
		}
		for _, id := range all {
			h.Do("POST", "/v1.0/apigw/apis/publish/"+id, map[string]any{"env_id": releaseEnv}).Want(201)
		}
		first := h.export(group, "&define=all")
		res := h.whole(h.Do("POST", path, strings.Replace(first, `"Orders"`, `"Again"`, 1)))
		if len(res.Success) != 2 {
			h.t.Fatalf("%+v", res.Success)
		}
		h.publish(res)
		h.same(first, h.export(res.GroupID, "&define=all"))
	})
}

func TestDryRun(t *testing.T) {
	each(t, func(h *house) {
		text := strings.Replace(rich, "Everything", "Dry", 1)
		res := h.imported(h.Do("POST", path+"?dry_run=true", text))
		if !res.DryRun || res.GroupID != "" || len(res.Success) == 0 || res.Success[0].ID != "" || res.Success[0].Action != "create" {
			h.t.Errorf("%+v", res)
		}
		h.nothing()
		real := h.imported(h.Do("POST", path+"?dry_run=false", text))
		if len(real.Success) != len(res.Success) || len(real.Failure) != len(res.Failure) || real.ReportTotal != res.ReportTotal {
			h.t.Errorf("the plan was %d and %d, the import %d and %d", len(res.Success), len(res.Failure), len(real.Success), len(real.Failure))
		}
		before := h.Do("GET", "/v1.0/apigw/apis?page_size=0", nil).Want(200).Body
		res = h.whole(h.Do("PUT", path+"?dry_run=TRUE&mode=override&group_id="+real.GroupID, text))
		if res.GroupID != real.GroupID || res.Success[0].ID != real.Success[0].ID || res.Success[0].Action != "update" {
			h.t.Errorf("%+v", res)
		}
		if after := h.Do("GET", "/v1.0/apigw/apis?page_size=0", nil).Want(200).Body; string(after) != string(before) {
			h.t.Error("a dry run changed APIs")
		}
		// What fails in a dry run leaves nothing for what comes after it.
		failing := strings.Replace(mocks("/a", "api_a", "/b", "api_b"), "x-apigateway-backend",
			"x-apigateway-ratelimit: slow\n      x-apigateway-backend-policies: [{type: MOCK}]\n      x-apigateway-backend", 1) +
			"x-apigateway-ratelimits: {slow: {api-limit: 1, interval: 1, unit: DAY}}\n"
		res = h.imported(h.Do("POST", path+"?dry_run=true", failing))
		if len(res.Success) != 1 || len(res.Failure) != 1 {
			h.t.Errorf("%+v %+v", res.Success, res.Failure)
		}
	})
}

// reported fails unless the report says what became of a word.
func (h *house) reported(res *openapi.Result, pointer, action string) {
	h.t.Helper()
	for _, e := range res.Report {
		if e.Pointer == pointer {
			if e.Action != action {
				h.t.Errorf("%s was %s (%s), want %s", pointer, e.Action, e.Detail, action)
			}
			return
		}
	}
	h.t.Errorf("the report says nothing of %s", pointer)
}
