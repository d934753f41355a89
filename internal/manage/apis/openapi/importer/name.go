package importer

import (
	"fmt"
	"strings"
	"unicode"

	"github.com/lintel-gateway/lintel/internal/manage/apis/draft"
	"github.com/lintel-gateway/lintel/internal/manage/apis/openapi/document"
	"github.com/lintel-gateway/lintel/internal/wire/apig"
)

const (
	shortestName = 3
	longestName  = 64
)

// name brings a text into the form of names: 3 to 64 Chinese characters,
// letters, digits and underscores, a letter first. What cannot be brought into
// it is spare, or "" without one.
func name(s, spare string) string {
	var b strings.Builder
	gap := false
	for _, c := range s {
		letter := c < 0x80 && unicode.IsLetter(c) || unicode.Is(unicode.Han, c)
		if !letter && !(c >= '0' && c <= '9') && c != '_' {
			gap = b.Len() > 0
			continue
		}
		if !letter && b.Len() == 0 {
			continue
		}
		if gap {
			b.WriteByte('_')
			gap = false
		}
		b.WriteRune(c)
	}
	out := cut(b.String(), longestName)
	if n := len([]rune(out)); n == 0 || n < shortestName && spare == "" {
		return ""
	} else if n < shortestName {
		return cut(spare+out, longestName)
	}
	return out
}

// names gives every operation its API's name. Names that need no change are
// given first, so that none of them has to give way.
func (r *reader) names() {
	taken := map[string]bool{}
	for _, op := range r.plan.Operations {
		if op.operationID != "" && name(op.operationID, "") == op.operationID {
			op.Doc.Name, taken[op.operationID] = op.operationID, true
		}
	}
	seen := map[string]*Operation{}
	for _, op := range r.plan.Operations {
		at := op.Pointer
		switch id := op.operationID; {
		case id == "":
			op.Doc.Name = free(name(strings.ToLower(op.Method)+" "+op.Path, "api_"), taken)
		case op.Doc.Name == "" && seen[id] != nil:
			op.Doc.Name = seen[id].Doc.Name // the same before: a conflict
		case op.Doc.Name == "":
			op.Doc.Name = free(name(id, "api_"), taken)
		}
		if op.operationID != "" {
			r.become(at, "operationId", op.operationID, op.Doc.Name, "the name of the API")
			if seen[op.operationID] == nil {
				seen[op.operationID] = op
			}
		} else {
			r.report(at, "operationId", Converted, "there is none; the name of the API is "+op.Doc.Name)
		}
	}
}

// free is a name that is not taken, and takes it.
func free(name string, taken map[string]bool) string {
	if name == "" {
		name = "api"
	}
	unique := name
	for n := 2; taken[unique]; n++ {
		suffix := fmt.Sprintf("_%d", n)
		unique = cut(name, longestName-len(suffix)) + suffix
	}
	taken[unique] = true
	return unique
}

// conflicts refuses what is in the document twice: the first wins
// (wire-facts §15.2).
func (r *reader) conflicts() {
	routes, names := map[string]*Operation{}, map[string]bool{}
	for _, op := range r.plan.Operations {
		if op.Fault != nil {
			continue
		}
		route := op.Doc.ReqMethod + " " + op.Doc.MatchMode + " " + draft.Shape(op.Doc.ReqURI)
		switch {
		case routes[route] != nil:
			op.Fault = SameRoute(routes[route].Doc.Name)
		case names[op.Doc.Name]:
			op.Fault = apig.Taken(apig.E3202, "api_name", op.Doc.Name)
		default:
			routes[route], names[op.Doc.Name] = op, true
		}
	}
}

// SameRoute refuses an API because another has its method, path and match mode.
func SameRoute(name string) error {
	return apig.E3301.Msg("The API already exists, An API with the same combination of the method, path, and x-apigateway-match-mode fields already exists. API name: %s", name)
}

// tags brings the tags of an operation into the form of an API's.
func (r *reader) tags(list *document.Node, at string, limit int) []string {
	if list == nil {
		return nil
	}
	r.work += list.Len()
	var tags []string
	changed := false
	for _, item := range list.Values() {
		t := tag(item.Str())
		if t != item.Str() {
			changed = true
		}
		if t != "" && !contains(tags, t) && len(tags) < limit {
			tags = append(tags, t)
		} else {
			changed = true
		}
	}
	if changed {
		r.report(at, "tags", Converted, "the API's tags are "+strings.Join(tags, ", "))
	} else {
		r.report(at, "tags", Used, "")
	}
	return tags
}

func tag(s string) string {
	var b strings.Builder
	for _, c := range s {
		letter := c < 0x80 && unicode.IsLetter(c) || unicode.Is(unicode.Han, c)
		switch {
		case letter, b.Len() > 0 && (c >= '0' && c <= '9' || strings.ContainsRune("_.:#%*-", c)):
			b.WriteRune(c)
		case b.Len() > 0:
			b.WriteByte('_')
		}
	}
	return cut(b.String(), 128)
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}
