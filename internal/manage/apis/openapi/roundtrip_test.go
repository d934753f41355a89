package openapi_test

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi2"
	"github.com/getkin/kin-openapi/openapi2conv"
	"github.com/getkin/kin-openapi/openapi3"
)

var (
	titles = regexp.MustCompile(`"?title"?: "?[A-Za-z_]+"?`)
	hosts  = regexp.MustCompile(`[0-9a-f]{32}\.apigw\.test`)
)

// same compares two exports apart from host and title.
func (h *house) same(one, two string) {
	h.t.Helper()
	clean := func(s string) string { return hosts.ReplaceAllString(titles.ReplaceAllString(s, "title"), "host") }
	if clean(one) != clean(two) {
		h.t.Errorf("the exports differ:\n%s\n\n%s", one, two)
	}
}

// rich has every word that an export writes.
const rich = `{
  "swagger": "2.0",
  "info": {"description": "all words", "title": "Everything", "version": "1"},
  "paths": {
    "/anything": {"x-apigateway-any-method": {
      "operationId": "any_method", "schemes": ["http", "https"], "tags": ["one", "two"],
      "x-apigateway-cors": true, "x-apigateway-request-type": "private", "x-apigateway-match-mode": "SWA", "x-lintel-version": "V1.2", "x-lintel-service-tag": "old",
      "x-apigateway-access-control": ["addresses", "accounts"], "x-apigateway-ratelimit": "slow",
      "security": [{"app-header": []}],
      "x-apigateway-backend": {"type": "FUNCTION", "parameters": [], "functionEndpoints": {
        "function-urn": "` + urn + `", "version": "latest", "invocation-type": "synchronous", "timeout": 700, "description": "a function"}},
      "x-apigateway-backend-policies": [{"name": "by_source", "effectMode": "ALL", "type": "FUNCTION",
        "conditions": [{"origin": "source", "value": "10.0.0.1"}],
        "functionEndpoints": {"function-urn": "` + urn + `", "invocation-type": "async", "timeout": 1, "version": "v1"}}]
    }},
    "/orders/{id}": {
      "parameters": [{"name": "id", "in": "path", "required": true, "type": "string", "maxLength": 8, "minLength": 2, "pattern": "^[a-z]+$", "enum": ["ab", "cd"], "x-lintel-checked": true}],
      "get": {
        "operationId": "order_show", "security": [{"custom": []}], "x-apigateway-ratelimit": "slow",
        "parameters": [
          {"name": "n", "in": "query", "type": "integer", "maximum": 9, "minimum": -1, "default": "5", "enum": [1, 5], "x-lintel-sample": "5", "x-lintel-json-schema": "{}"},
          {"name": "X-Trace", "in": "header", "type": "string", "description": "trace"},
          {"name": "body", "in": "body", "description": "what to send", "schema": {"type": "object"}}
        ],
        "responses": {"x-apigateway-result-failure-sample": "bad", "x-apigateway-result-normal-sample": "good"},
        "x-apigateway-backend": {"type": "HTTP-VPC",
          "httpVpcEndpoints": {"name": "VPC_two", "host": "inner.test", "scheme": "http", "method": "ANY", "path": "/v1/o-{id}", "timeout": 60000, "description": "inside",
            "x-lintel-authorizer": "Back_door", "x-lintel-backend-version": "b1"},
          "parameters": [
            {"name": "id", "in": "path", "origin": "REQUEST", "value": "id", "description": "the order"},
            {"name": "fixed", "in": "query", "origin": "CONSTANT", "value": "x"},
            {"name": "X-Who", "in": "header", "origin": "SYSTEM", "value": "$context.sourceIp"},
            {"name": "X-User", "in": "header", "origin": "SYSTEM", "value": "$context.authorizer.frontend.user"}
          ]},
        "x-apigateway-backend-policies": [
          {"name": "few", "effectMode": "ANY", "type": "HTTP",
           "conditions": [{"origin": "request", "type": "enum", "parameter": "n", "value": "1,2"}, {"origin": "param", "type": "pattern", "parameter": "id", "value": "^a"}],
           "parameters": [{"name": "id", "in": "path", "origin": "REQUEST", "value": "id"}],
           "httpEndpoints": {"address": "#host#:8080", "scheme": "https", "method": "GET", "path": "/few/{id}", "timeout": 10}},
          {"name": "inner", "effectMode": "ANY", "type": "HTTP-VPC", "conditions": [{"origin": "source", "value": "10.0.0.0/8, 1.2.3.4"}],
           "httpVpcEndpoints": {"name": "VPC_n9ct", "scheme": "https", "method": "GET", "path": "/", "timeout": 10}}
        ]
      },
      "delete": {
        "operationId": "order_delete", "security": [{"apig-auth-iam": []}], "schemes": ["http"], "x-apigateway-access-control": "addresses",
        "x-apigateway-backend": {"type": "MOCK", "mockEndpoints": {"result-content": "gone\n\"quoted\": yes # no", "description": "a mock", "x-lintel-backend-version": "m1"}},
        "x-apigateway-backend-policies": [{"name": "mocked", "effectMode": "ANY", "type": "MOCK", "conditions": [{"origin": "param", "type": "exact", "parameter": "id", "value": "ab"}],
          "mockEndpoints": {"result-content": "other"}}]
      }
    }
  },
  "securityDefinitions": {
    "app-header": {"type": "apiKey", "name": "Authorization", "in": "header", "x-apigateway-auth-type": "AppSigv1", "x-apigateway-auth-opt": {"appcode-auth-type": "header"}},
    "custom": {"type": "apiKey", "name": "unused", "in": "header", "x-apigateway-auth-type": "AUTHORIZER", "x-apigateway-authorizer": {"name": "Front_door"}},
    "apig-auth-iam": {"type": "apiKey", "name": "unused", "in": "header", "x-apigateway-auth-type": "IAM"}
  },
  "x-apigateway-access-controls": {
    "addresses": {"acl-type": "DENY", "entity-type": "IP", "value": "10.0.0.0/8,192.168.1.1"},
    "accounts": {"acl-type": "PERMIT", "entity-type": "DOMAIN", "value": "tenant_one"},
    "unused": {"acl-type": "PERMIT", "entity-type": "IP", "value": "1.1.1.1"}
  },
  "x-apigateway-ratelimits": {
    "slow": {"api-limit": 100, "user-limit": 50, "app-limit": 40, "ip-limit": 30, "interval": 2, "unit": "MINUTE", "shared": true,
      "special": [{"type": "USER", "limit": 10, "instance": "0123456789abcdef0123456789abcdef"}]},
    "unused": {"api-limit": 1, "interval": 1, "unit": "DAY"}
  }
}`

// exports are the ways in which a group can be written.
var exports = []string{"", "&format=openapi3", "&type=yaml", "&type=YAML&format=OpenAPI3"}

func TestRoundTrip(t *testing.T) {
	each(t, func(h *house) {
		first := h.whole(h.Do("POST", path, rich))
		h.variable(first.GroupID)
		h.publish(first)
		if h.count("throttles") != 1 || h.count("acls") != 2 || h.count("bindings") != 5 {
			h.t.Errorf("%d throttles, %d lists, %d bindings", h.count("throttles"), h.count("acls"), h.count("bindings"))
		}
		for i, query := range exports {
			name := []string{"Two", "Three", "Four", "Five"}[i]
			query += "&define=all&version=fixed"
			text := h.export(first.GroupID, query)
			again := strings.Replace(text, "Everything", name, 1)
			res := h.whole(h.Do("POST", path, again))
			if len(res.Success) != 3 {
				h.t.Fatalf("%s: %+v", query, res)
			}
			// What an export says is what the drafts are.
			byName := map[string]string{}
			for _, s := range append(first.Success, res.Success...) {
				doc := h.draft(s.ID)
				var d struct {
					Name string `json:"name"`
				}
				if err := json.Unmarshal([]byte(doc), &d); err != nil {
					h.t.Fatal(err)
				}
				if was, ok := byName[d.Name]; ok && was != doc {
					h.t.Errorf("%s: %s became\n%s\nwas\n%s", query, d.Name, doc, was)
				}
				byName[d.Name] = doc
			}
			h.variable(res.GroupID)
			h.publish(res)
			h.same(text, h.export(res.GroupID, query))
			// Once more over itself.
			over := h.whole(h.Do("PUT", path+"?mode=override&extend_mode=override&group_id="+res.GroupID, again))
			if over.Success[0].Action != "update" {
				h.t.Errorf("%+v", over.Success)
			}
			h.publish(over)
			h.same(text, h.export(res.GroupID, query))
		}
		if h.count("throttles") != 1 || h.count("acls") != 2 {
			h.t.Error("importing again made policies again")
		}
	})
}

// variable defines what the backend of rich uses.
func (h *house) variable(group string) {
	h.t.Helper()
	h.Do("POST", "/v1.0/apigw/env-variables", map[string]any{
		"group_id": group, "env_id": releaseEnv, "variable_name": "host", "variable_value": "h.test",
	}).Want(201)
}

// TestExportsAreValid asks an implementation of the specifications.
func TestExportsAreValid(t *testing.T) {
	each(t, func(h *house) {
		res := h.whole(h.Do("POST", path, rich))
		h.variable(res.GroupID)
		h.publish(res)
		for _, define := range []string{"base", "full", "all"} {
			three, err := openapi3.NewLoader().LoadFromData([]byte(h.export(res.GroupID, "&format=openapi3&define="+define)))
			if err != nil {
				h.t.Fatal(err)
			}
			if err := three.Validate(h.t.Context()); err != nil {
				h.t.Errorf("3.0, %s: %v", define, err)
			}
			// Swagger 2.0 allows extensions among the responses, as the
			// reference has them; the types of kin-openapi do not.
			samples := regexp.MustCompile(`,\s*"x-apigateway-result-[a-z-]+": "[^"]*"`)
			var two openapi2.T
			if err := json.Unmarshal([]byte(samples.ReplaceAllString(h.export(res.GroupID, "&define="+define), "")), &two); err != nil {
				h.t.Fatal(err)
			}
			converted, err := openapi2conv.ToV3(&two)
			if err != nil {
				h.t.Fatal(err)
			}
			// The reference's samples write a number's default as text.
			if err := converted.Validate(h.t.Context(), openapi3.DisableSchemaDefaultsValidation()); err != nil {
				h.t.Errorf("2.0, %s: %v", define, err)
			}
		}
	})
}
