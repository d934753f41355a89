package draft_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/lintel-gateway/lintel/internal/ids"
	"github.com/lintel-gateway/lintel/internal/manage/apis/draft"
	"github.com/lintel-gateway/lintel/internal/quota"
	"github.com/lintel-gateway/lintel/internal/wire"
)

// sample is the reference's own request of 4.2.2, enumerations in lower case.
const sample = `{
	"auth_type": "app", "auth_opt": {"app_code_auth_type": "HEADER"},
	"backend_api": {"req_method": "get", "req_protocol": "http", "req_uri": "/test", "timeout": 1000, "url_domain": "backend.example.com:8080"},
	"backend_params": [
		{"location": "query", "name": "project_id", "origin": "request", "value": "project_id"},
		{"location": "query", "name": "city", "origin": "request", "value": "city"}],
	"backend_type": "http", "group_id": "f71f69876f90456ca6fd18ed012fdc11", "name": "test", "req_method": "get",
	"req_params": [
		{"location": "path", "name": "project_id", "required": 1, "type": "string"},
		{"location": "query", "name": "city", "required": 2, "type": "string"}],
	"req_uri": "/test/{project_id}", "tags": ["APIG-SN-test", "test"], "type": 1, "result_normal_sample": "hello world!"}`

func rules() draft.Rules {
	return draft.Rules{Limits: quota.Default(), NewID: ids.Random().New}
}

// with is the sample with one change: a dotted path set to a JSON value, or
// removed when the value is empty.
func with(t *testing.T, changes ...string) *draft.Document {
	t.Helper()
	var tree map[string]any
	if err := json.Unmarshal([]byte(sample), &tree); err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(changes); i += 2 {
		set(t, tree, changes[i], changes[i+1])
	}
	b, err := json.Marshal(tree)
	if err != nil {
		t.Fatal(err)
	}
	d := new(draft.Document)
	if err := json.Unmarshal(b, d); err != nil {
		t.Fatal(err)
	}
	return d
}

func set(t *testing.T, tree map[string]any, path, value string) {
	t.Helper()
	head, rest, nested := strings.Cut(path, ".")
	if nested {
		set(t, tree[head].(map[string]any), rest, value)
		return
	}
	if value == "" {
		delete(tree, head)
		return
	}
	var v any
	if err := json.Unmarshal([]byte(value), &v); err != nil {
		t.Fatalf("%s: %v", value, err)
	}
	tree[head] = v
}

func TestSampleIsNormalised(t *testing.T) {
	d := with(t)
	if err := d.Check(rules()); err != nil {
		t.Fatal(err)
	}
	p, m := d.ReqParams[0], d.BackendParams[0]
	for _, c := range []struct{ name, got, want string }{
		{"auth_type", d.AuthType, "APP"},
		{"backend_type", d.BackendType, "HTTP"},
		{"req_protocol", d.ReqProtocol, "HTTPS"},
		{"match_mode", d.MatchMode, "NORMAL"},
		{"req_method", d.ReqMethod, "GET"},
		{"backend_api.req_method", d.BackendAPI.ReqMethod, "GET"},
		{"req_params[0].location", p.Location, "PATH"},
		{"backend_params[0].origin", m.Origin, "REQUEST"},
		{"backend_params[0].req_param_id", m.ReqParamID, p.ID},
	} {
		if c.got != c.want {
			t.Errorf("%s is %q, want %q", c.name, c.got, c.want)
		}
	}
	if d.ReqParams[1].ValidEnable != 2 || d.BackendAPI.VPCStatus != 2 || !ids.Valid(d.BackendAPI.ID) {
		t.Errorf("defaults: valid_enable %d, vpc_status %d, id %q", d.ReqParams[1].ValidEnable, d.BackendAPI.VPCStatus, d.BackendAPI.ID)
	}
}

// TestTerraformZeroBlocks sends what the Terraform provider sends: the unused
// backends as zero objects (wire-facts §16.6).
func TestTerraformZeroBlocks(t *testing.T) {
	d := with(t, "type", "2",
		"func_info", `{"function_urn":"","invocation_type":"","timeout":0}`, "mock_info", `{}`,
		"backend_api.vpc_status", "2", "backend_api.vpc_info", `{"vpc_id":""}`)
	if err := d.Check(rules()); err != nil {
		t.Fatal(err)
	}
	if d.FuncInfo != nil || d.MockInfo != nil || d.BackendAPI.VPCInfo != nil {
		t.Errorf("zero blocks were kept: %+v", d)
	}
	d = with(t, "backend_type", `"mock"`, "mock_info", `{"result_content":"hi"}`, "backend_params", "",
		"backend_api", `{"req_protocol":"","req_method":"","req_uri":"","timeout":0,"vpc_info":{"vpc_id":""}}`)
	if err := d.Check(rules()); err != nil {
		t.Fatal(err)
	}
	if d.BackendAPI != nil || d.MockInfo.ResultContent != "hi" {
		t.Errorf("MOCK kept the web backend: %+v", d)
	}
}

func TestRefusals(t *testing.T) {
	long := func(n int) string { return `"` + strings.Repeat("a", n) + `"` }
	many := func(n int, item string) string {
		return "[" + strings.TrimSuffix(strings.Repeat(item+",", n), ",") + "]"
	}
	for _, c := range []struct {
		name, path, value, code, text string
	}{
		{"no name", "name", "", "APIG.2001", "parameterName:name"},
		{"short name", "name", `"ab"`, "APIG.2005", "parameterName:name"},
		{"long name", "name", long(65), "APIG.2006", "parameterName:name"},
		{"bad name", "name", `"1abc"`, "APIG.2011", "parameterName:name"},
		{"no group", "group_id", "", "APIG.2001", "group_id"},
		{"no type", "type", "", "APIG.2001", "type"},
		{"bad type", "type", "3", "APIG.2011", "type"},
		{"long version", "version", long(17), "APIG.2006", "version"},
		{"bad protocol", "req_protocol", `"WEBSOCKET"`, "APIG.2011", "req_protocol"},
		{"bad method", "req_method", `"TRACE"`, "APIG.2011", "req_method"},
		{"no method", "req_method", "", "APIG.2001", "req_method"},
		{"bad match mode", "match_mode", `"REGEX"`, "APIG.2011", "match_mode"},
		{"long remark", "remark", long(256), "APIG.2006", "remark"},
		{"control character", "remark", `"a\u0000b"`, "APIG.2011", "remark"},
		{"long sample", "result_normal_sample", long(20481), "APIG.2006", "result_normal_sample"},
		{"no auth", "auth_type", "", "APIG.2001", "auth_type"},
		{"bad auth", "auth_type", `"BASIC"`, "APIG.2011", "auth_type"},
		{"bad AppCode mode", "auth_opt", `{"app_code_auth_type":"QUERY"}`, "APIG.2011", "app_code_auth_type"},
		{"authorizer without id", "auth_type", `"AUTHORIZER"`, "APIG.2001", "authorizer_id"},
		{"eleven tags", "tags", many(11, `"t"`), "APIG.3133", ""},
		{"same tag twice", "tags", `["t","t"]`, "APIG.3213", "tag:t"},
		{"two service tags", "tags", `["APIG-SN-a","APIG-SN-b"]`, "APIG.2011", "tags"},
		{"no path", "req_uri", "", "APIG.2001", "req_uri"},
		{"relative path", "req_uri", `"test/{project_id}"`, "APIG.2011", "req_uri"},
		{"partial segment", "req_uri", `"/a{project_id}"`, "APIG.2011", "req_uri"},
		{"greedy in the middle", "req_uri", `"/{project_id+}/a"`, "APIG.2011", "req_uri"},
		{"dot segment", "req_uri", `"/a/../{project_id}"`, "APIG.2011", "req_uri"},
		{"encoded slash", "req_uri", `"/a%2fb/{project_id}"`, "APIG.2011", "req_uri"},
		{"long path", "req_uri", `"/` + strings.Repeat("a", 512) + `"`, "APIG.2006", "req_uri"},
		{"undeclared path variable", "req_uri", `"/test/{other}"`, "APIG.2026", "parameterName:other"},
		{"PATH parameter not in path", "req_uri", `"/test"`, "APIG.2026", "parameterName:project_id"},
		{"51 parameters", "req_params", many(51, `{"name":"a","location":"query","type":"string"}`), "APIG.3111", ""},
		{"parameter twice", "req_params", many(2, `{"name":"project_id","location":"path","type":"string"}`), "APIG.3209", "project_id"},
		{"reserved parameter", "req_params", `[{"name":"X-Apig-Mode","location":"header","type":"string"}]`, "APIG.2011", "req_params[0].name"},
		{"underscore in header", "req_params", `[{"name":"a_b","location":"header","type":"string"}]`, "APIG.2011", "req_params[0].name"},
		{"bad parameter type", "req_params", `[{"name":"a","location":"query","type":"object"}]`, "APIG.2011", "req_params[0].type"},
		{"optional path parameter", "req_params", `[{"name":"project_id","location":"path","type":"string","required":2}]`, "APIG.2011", "required"},
		{"bounds crossed", "req_params", `[{"name":"a","location":"query","type":"number","min_num":5,"max_num":2}]`, "APIG.2011", "min_num"},
		{"backend without block", "backend_api", "", "APIG.2001", "backend_api"},
		{"bad backend type", "backend_type", `"FTP"`, "APIG.2011", "backend_type"},
		{"no backend address", "backend_api.url_domain", "", "APIG.2001", "backend_api.url_domain"},
		{"bad backend address", "backend_api.url_domain", `"http://x"`, "APIG.2024", "backend_api.url_domain"},
		{"bad backend host", "backend_api.url_domain", `"a b"`, "APIG.2024", "backend_api.url_domain"},
		{"bad backend port", "backend_api.url_domain", `"a:70000"`, "APIG.2025", "backend_api.url_domain"},
		{"malformed variable", "backend_api.url_domain", `"#a#"`, "APIG.2011", "backend_api.url_domain"},
		{"no timeout", "backend_api.timeout", "", "APIG.2001", "backend_api.timeout"},
		{"long timeout", "backend_api.timeout", "60001", "APIG.2003", "backend_api.timeout"},
		{"negative timeout", "backend_api.timeout", "-1", "APIG.2002", "backend_api.timeout"},
		{"channel without id", "backend_api.vpc_status", "1", "APIG.2001", "vpc_id"},
		{"bad vpc_status", "backend_api.vpc_status", "3", "APIG.2011", "vpc_status"},
		{"undefined backend variable", "backend_api.req_uri", `"/test/{x}"`, "APIG.2027", "parameterName:x"},
		{"mapping of nothing", "backend_params", `[{"location":"query","name":"a","origin":"request","value":"nope"}]`, "APIG.2028", "nope"},
		{"mapping without value", "backend_params", `[{"location":"query","name":"a","origin":"constant","value":""}]`, "APIG.2001", "value"},
		{"unknown system name", "backend_params", `[{"location":"query","name":"a","origin":"system","value":"secret"}]`, "APIG.2011", "value"},
		{"authorizer parameter", "backend_params", `[{"location":"query","name":"a","origin":"system","value":"$context.authorizer.frontend.x"}]`, "APIG.2036", "authorizer"},
		{"PATH mapping without variable", "backend_params", `[{"location":"path","name":"a","origin":"constant","value":"x"}]`, "APIG.2027", "parameterName:a"},
		{"six policies", "policy_https", many(6, `{"name":"pol"}`), "APIG.3113", ""},
		{"policy without condition", "policy_https", policy(""), "APIG.2001", "conditions"},
		{"six conditions", "policy_https", policy(strings.TrimSuffix(strings.Repeat(`{"condition_origin":"source","condition_value":"10.0.0.1"},`, 6), ",")), "APIG.3114", ""},
		{"bad source", "policy_https", policy(`{"condition_origin":"source","condition_value":"10.0.0.1,x"}`), "APIG.2015", "condition_value"},
		{"bad pattern", "policy_https", policy(`{"condition_origin":"param","condition_type":"pattern","req_param_name":"city","condition_value":"("}`), "APIG.2011", "condition_value"},
		{"long pattern", "policy_https", policy(`{"condition_origin":"param","condition_type":"pattern","req_param_name":"city","condition_value":"` + strings.Repeat("a", 513) + `"}`), "APIG.2006", "condition_value"},
		{"pattern that repeats", "policy_https", policy(`{"condition_origin":"param","condition_type":"pattern","req_param_name":"city","condition_value":"[a-z]{600}[0-9]{600}"}`), "APIG.2011", "repeats too much"},
		{"condition on nothing", "policy_https", policy(`{"condition_origin":"param","condition_type":"exact","req_param_name":"nope","condition_value":"x"}`), "APIG.2028", "nope"},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := with(t, c.path, c.value).Check(rules())
			var e *wire.Error
			if !errors.As(err, &e) || e.Code != c.code || !strings.Contains(e.Message, c.text) {
				t.Errorf("answer %v, want %s with %q", err, c.code, c.text)
			}
		})
	}
}

func policy(conditions string) string {
	return `[{"name":"policy_one","req_protocol":"HTTP","req_method":"GET","req_uri":"/p","url_domain":"p.example.com",
		"effect_mode":"any","conditions":[` + conditions + `]}]`
}

// TestUpdateKeepsTimeoutLenient: on PUT a time-out out of range becomes 45000
// (reference 4.2.3).
func TestUpdateKeepsTimeoutLenient(t *testing.T) {
	for _, value := range []string{"", "0", "60001"} {
		d, r := with(t, "backend_api.timeout", value), rules()
		r.Update = true
		if err := d.Check(r); err != nil || d.BackendAPI.Timeout != 45000 {
			t.Errorf("timeout %q: %v, %d", value, err, d.BackendAPI.Timeout)
		}
	}
}

// TestStoredFormIsAFixedPoint: what is stored reads back as the same document,
// and the channel stays although its wire form is asymmetric.
func TestStoredFormIsAFixedPoint(t *testing.T) {
	d := with(t, "backend_api.vpc_status", "1", "backend_api.vpc_info", `{"vpc_id":"c1","vpc_proxy_host":"in.example.com"}`)
	if err := d.Check(rules()); err != nil {
		t.Fatal(err)
	}
	first, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(first), `"vpc_info":"c1"`) {
		t.Errorf("vpc_info is not a string: %s", first)
	}
	back := new(draft.Document)
	if err := json.Unmarshal(first, back); err != nil {
		t.Fatal(err)
	}
	second, err := json.Marshal(back)
	if err != nil {
		t.Fatal(err)
	}
	if string(first) != string(second) || back.BackendAPI.VPCProxyHost != "in.example.com" {
		t.Errorf("read back as\n%s\nwant\n%s", second, first)
	}
}

func TestShape(t *testing.T) {
	for path, want := range map[string]string{
		"/": "/", "/a/b/": "/a/b/", "/a/{x}": "/a/{}", "/{x}/b/{y}": "/{}/b/{}", "/a/{x+}": "/a/{+}",
	} {
		if got := draft.Shape(path); got != want {
			t.Errorf("Shape(%q) = %q, want %q", path, got, want)
		}
	}
}

// FuzzDocument: no document makes Check panic, and one that passes compiles.
func FuzzDocument(f *testing.F) {
	f.Add([]byte(sample))
	f.Add([]byte(`{"backend_type":"MOCK","mock_info":{}}`))
	f.Add([]byte(`{"req_uri":"/{a+}","match_mode":"SWA"}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		d := new(draft.Document)
		if json.Unmarshal(b, d) != nil {
			return
		}
		if d.Check(rules()) != nil {
			return
		}
		if again := d.Check(rules()); again != nil {
			t.Errorf("a normalised document is refused: %v", again)
		}
		values := map[string]string{}
		for _, name := range d.Variables() {
			values[name] = "v"
		}
		if _, err := d.Compile(values); err != nil && len(values) == 0 {
			t.Errorf("a document without variables does not compile: %v", err)
		}
	})
}
