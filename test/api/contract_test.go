package api_test

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// contract is what our own OpenAPI documents promise.
type contract struct {
	operations []*operation
	dialects   map[string]*document

	mu         sync.Mutex
	undeclared map[string]bool // reported once each: one line of a route makes many answers
}

type document struct {
	name    string
	schemas map[string]any
	failure any // schema of the error body
}

// operation is one operation of a document.
type operation struct {
	id, method, pattern string
	segments            []string
	document            *document
	public              bool
	body, bodyNeeded    bool // takes JSON of ours, cannot do without
	listed              bool // its body is a list
	yaml                bool // answers YAML when it is asked to
	query               []parameter
	responses           map[string]response
}

type parameter struct {
	Name     string `json:"name"`
	In       string `json:"in"`
	Required bool   `json:"required"`
}

type response struct {
	description string
	schema      any // nil without a body
}

// loadContract reads the documents from the platform.
func loadContract(t *testing.T, c *http.Client, base string) *contract {
	t.Helper()
	all := &contract{dialects: map[string]*document{}, undeclared: map[string]bool{}}
	for _, name := range []string{"apigw", "identity", "ghippo"} {
		r, err := c.Get(base + "/openapi/" + name + ".json")
		if err != nil {
			t.Fatal(err)
		}
		raw, err := io.ReadAll(r.Body)
		r.Body.Close()
		if err != nil || r.StatusCode != http.StatusOK {
			t.Fatalf("document of %s: status %d, %v", name, r.StatusCode, err)
		}
		if err := all.add(name, raw); err != nil {
			t.Fatalf("document of %s: %v", name, err)
		}
		// The documents do not describe how they are had.
		all.operations = append(all.operations, &operation{
			id: "openapi:" + name, method: "GET", pattern: "/openapi/" + name + ".json", public: true,
			segments: []string{"openapi", name + ".json"}, document: all.dialects[name],
			responses: map[string]response{"200": {schema: object{}}, "400": {description: codeOfBadQuery[name], schema: all.dialects[name].failure}},
		})
	}
	if len(all.operations) < 40 {
		t.Fatalf("the documents list %d operations only", len(all.operations))
	}
	return all
}

// codeOfBadQuery is what reading a document answers to a malformed query.
var codeOfBadQuery = map[string]string{"apigw": "APIG.2000"}

func (c *contract) add(name string, raw []byte) error {
	var in struct {
		OpenAPI string `json:"openapi"`
		Paths   map[string]map[string]struct {
			ID          string      `json:"operationId"`
			Security    []any       `json:"security"`
			Parameters  []parameter `json:"parameters"`
			RequestBody *struct {
				Required bool `json:"required"`
				Content  map[string]struct {
					Schema object `json:"schema"`
				} `json:"content"`
			} `json:"requestBody"`
			Responses map[string]struct {
				Description string `json:"description"`
				Content     map[string]struct {
					Schema any `json:"schema"`
				} `json:"content"`
			} `json:"responses"`
		} `json:"paths"`
		Components struct {
			Schemas map[string]any `json:"schemas"`
		} `json:"components"`
	}
	if err := json.Unmarshal(raw, &in); err != nil {
		return err
	}
	if in.OpenAPI != "3.1.0" {
		return fmt.Errorf("version %q", in.OpenAPI)
	}
	d := &document{name: name, schemas: in.Components.Schemas}
	c.dialects[name] = d
	for _, pattern := range slices.Sorted(maps.Keys(in.Paths)) {
		for _, method := range slices.Sorted(maps.Keys(in.Paths[pattern])) {
			described := in.Paths[pattern][method]
			op := &operation{
				id: described.ID, method: strings.ToUpper(method), pattern: pattern, document: d,
				segments: strings.Split(pattern[1:], "/"), public: len(described.Security) == 0,
				responses: map[string]response{},
			}
			if b := described.RequestBody; b != nil {
				content, ours := b.Content["application/json"]
				op.body, op.bodyNeeded = ours, ours && b.Required
				op.listed = slices.Contains(words(content.Schema["type"]), "array")
			}
			op.query = slices.DeleteFunc(described.Parameters, func(p parameter) bool { return p.In != "query" })
			for status, r := range described.Responses {
				op.responses[status] = response{r.Description, r.Content["application/json"].Schema}
				_, yaml := r.Content["application/yaml"]
				op.yaml = op.yaml || yaml
				if status >= "400" {
					d.failure = r.Content["application/json"].Schema
				}
			}
			c.operations = append(c.operations, op)
		}
	}
	return nil
}

// find answers the operation of a request; where two patterns fit, the one
// whose first difference is a literal.
func (c *contract) find(method, path string) *operation {
	if method == http.MethodHead {
		method = http.MethodGet
	}
	segments := strings.Split(strings.TrimSuffix(path, "/")[min(1, len(strings.TrimSuffix(path, "/"))):], "/")
	var best *operation
	for _, op := range c.operations {
		if op.method == method && op.fits(segments) && (best == nil || op.pattern < best.pattern) {
			best = op // '{' sorts behind every letter
		}
	}
	return best
}

func (op *operation) fits(segments []string) bool {
	if len(segments) != len(op.segments) {
		return false
	}
	for i, s := range op.segments {
		if isParam(s) && segments[i] != "" || s == segments[i] {
			continue
		}
		return false
	}
	return true
}

func isParam(segment string) bool { return strings.HasPrefix(segment, "{") }

// params are the names of the ids in the operation's path.
func (op *operation) params() []string {
	var names []string
	for _, s := range op.segments {
		if isParam(s) {
			names = append(names, strings.Trim(s, "{}"))
		}
	}
	return names
}

// reads reports whether the operation changes nothing.
func (op *operation) reads() bool { return op.method == http.MethodGet }

func (op *operation) String() string { return op.method + " " + op.pattern }

// success is the status that the operation promises.
func (op *operation) success() int {
	for status := range op.responses {
		if n, _ := strconv.Atoi(status); n < 400 {
			return n
		}
	}
	return 0
}

// refusals are the statuses of refusals that the operation declares.
func (op *operation) refusals() []int {
	var statuses []int
	for status := range op.responses {
		if n, _ := strconv.Atoi(status); n >= 400 {
			statuses = append(statuses, n)
		}
	}
	slices.Sort(statuses)
	return statuses
}

var codePattern = regexp.MustCompile(`\bAPI[GC]\.\d{4}\b`)

// codes are the error codes that the operation declares.
func (op *operation) codes() []string {
	var codes []string
	for _, r := range op.responses {
		codes = append(codes, codePattern.FindAllString(r.description, -1)...)
	}
	slices.Sort(codes)
	return slices.Compact(codes)
}

// identityPath is what lies below the roots of the identity APIs: v3 of
// Keystone and its extension v3.0.
var identityPath = regexp.MustCompile(`^/v3(\.0)?(/|$)`)

// thirdPath is what lies below the root of the third dialect.
var thirdPath = regexp.MustCompile(`^/apis(/|$)`)

// check answers what is wrong with an answer by the documents.
func (c *contract) check(a *answer) []string {
	if a.op == nil {
		if a.status < 400 {
			return []string{"an answer of no documented operation"}
		}
		d := c.dialects["apigw"]
		switch {
		case identityPath.MatchString(a.path):
			d = c.dialects["identity"]
		case thirdPath.MatchString(a.path):
			d = c.dialects["ghippo"]
		}
		return d.checkBody(d.failure, a.body)
	}
	declared, ok := a.op.responses[strconv.Itoa(a.status)]
	if !ok {
		return c.lacks(a.op, "status "+strconv.Itoa(a.status))
	}
	var faults []string
	if code := codePattern.FindString(string(a.body)); a.status >= 400 && code != "" && !strings.Contains(declared.description, code) {
		faults = c.lacks(a.op, code)
	}
	if a.isYAML() {
		return faults
	}
	if declared.schema == nil {
		if len(a.body) > 0 {
			faults = append(faults, "a body where none is declared")
		}
		return faults
	}
	return append(faults, a.op.document.checkBody(declared.schema, a.body)...)
}

// lacks reports something that an operation does and does not declare.
func (c *contract) lacks(op *operation, what string) []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	fault := fmt.Sprintf("%s (%s) does not declare %s", op, op.id, what)
	if c.undeclared[fault] {
		return nil
	}
	c.undeclared[fault] = true
	return []string{fault}
}

func (d *document) checkBody(schema any, body []byte) []string {
	var v any
	if err := json.Unmarshal(body, &v); err != nil {
		return []string{"the body is not JSON"}
	}
	return d.check(schema, v, "body")
}

// check holds a value against a schema: the part of JSON Schema that our
// documents use. An object may have no field that its schema lacks.
func (d *document) check(schema, v any, at string) []string {
	s, ok := schema.(object)
	if !ok {
		return []string{at + ": the document has no schema"}
	}
	var faults []string
	if ref, ok := s["$ref"].(string); ok {
		faults = d.check(d.schemas[strings.TrimPrefix(ref, "#/components/schemas/")], v, at)
	}
	for _, word := range []string{"anyOf", "oneOf"} {
		if choices, ok := s[word].(list); ok {
			faults = append(faults, d.checkChoices(choices, v, at)...)
		}
	}
	if allowed, ok := s["enum"].(list); ok && !slices.Contains(allowed, v) {
		faults = append(faults, fmt.Sprintf("%s: %v is none of %v", at, v, allowed))
	}
	if kinds := words(s["type"]); len(kinds) > 0 && !slices.Contains(kinds, kindOf(v)) &&
		!(kindOf(v) == "integer" && slices.Contains(kinds, "number")) {
		return append(faults, fmt.Sprintf("%s: is %s, want %v", at, kindOf(v), kinds))
	}
	switch value := v.(type) {
	case object:
		faults = append(faults, d.checkObject(s, value, at)...)
	case list:
		for i, item := range value {
			if items, ok := s["items"]; ok {
				faults = append(faults, d.check(items, item, fmt.Sprintf("%s[%d]", at, i))...)
			}
		}
	}
	return faults
}

func (d *document) checkChoices(choices list, v any, at string) []string {
	var last []string
	for _, choice := range choices {
		faults := d.check(choice, v, at)
		if len(faults) == 0 {
			return nil
		}
		if last == nil || v != nil {
			last = append(last, faults...)
		}
	}
	return last
}

func (d *document) checkObject(s, value object, at string) []string {
	var faults []string
	for _, name := range words(s["required"]) {
		if _, ok := value[name]; !ok {
			faults = append(faults, at+": no field "+name)
		}
	}
	properties, described := s["properties"].(object)
	more, open := s["additionalProperties"]
	for _, name := range slices.Sorted(maps.Keys(value)) {
		switch property, known := properties[name]; {
		case known:
			faults = append(faults, d.check(property, value[name], at+"."+name)...)
		case open:
			faults = append(faults, d.check(more, value[name], at+"."+name)...)
		case described:
			faults = append(faults, at+": field "+name+" is not in the schema")
		}
	}
	return faults
}

// words reads a text or a list of texts.
func words(v any) []string {
	switch v := v.(type) {
	case string:
		return []string{v}
	case list:
		out := make([]string, len(v))
		for i := range v {
			out[i], _ = v[i].(string)
		}
		return out
	}
	return nil
}

func kindOf(v any) string {
	switch v := v.(type) {
	case nil:
		return "null"
	case bool:
		return "boolean"
	case string:
		return "string"
	case float64:
		if v == float64(int64(v)) {
			return "integer"
		}
		return "number"
	case list:
		return "array"
	default:
		return "object"
	}
}
