package responses

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/lintel-gateway/lintel/internal/wire/apig"
)

// Type is how one type of fault is answered.
type Type struct {
	Status  int    `json:"status,omitempty" doc:"HTTP status; absent where it is that of each fault."`
	Body    string `json:"body" doc:"JSON text with variables of $context."`
	Default bool   `json:"default" doc:"Whether it was never set."`
}

// TypeInput is what a type takes.
type TypeInput struct {
	Status  int      `json:"status" doc:"200 to 599 without 444; left out: that of the fault."`
	Body    string   `json:"body" required:"true" doc:"JSON text of up to 8192 characters with variables of $context."`
	Headers []Header `json:"headers" doc:"Not supported: must be empty."`
}

// Header is what v2 lets one add to an answer.
type Header struct {
	Key   string `json:"key"`
	Value string `json:"value"`
}

// standard is the body of a type that was never set (wire-facts §1.1).
const standard = `{"error_code":"$context.error.code","error_msg":"$context.error.message","request_id":"$context.requestId"}`

// maxTemplate bounds a body, in characters.
const maxTemplate = 8192

// kind is a type of fault with the status that it has by itself, 0 where faults
// of that type have several.
type kind struct {
	name   string
	status int
}

// kinds lists every type of fault (wire-facts §14).
func kinds() []kind {
	return []kind{
		{"ACCESS_DENIED", http.StatusForbidden},
		{"AUTHORIZER_CONF_FAILURE", http.StatusInternalServerError},
		{"AUTHORIZER_FAILURE", http.StatusForbidden},
		{"AUTHORIZER_IDENTITIES_FAILURE", http.StatusUnauthorized},
		{"AUTH_FAILURE", http.StatusUnauthorized},
		{"AUTH_HEADER_MISSING", http.StatusUnauthorized},
		{"BACKEND_TIMEOUT", http.StatusGatewayTimeout},
		{"BACKEND_UNAVAILABLE", http.StatusBadGateway},
		{"DEFAULT_4XX", 0},
		{"DEFAULT_5XX", 0},
		{"NOT_FOUND", http.StatusNotFound},
		{"REQUEST_PARAMETERS_FAILURE", http.StatusBadRequest},
		{"THROTTLED", http.StatusTooManyRequests},
		{"UNAUTHORIZED", http.StatusForbidden},
	}
}

// statusOf answers the status that a type has by itself.
func statusOf(name string) (status int, known bool) {
	for _, k := range kinds() {
		if k.name == name {
			return k.status, true
		}
	}
	return 0, false
}

// setting is a type that was set. status 0 keeps that of the fault.
type setting struct {
	status int
	body   string
}

// shown is a type as it is answered: as it was set, or as it is by itself.
func shown(name string, set map[string]setting) Type {
	status, _ := statusOf(name)
	s, changed := set[name]
	if !changed {
		return Type{Status: status, Body: standard, Default: true}
	}
	if s.status != 0 {
		status = s.status
	}
	return Type{Status: status, Body: s.body}
}

// settings checks the types of a response and answers them by their names in
// upper case.
func settings(in map[string]TypeInput) (map[string]setting, error) {
	out := make(map[string]setting, len(in))
	for _, name := range slices.Sorted(maps.Keys(in)) { // the first fault must not depend on chance
		upper := strings.ToUpper(name)
		if _, known := statusOf(upper); !known {
			return nil, apig.Invalid("responses." + name)
		}
		set := in[name]
		s, err := set.check("responses." + upper + ".")
		if err != nil {
			return nil, err
		}
		out[upper] = s
	}
	return out, nil
}

// check answers the setting that in describes; path is what stands before the
// names of its fields.
func (in *TypeInput) check(path string) (setting, error) {
	var c apig.Check
	if in.Status != 0 {
		c.Range(path+"status", in.Status, 200, 599)
		c.That(in.Status != 444, apig.Invalid(path+"status").With("444 is no status of HTTP"))
	}
	c.Required(path+"body", in.Body)
	c.Length(path+"body", in.Body, 1, maxTemplate)
	c.That(json.Valid([]byte(in.Body)), apig.Invalid(path+"body").With("it is not JSON"))
	if c.Err() == nil {
		unknown := foreign(in.Body)
		c.That(unknown == "", apig.Invalid(path+"body").With("there is no variable "+unknown))
	}
	c.That(len(in.Headers) == 0, apig.Invalid(path+"headers").With("headers cannot be set"))
	return setting{in.Status, in.Body}, c.Err()
}

// foreign answers the first variable of a body that does not exist, "" when all
// do.
func foreign(body string) string {
	const prefix = "$context."
	for {
		_, after, found := strings.Cut(body, prefix)
		if !found {
			return ""
		}
		name := after[:len(after)-len(strings.TrimLeft(after, wordCharacters))]
		if !variable(strings.TrimRight(name, ".")) { // a full stop may follow
			return prefix + name[:min(len(name), 64)]
		}
		body = after
	}
}

// wordCharacters are those that names of variables consist of.
const wordCharacters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_."

// variable reports whether there is a variable of this name behind "$context."
// (wire-facts §14). What an authorizer answers has names of its own choice.
func variable(name string) bool {
	for _, side := range []string{"authorizer.frontend.", "authorizer.backend."} {
		if property, ok := strings.CutPrefix(name, side); ok {
			return property != "" && !strings.Contains(property, ".")
		}
	}
	return slices.Contains([]string{
		"apiId", "appId", "requestId", "stage", "sourceIp", "error.message", "error.code", "error.type",
		"apiName", "appName", "reqPath", "reqUri", "reqMethod",
	}, name)
}
