package api_test

import (
	"encoding/json"
	"strings"
	"testing"
)

// sample is a small document in the form of ours.
const sample = `{
	"openapi": "3.1.0",
	"paths": {
		"/v1.0/things/{id}": {"get": {
			"operationId": "t:show", "security": [{"token": []}],
			"responses": {
				"200": {"description": "OK", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}}},
				"404": {"description": "APIG.3001 There is none.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Failure"}}}}
			}
		}},
		"/v1.0/things/special": {"get": {"operationId": "t:special", "responses": {"204": {"description": "No Content"}}}}
	},
	"components": {"schemas": {
		"Failure": {"type": "object", "properties": {"error_code": {"type": "string"}}, "required": ["error_code"]},
		"Thing": {"type": "object", "required": ["id"], "properties": {
			"id": {"type": "string"}, "size": {"type": "integer"}, "share": {"type": "number"},
			"kind": {"type": "string", "enum": ["A", "B"]}, "tags": {"type": ["array", "null"], "items": {"type": "string"}},
			"part": {"anyOf": [{"$ref": "#/components/schemas/Thing"}, {"type": "null"}]},
			"open": {"type": "object", "additionalProperties": {"type": "integer"}}, "free": {}
		}}
	}}
}`

func sampleContract(t *testing.T) *contract {
	t.Helper()
	c := &contract{dialects: map[string]*document{}, undeclared: map[string]bool{}}
	if err := c.add("apigw", []byte(sample)); err != nil {
		t.Fatal(err)
	}
	return c
}

// TestContractFindsFaults: what checks all answers must itself be checked.
func TestContractFindsFaults(t *testing.T) {
	c := sampleContract(t)
	op := c.find("GET", "/v1.0/things/1")
	for _, tt := range []struct {
		status int
		body   string
		want   string // part of the first fault; "" for none
	}{
		{200, `{"id":"a"}`, ""},
		{200, `{"id":"a","size":1,"share":1,"kind":"B","tags":["x"],"part":{"id":"b"},"open":{"x":1},"free":[{}]}`, ""},
		{200, `{"id":"a","tags":null,"part":null,"share":0.5}`, ""},
		{200, `{}`, "no field id"},
		{200, `{"id":"a","more":1}`, "field more is not in the schema"},
		{200, `{"id":1}`, "body.id: is integer"},
		{200, `{"id":"a","size":1.5}`, "body.size: is number"},
		{200, `{"id":"a","kind":"C"}`, "none of"},
		{200, `{"id":"a","tags":[1]}`, "body.tags[0]"},
		{200, `{"id":"a","part":{}}`, "body.part: no field id"},
		{200, `{"id":"a","part":{"id":"b","more":1}}`, "body.part: field more"},
		{200, `{"id":"a","open":{"x":"y"}}`, "body.open.x"},
		{200, `[]`, "is array"},
		{200, `{"id"`, "not JSON"},
		{404, `{"error_code":"APIG.3001"}`, ""},
		{404, `{"error_code":"APIG.3002"}`, "does not declare APIG.3002"},
		{404, `{"error_code":"APIG.3001","internal":"x"}`, "field internal"},
		{500, `{"error_code":"APIG.9999"}`, "does not declare status 500"},
	} {
		faults := c.check(&answer{op: op, status: tt.status, body: []byte(tt.body)})
		if tt.want == "" && len(faults) > 0 || tt.want != "" && !strings.Contains(strings.Join(faults, "\n"), tt.want) {
			t.Errorf("%d %s: %q, want %q", tt.status, tt.body, faults, tt.want)
		}
	}
	if faults := c.check(&answer{op: c.find("GET", "/v1.0/things/special"), status: 204, body: []byte("{}")}); len(faults) == 0 {
		t.Error("a body where none is declared was accepted")
	}
	if faults := c.check(&answer{status: 200, body: []byte("{}")}); len(faults) == 0 {
		t.Error("an answer of no operation was accepted")
	}
}

func TestContractFindsOperations(t *testing.T) {
	c := sampleContract(t)
	for request, want := range map[string]string{
		"GET /v1.0/things/1": "t:show", "GET /v1.0/things/1/": "t:show", "HEAD /v1.0/things/1": "t:show",
		"GET /v1.0/things/special": "t:special", "PUT /v1.0/things/1": "", "GET /v1.0/things": "", "GET /v1.0/things//": "", "GET /": "",
	} {
		method, path, _ := strings.Cut(request, " ")
		got := ""
		if op := c.find(method, path); op != nil {
			got = op.id
		}
		if got != want {
			t.Errorf("%s is %q, want %q", request, got, want)
		}
	}
}

func TestCoverageNamesWhatIsMissing(t *testing.T) {
	c := sampleContract(t)
	v := newCoverage(c)
	lacks := func() string { return strings.Join(v.lacks(), "|") }
	const show = "GET /v1.0/things/{id} (t:show)"
	for _, want := range []string{": no success", ": no refusal", ": declares APIG.3001, which nothing provoked"} {
		if !strings.Contains(lacks(), show+want) {
			t.Errorf("%q does not say %q", lacks(), show+want)
		}
	}
	s := &scenario{t: t, platform: &platform{coverage: v}}
	a := &answer{s: s, op: c.find("GET", "/v1.0/things/1"), status: 404, body: json.RawMessage(`{"error_code":"APIG.3001"}`)}
	s.generated = true
	v.refusal(a, "APIG.3001")
	if got := lacks(); !strings.Contains(got, show+": no refusal") || strings.Contains(got, "provoked") {
		t.Errorf("after a generated refusal: %q", got)
	}
	s.generated = false
	v.refusal(a, "APIG.3001")
	v.success(a)
	if strings.Contains(lacks(), show) {
		t.Errorf("after both: %q", lacks())
	}
}
