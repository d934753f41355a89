package wire

import (
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// documentRoute serves the OpenAPI document of a dialect.
func documentRoute(d *Dialect, document []byte) Route {
	return Route{
		Method: http.MethodGet, Pattern: "/openapi/" + d.Name + ".json",
		Action: "openapi:" + d.Name, Summary: "The OpenAPI 3.1 document of this API.", Access: Public,
		Handle: Get(func(*Request) (json.RawMessage, error) { return document, nil }),
	}
}

// OpenAPI is the OpenAPI 3.1 document of the dialect's routes, reached at the
// server URL. The same routes give the same bytes.
//
// Types become schemas by reflection: the JSON tags say the names, a tag
// `doc:"…"` the description, `enum:"A,B"` the allowed words and
// `required:"true"` a field that a request needs. A type with a method
// Schema() Schema describes itself.
func OpenAPI(d *Dialect, server string) ([]byte, error) {
	types := newTypes()
	failure := types.of(reflect.TypeOf(d.ErrorBody), true)
	paths := map[string]map[string]any{}
	tags := []string{}
	for i := range d.Routes {
		r := &d.Routes[i]
		pattern := strings.TrimSuffix(r.Pattern, "{$}")
		if paths[pattern] == nil {
			paths[pattern] = map[string]any{}
		}
		method := strings.ToLower(r.Method)
		if paths[pattern][method] != nil {
			return nil, fmt.Errorf("wire: openapi: %s %s exists twice", r.Method, r.Pattern)
		}
		paths[pattern][method] = operation(d, r, types, failure)
		if tag := tagOf(r); !slices.Contains(tags, tag) {
			tags = append(tags, tag)
		}
	}
	named := make([]any, len(tags))
	for i, tag := range tags {
		named[i] = map[string]any{"name": tag}
	}
	document := map[string]any{
		"openapi": "3.1.0",
		"info":    map[string]any{"title": d.Title, "version": d.Version},
		"servers": []any{map[string]any{"url": server}},
		"tags":    named,
		"paths":   paths,
		"components": map[string]any{
			"schemas":         types.schemas,
			"securitySchemes": securitySchemes(),
		},
	}
	raw, err := json.Marshal(document)
	if err != nil {
		return nil, fmt.Errorf("wire: openapi of %s: %w", d.Name, err)
	}
	return raw, nil
}

// securitySchemes are the three ways in, each enough by itself. OpenAPI has no
// word for a signed request; the header it ends up in comes nearest.
func securitySchemes() map[string]any {
	return map[string]any{
		"token": map[string]any{
			"type": "apiKey", "in": "header", "name": "X-Auth-Token",
			"description": "A token of POST /v3/auth/tokens.",
		},
		"signature": map[string]any{
			"type": "apiKey", "in": "header", "name": "Authorization",
			"description": "SDK-HMAC-SHA256 over the request with an access key and its secret.",
		},
		"bearer": map[string]any{
			"type": "http", "scheme": "bearer",
			"description": "A token of POST /v3/auth/tokens, a token made of a key pair, or a named access token.",
		},
	}
}

// tagOf is the area in an action: "apps" of "apigw:apps:create".
func tagOf(r *Route) string {
	parts := strings.Split(r.Action, ":")
	if len(parts) > 2 {
		return parts[1]
	}
	return parts[0]
}

func operation(d *Dialect, r *Route, types *types, failure Schema) map[string]any {
	op := map[string]any{
		"operationId": r.Action,
		"summary":     r.Summary,
		"tags":        []string{tagOf(r)},
		"responses":   responses(d, r, types, failure),
	}
	if parameters := parameters(r); len(parameters) > 0 {
		op["parameters"] = parameters
	}
	if r.Handle.in != nil {
		op["requestBody"] = map[string]any{
			"required": !r.Handle.optional,
			"content":  r.Handle.request(types),
		}
	}
	if r.Access == Public {
		op["security"] = []any{}
	} else {
		op["security"] = []any{map[string]any{"token": []string{}}, map[string]any{"signature": []string{}}, map[string]any{"bearer": []string{}}}
	}
	return op
}

func content(s Schema) map[string]any {
	return map[string]any{"application/json": map[string]any{"schema": s}}
}

func parameters(r *Route) []any {
	var list []any
	for s := range strings.SplitSeq(r.Pattern, "/") {
		if name, ok := paramName(s); ok && name != "$" {
			list = append(list, map[string]any{
				"name": name, "in": "path", "required": true, "schema": Schema{"type": "string"},
			})
		}
	}
	for _, p := range r.Query {
		kind := p.Type
		if kind == "" {
			kind = "string"
		}
		list = append(list, map[string]any{
			"name": p.Name, "in": "query", "required": p.Required, "description": p.Doc, "schema": Schema{"type": kind},
		})
	}
	return list
}

// responses are the success, and each refusal that the route declares or the
// shared steps can make, one entry per status with the texts of all of them.
func responses(d *Dialect, r *Route, types *types, failure Schema) map[string]any {
	success := map[string]any{"description": http.StatusText(r.success())}
	if r.Handle.out != nil && r.success() != http.StatusNoContent {
		success["content"] = r.Handle.answer(types)
	}
	all := map[string]any{strconv.Itoa(r.success()): success}
	texts := map[int][]string{}
	for _, e := range slices.Concat(r.Errors, shared(d, r)) {
		line := strings.TrimSpace(e.Code + " " + e.Message)
		if !slices.Contains(texts[e.Status], line) {
			texts[e.Status] = append(texts[e.Status], line)
		}
	}
	for status, lines := range texts {
		all[strconv.Itoa(status)] = map[string]any{
			"description": strings.Join(lines, "\n\n"),
			"content":     content(failure),
		}
	}
	return all
}

// shared are the refusals of the steps that this route passes.
func shared(d *Dialect, r *Route) []*Error {
	f := &d.Faults
	list := []*Error{f.BadPath, f.Internal, f.Unavailable}
	if r.Access != Public {
		list = append(list, f.Credentials(&AuthError{Refusal: Missing}), f.Credentials(&AuthError{Refusal: Invalid}), f.Credentials(&AuthError{Refusal: Expired}))
	}
	if !r.reads() {
		list = append(list, f.CrossOrigin)
	}
	switch {
	case r.Access == Project:
		list = append(list, f.Credentials(&AuthError{Refusal: NoProject}))
		if !r.reads() {
			list = append(list, f.Forbidden(r, &Actor{Roles: []string{"reader"}}))
		}
	case r.Access == Admin, r.Access == Domain:
		list = append(list, f.Forbidden(r, &Actor{Roles: []string{"member"}}))
	}
	switch {
	case r.Handle.raw():
		list = append(list, r.tooLarge(f))
	case r.Handle.in != nil:
		list = append(list, f.BadBody("malformed"), r.tooLarge(f))
	}
	return list
}
