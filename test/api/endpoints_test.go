package api_test

import (
	"slices"
	"strings"
)

// okForCreated are the operations for which the reference's status tables list
// 201 alone although nothing is created. Clients accept only 200 from a GET
// and a PUT, so that is what they get.
var okForCreated = []string{"4.2.10", "4.19.2", "4.19.4", "4.19.5"}

// placeNames are paths whose parameter has another name in our document: an
// OpenAPI document has one path item, and so one name, for what several
// operations share, and it is that of the others. Clients see no difference.
var placeNames = map[string]string{
	"/v1.0/apigw/throttle-specials/{strategy_id}": "/v1.0/apigw/throttle-specials/{id}", // 4.9.5 beside 4.9.3 and 4.9.4
}

// endpoint is an operation that clients expect.
type endpoint struct {
	source, method, path string
	query                []string
	success              string
}

// olderEndpoints are those of the original service that the reference lacks
// (wire-facts §0.2).
var olderEndpoints = []endpoint{
	{"wire-facts §0.2", "POST", "/v1.0/apigw/apps/{app_id}/app-codes", nil, "201"},
	{"wire-facts §0.2", "PUT", "/v1.0/apigw/apps/{app_id}/app-codes", nil, "201"},
	{"wire-facts §0.2", "GET", "/v1.0/apigw/apps/{app_id}/app-codes", []string{"page_size", "page_no"}, "200"},
	{"wire-facts §0.2", "GET", "/v1.0/apigw/apps/{app_id}/app-codes/{id}", nil, "200"},
	{"wire-facts §0.2", "DELETE", "/v1.0/apigw/apps/{app_id}/app-codes/{id}", nil, "204"},
	{"wire-facts §0.2", "GET", "/v1.0/apigw/config/project", []string{"page_size", "page_no", "config_id", "config_name"}, "200"},
	{"wire-facts §0.2", "GET", "/v1.0/apigw/statistics/api/latest", []string{"api_id", "duration"}, "200"},
	{"wire-facts §0.2", "GET", "/v1.0/apigw/statistics/group/latest", []string{"group_id"}, "200"},
}

// endpoints holds our own document against the reference's list of operations:
// the same methods and paths, down to the names of the parameters.
func endpoints(s *scenario) {
	expected := olderEndpoints
	rows := strings.Split(strings.TrimSpace(referenceFile(s.t, "apigw-v1.0-endpoints.tsv")), "\n")
	for _, row := range rows[1:] {
		columns := strings.Split(row, "\t")
		if len(columns) < 5 {
			s.t.Fatalf("row %q", row)
		}
		success, _, _ := strings.Cut(columns[4], " ")
		if slices.Contains(okForCreated, columns[0]) {
			success = "200"
		}
		path := columns[2]
		if name, ok := placeNames[path]; ok {
			path = name
		}
		expected = append(expected, endpoint{columns[0], columns[1], path, strings.Fields(columns[3]), success})
	}
	if len(expected) != 101+8 {
		s.t.Errorf("%d operations are expected, want 109", len(expected))
	}
	for _, e := range expected {
		if lack := s.contract.lacking(e); lack != "" {
			s.t.Errorf("%s, %s %s: %s", e.source, e.method, e.path, lack)
		}
	}
}

// lacking says what an expected operation has not in the documents.
func (c *contract) lacking(e endpoint) string {
	i := slices.IndexFunc(c.operations, func(op *operation) bool { return op.method == e.method && op.pattern == e.path })
	if i < 0 {
		return "is not in the document"
	}
	op := c.operations[i]
	if _, ok := op.responses[e.success]; !ok {
		return "has no answer with status " + e.success
	}
	for _, name := range e.query {
		if !slices.ContainsFunc(op.query, func(p parameter) bool { return p.Name == name }) {
			return "has no query parameter " + name
		}
	}
	return ""
}
