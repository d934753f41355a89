package importer_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/lintel-gateway/lintel/internal/manage/apis/draft"
	"github.com/lintel-gateway/lintel/internal/manage/apis/openapi/document"
	"github.com/lintel-gateway/lintel/internal/manage/apis/openapi/importer"
	"github.com/lintel-gateway/lintel/internal/quota"
	"github.com/lintel-gateway/lintel/internal/wire"
)

func read(t *testing.T, text string) *importer.Plan {
	t.Helper()
	root, err := document.Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	plan, err := importer.Read(root, importer.Options{Limits: quota.Default(), Domain: "apigw.test", NewGroup: true})
	if err != nil {
		t.Fatal(err)
	}
	return plan
}

// fate fails unless the report says that of a word.
func fate(t *testing.T, plan *importer.Plan, pointer, action, detail string) {
	t.Helper()
	for _, e := range plan.Report.First(1 << 20) {
		if e.Pointer == pointer && e.Action == action && strings.Contains(e.Detail, detail) {
			return
		}
	}
	t.Errorf("no entry %s %s with %q in %+v", pointer, action, detail, plan.Report.First(1<<20))
}

func TestNames(t *testing.T) {
	long := strings.Repeat("a", 70)
	var b strings.Builder
	b.WriteString("openapi: 3.1.0\ninfo: {title: \"  My API (v2)!\"}\npaths:\n")
	ids := []string{"fine", "", "get user", "get-user", "get_user", "9lives", "ab", "获取订单", long, long + "b", "!!!", "get user"}
	for i, id := range ids {
		fmt.Fprintf(&b, "  /p%d/{x}: {get: {operationId: %q}}\n", i, id)
	}
	plan := read(t, b.String())
	if plan.Title != "My_API_v2" {
		t.Errorf("the title is %q", plan.Title)
	}
	want := []string{"fine", "get_p1_x", "get_user_2", "get_user_3", "get_user", "lives", "api_ab", "获取订单",
		strings.Repeat("a", 64), strings.Repeat("a", 62) + "_2", "api", "get_user_2"}
	for i, op := range plan.Operations {
		if op.Doc.Name != want[i] {
			t.Errorf("%q became %q, want %q", ids[i], op.Doc.Name, want[i])
		}
		if err := check(op); err != nil && i != len(ids)-1 {
			t.Errorf("%q: %v", ids[i], err)
		}
	}
	if err := plan.Operations[len(ids)-1].Fault; err == nil || !strings.Contains(err.Error(), "APIG.3202") {
		t.Errorf("the same operationId again: %v", err)
	}
	fate(t, plan, "/paths/~1p2~1{x}/get/operationId", importer.Converted, "get_user_2")
	fate(t, plan, "/paths/~1p0~1{x}/get/operationId", importer.Used, "")
	fate(t, plan, "/paths/~1p0~1{x}/get/path variable", importer.Converted, "not declared")
}

func check(op *importer.Operation) error {
	if op.Fault != nil {
		return op.Fault
	}
	op.Doc.GroupID = "g"
	return op.Doc.Check(draft.Rules{Limits: quota.Default(), NewID: func() string { return "x" }})
}

func TestParameters(t *testing.T) {
	plan := read(t, `
openapi: 3.0.3
info: {title: Parameters}
servers: [{url: 'https://{region}.example.test:8443/base/', variables: {region: {default: eu}}}]
paths:
  /a/{id.value}/{a-name-that-is-much-longer-than-32-characters}/{2}:
    parameters:
      - {name: id.value, in: path, required: true, schema: {type: string}}
      - {name: shared, in: query, schema: {type: string}}
      - {name: own, in: query, schema: {type: string}}
    get:
      operationId: all_kinds
      deprecated: true
      callbacks: {}
      x-other: 1
      odd: 1
      parameters:
        - {name: own, in: query, schema: {type: integer, minimum: 0.5, maximum: 9, exclusiveMaximum: true}}
        - {name: flag, in: query, schema: {type: boolean, default: true}, example: false}
        - {name: list, in: query, style: form, explode: true, schema: {type: array, items: {type: string}}}
        - {name: ref, in: query, schema: {$ref: '#/components/schemas/Code'}}
        - {name: 'filter[name]', in: query, schema: {type: string}}
        - {name: Authorization, in: header, schema: {type: string}}
        - {name: X_Under, in: header, schema: {type: string}}
        - {name: session, in: cookie, schema: {type: string}}
        - {name: X-Twice, in: header, schema: {type: string}}
        - {name: x-twice, in: header, schema: {type: string}}
        - {name: any, in: query, content: {application/json: {}}}
        - {name: either, in: query, schema: {type: [null, integer], enum: ['a,b']}}
        - {name: lost, in: path, required: true, schema: {type: string}}
      requestBody: {description: what to send, content: {}}
components:
  schemas:
    Code: {type: string, minLength: 2, maxLength: 3, pattern: '^[a-z]+$', enum: [ab, abc], default: ab}
`)
	op := plan.Operations[0]
	if err := check(op); err != nil {
		t.Fatal(err)
	}
	d := op.Doc
	if d.ReqURI != "/base/a/{id.value}/{a-name-that-is-much-longer-than-}/{p_}" || d.BackendAPI.ReqURI != d.ReqURI || d.BackendAPI.URLDomain != "eu.example.test:8443" {
		t.Errorf("path %s, backend %s%s", d.ReqURI, d.BackendAPI.URLDomain, d.BackendAPI.ReqURI)
	}
	var got []string
	for _, p := range d.ReqParams {
		got = append(got, fmt.Sprintf("%s:%s:%s:%d", p.Location, p.Name, p.Type, p.Required))
	}
	want := "PATH:id.value:STRING:1 PATH:a-name-that-is-much-longer-than-:STRING:1 PATH:p_:STRING:1 QUERY:own:NUMBER:2 QUERY:flag:STRING:2 QUERY:list:STRING:2 " +
		"QUERY:ref:STRING:2 HEADER:X-Twice:STRING:2 QUERY:any:STRING:2 QUERY:either:NUMBER:2 QUERY:shared:STRING:2"
	if strings.Join(got, " ") != want {
		t.Errorf("parameters\n%s\nwant\n%s", strings.Join(got, " "), want)
	}
	if ref := d.ReqParams[6]; *ref.MinSize != 2 || *ref.MaxSize != 3 || ref.Enumerations != "ab,abc" || ref.Regular != "^[a-z]+$" || *ref.DefaultValue != "ab" {
		t.Errorf("a referenced schema became %+v", ref)
	}
	if d.BodyRemark != "what to send" || len(d.BackendParams) != 3 {
		t.Errorf("body %q, mappings %+v", d.BodyRemark, d.BackendParams)
	}
	at := "/paths/~1a~1{id.value}~1{a-name-that-is-much-longer-than-32-characters}~1{2}/get"
	for _, e := range [][3]string{
		{at + "/deprecated", "ignored", "people"}, {at + "/callbacks", "ignored", "backend makes"}, {at + "/x-other", "ignored", "extension"},
		{at + "/odd", "ignored", "no keyword"}, {at + "/parameters/0/schema/minimum", "ignored", "whole"}, {at + "/parameters/0/schema/maximum", "used", ""},
		{at + "/parameters/0/schema/exclusiveMaximum", "ignored", "no such check"}, {at + "/parameters/1/schema/type", "converted", "boolean is STRING"},
		{at + "/parameters/2/schema/items", "ignored", ""}, {at + "/parameters/2/style", "ignored", "as they came"},
		{"/components/schemas/Code/pattern", "stored", "not checked"}, {at + "/parameters/4/parameter", "ignored", "name"},
		{at + "/parameters/5/parameter", "ignored", "name"}, {at + "/parameters/7/parameter", "ignored", "cookies"}, {at + "/parameters/9/parameter", "ignored", "twice"},
		{at + "/parameters/10/content", "converted", "STRING"}, {at + "/parameters/11/schema/enum", "ignored", "list"}, {at + "/path variable", "ignored", "lost is not in the path"},
		{at + "/requestBody", "ignored", "unread"}, {at + "/requestBody/description", "stored", ""}, {"/servers", "converted", "first"}, {"/components/schemas", "ignored", "unread"},
	} {
		fate(t, plan, e[0], e[1], e[2])
	}
}

func TestMoreParametersThanFit(t *testing.T) {
	var b strings.Builder
	b.WriteString("swagger: '2.0'\ninfo: {title: Many}\npaths:\n  /a/{last}:\n    get:\n      parameters:\n")
	for i := range 60 {
		fmt.Fprintf(&b, "        - {name: q%d, in: query, type: string}\n", i)
	}
	b.WriteString("        - {name: last, in: path, required: true, type: string}\n")
	op := read(t, b.String()).Operations[0]
	if err := check(op); err != nil {
		t.Fatal(err)
	}
	if n := len(op.Doc.ReqParams); n != 50 {
		t.Errorf("%d parameters", n)
	}
}

func TestOrigins(t *testing.T) {
	for _, tt := range []struct{ head, want string }{
		{"swagger: '2.0'\nhost: api.test\nbasePath: /v1/\nschemes: [http]\n", "HTTP api.test /v1/p"},
		{"swagger: '2.0'\nhost: api.test:8443\nschemes: [http, https]\n", "HTTPS api.test:8443 /p"},
		{"swagger: '2.0'\nhost: 10.0.0.1\n", "HTTPS 10.0.0.1 /p"},
		{"swagger: '2.0'\nbasePath: /v1\n", "MOCK /v1/p"},
		{"swagger: '2.0'\nhost: localhost\n", "MOCK /p"},
		{"swagger: '2.0'\nhost: 127.0.0.1:80\n", "MOCK /p"},
		{"swagger: '2.0'\nhost: 169.254.169.254\n", "MOCK /p"},
		{"swagger: '2.0'\nhost: '[::1]:80'\n", "MOCK /p"},
		{"swagger: '2.0'\nhost: abc.APIGW.test\n", "MOCK /p"},
		{"openapi: 3.0.0\nservers: [{url: 'http://api.test/v1'}, {url: 'https://other.test'}]\n", "HTTP api.test /v1/p"},
		{"openapi: 3.0.0\nservers: [{url: /v2}]\n", "MOCK /v2/p"},
		{"openapi: 3.0.0\nservers: [{url: 'ftp://api.test'}]\n", "MOCK /p"},
		{"openapi: 3.0.0\nservers: [{url: '::'}]\n", "MOCK /p"},
		{"openapi: 3.0.0\nservers: []\n", "MOCK /p"},
		{"openapi: 3.0.0\n", "MOCK /p"},
	} {
		d := read(t, tt.head+"info: {title: Origin}\npaths: {/p: {get: {}}}\n").Operations[0].Doc
		got := "MOCK " + d.ReqURI
		if d.BackendAPI != nil {
			got = d.BackendAPI.ReqProtocol + " " + d.BackendAPI.URLDomain + " " + d.BackendAPI.ReqURI
		}
		if got != tt.want {
			t.Errorf("%q: %s, want %s", tt.head, got, tt.want)
		}
	}
	own := read(t, "openapi: 3.0.0\ninfo: {title: Origin}\nservers: [{url: 'https://a.test'}]\npaths:\n  /p:\n    servers: [{url: 'https://b.test'}]\n"+
		"    get: {servers: [{url: 'http://c.test'}]}\n    put: {}\n")
	if a, b := own.Operations[0].Doc.BackendAPI.URLDomain, own.Operations[1].Doc.BackendAPI.URLDomain; a != "c.test" || b != "b.test" {
		t.Errorf("own servers: %s, %s", a, b)
	}
}

func TestSecurity(t *testing.T) {
	plan := read(t, `
swagger: '2.0'
info: {title: Security}
security: [{basic: []}]
securityDefinitions:
  basic: {type: basic}
  none: {type: apiKey, name: unused, in: header, x-apigateway-auth-type: IAM_NONE}
paths:
  /default: {get: {}}
  /open: {get: {security: []}}
  /app: {get: {security: [{basic: []}, {apig-auth-app: []}]}}
  /iam: {get: {security: [{none: []}]}}
`)
	for i, want := range []string{"NONE", "NONE", "APP", "IAM"} {
		if got := plan.Operations[i].Doc.AuthType; got != want {
			t.Errorf("%s is %s, want %s", plan.Operations[i].Path, got, want)
		}
	}
	fate(t, plan, "/securityDefinitions/basic", importer.Ignored, "pass to the backend")
	fate(t, plan, "/securityDefinitions/none/x-apigateway-auth-type", importer.Converted, "IAM")
}

// FuzzImport: whatever a document says, reading it ends in a plan or in a
// refusal of the catalogue, and so does checking each of its drafts.
func FuzzImport(f *testing.F) {
	for _, s := range []string{
		"swagger: '2.0'\ninfo: {title: abc}\nbasePath: /v1\nhost: a.test\npaths: {'/a/{b}': {get: {parameters: [{name: b, in: path, type: integer, enum: [1]}]}}}",
		"openapi: 3.1.0\ninfo: {title: abc}\nservers: [{url: 'https://{a}/b', variables: {a: {default: c}}}]\npaths: {/a: {$ref: '#/components/pathItems/x'}}\ncomponents: {pathItems: {x: {put: {tags: [a, 1]}}}}",
		`{"swagger":"2.0","info":{"title":"abc"},"paths":{"/a/{p+}":{"x-apigateway-any-method":{"x-apigateway-match-mode":"SWA","x-apigateway-backend":{"type":"HTTP-VPC","httpVpcEndpoints":[{"name":["c"],"scheme":"http","method":"ANY","path":"/x-{y}","timeout":1e3}],"parameters":[{"name":"y","in":"path","origin":"REQUEST","value":"p"}]},"x-apigateway-backend-policies":[{"type":"http","name":"abc","effectMode":"any","conditions":[{"origin":"request","type":"equal","parameter":"p","value":"x"}],"httpEndpoints":{"address":"h:1","scheme":"http","method":"get","path":"/"}}]}}}}`,
		"swagger: '2.0'\ninfo: {title: abc}\npaths: {/a: {get: {x-apigateway-backend: {type: function, functionEndpoints: {function-urn: u, invocation-type: asynchronous}}, x-apigateway-ratelimit: t, x-apigateway-access-control: [a]}}}\nx-apigateway-ratelimits: {t: {api-limit: 1, special: [{limit: 1}]}}",
		"swagger: '2.0'\ninfo: {title: abc}\nparameters: {a: {$ref: '#/parameters/a'}}\npaths: {/a: {get: {parameters: [{$ref: '#/parameters/a'}]}}}",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		root, err := document.Parse(raw)
		if err != nil {
			return
		}
		plan, err := importer.Read(root, importer.Options{Limits: quota.Default(), Domain: "apigw.test", NewGroup: true})
		var refusal *wire.Error
		if err != nil {
			if !errors.As(err, &refusal) || refusal.Status != 400 {
				t.Fatalf("%v", err)
			}
			return
		}
		for _, op := range plan.Operations {
			err := check(op)
			if err != nil && (!errors.As(err, &refusal) || refusal.Status < 400 || refusal.Status > 499) {
				t.Fatalf("%s %s: %v", op.Method, op.Path, err)
			}
			if op.Doc.Name == "" {
				t.Fatalf("%s %s has no name", op.Method, op.Path)
			}
		}
		plan.Report.First(1000)
		plan.Report.Counts()
	})
}
