package importer

import (
	"fmt"
	"strings"

	"github.com/lintel-gateway/lintel/internal/manage/apis/draft"
	"github.com/lintel-gateway/lintel/internal/manage/apis/openapi/document"
	ext "github.com/lintel-gateway/lintel/internal/manage/apis/openapi/extension"
	"github.com/lintel-gateway/lintel/internal/quota"
	"github.com/lintel-gateway/lintel/internal/wire/apig"
)

// Options are what a plan depends on beside the document.
type Options struct {
	Limits   quota.Limits
	Domain   string // of the gateway: what lies below it is no backend
	NewGroup bool   // title and description become a group's
}

// Plan is what a document asks for.
type Plan struct {
	Title, Remark string
	Operations    []*Operation
	Throttles     map[string]ext.ThrottlePolicy
	ACLs          map[string]ext.ACLPolicy
	Report        Report
}

// Operation is one API to be. What Doc names by id is still named by name.
type Operation struct {
	Method, Path string
	Pointer      string
	Doc          *draft.Document
	Throttle     string   // name
	ACLs         []string // names
	Response     string   // name
	// Fault is set when the operation cannot become an API.
	Fault error

	operationID string // as the document has it
}

// reader reads one document.
type reader struct {
	Options
	root   *document.Node
	three  bool // OpenAPI 3
	plan   *Plan
	levels struct {
		path, operation, parameter, schema, responses, backend, endpoint level
	}
	schemes map[string]*scheme
	base    string // in front of every path
	origin  origin // of operations without their own servers
	work    int    // words read, those that references led to again
}

// Read makes a plan. It refuses, with the codes of the reference, what is no
// description of APIs.
func Read(root *document.Node, o Options) (*Plan, error) {
	r := &reader{Options: o, root: root, plan: &Plan{Throttles: map[string]ext.ThrottlePolicy{}, ACLs: map[string]ext.ACLPolicy{}}}
	r.levels.path, r.levels.operation, r.levels.parameter = pathLevel(), operationLevel(), parameterLevel()
	r.levels.schema, r.levels.responses = schemaLevel(), responsesLevel()
	r.levels.backend, r.levels.endpoint = backendLevel(), endpointLevel()
	if err := r.version(); err != nil {
		return nil, err
	}
	if at, found := foreign(root, false); found {
		return nil, apig.E3602.With("references to other documents are not followed: " + cut(at, 200))
	}
	r.sweep(rootLevel(), root, "")
	if r.three {
		r.sweep(componentsLevel(), root.Get("components"), "/components")
	}
	if err := r.info(); err != nil {
		return nil, err
	}
	r.server()
	r.security()
	if err := r.policies(); err != nil {
		return nil, err
	}
	if err := r.paths(); err != nil {
		return nil, err
	}
	r.names()
	r.conflicts()
	r.named()
	return r.plan, nil
}

func (r *reader) version() error {
	if !r.root.Is(document.Object) {
		return apig.E3602.With("the document is no object")
	}
	two, three := r.root.Get("swagger").Str(), r.root.Get("openapi").Str()
	switch {
	case two == "2.0" && three == "":
		return nil
	case two == "" && (strings.HasPrefix(three, "3.0.") || strings.HasPrefix(three, "3.1.")):
		r.three = true
		return nil
	}
	return apig.E3601.With("swagger 2.0 and openapi 3.0 and 3.1 are read")
}

// foreign answers where a document refers to another one; nothing is ever
// fetched. Examples are data, whatever their keys are called, and so are the
// keys of an object whose keys are names.
func foreign(n *document.Node, names bool) (at string, found bool) {
	if n == nil {
		return "", false
	}
	for i, child := range n.Items {
		key := ""
		if n.Kind == document.Object {
			key = n.Keys[i]
		}
		if !names && (key == "example" || key == "examples" || key == "enum") {
			continue
		}
		at, found := foreign(child, key == "properties" && !names)
		if key == "$ref" && !names && child.Is(document.String) && !strings.HasPrefix(child.Text, "#") {
			at, found = "", true
		}
		switch {
		case found && n.Kind == document.Object:
			return document.Pointer("", key) + at, true
		case found:
			return document.Index("", i) + at, true
		}
	}
	return "", false
}

// info reads what becomes the group.
func (r *reader) info() error {
	info := r.root.Get("info")
	r.sweep(infoLevel(), info, "/info")
	r.report("", "info", Used, "")
	title, remark := info.Get("title").Str(), info.Get("description").Str()
	if !r.NewGroup {
		for _, key := range []string{"title", "description"} {
			if info.Get(key) != nil {
				r.report("/info", key, Ignored, "the group exists")
			}
		}
		return nil
	}
	if title == "" {
		return apig.Missing("info.title")
	}
	r.plan.Title = name(title, "")
	r.become("/info", "title", title, r.plan.Title, "the name of the group")
	if r.plan.Title == "" {
		return apig.Invalid("info.title")
	}
	r.plan.Remark = r.text("/info", "description", remark, maxRemark)
	return nil
}

// become reports a text that had to take another form.
func (r *reader) become(at, keyword, was, is, what string) {
	if was == is {
		r.report(at, keyword, Used, "")
		return
	}
	r.report(at, keyword, Converted, what+" is "+cut(is, 64))
}

const (
	maxRemark = 255
	maxText   = 20480
)

// text is a text for people, cut to what there is room for.
func (r *reader) text(at, keyword, s string, limit int) string {
	if s == "" {
		return ""
	}
	short := cut(printable(s), limit)
	if short == s {
		r.report(at, keyword, Used, "")
	} else {
		r.report(at, keyword, Converted, fmt.Sprintf("cut to %d characters, or without control characters", limit))
	}
	return short
}

// cut is s with at most n characters.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	runes := 0
	for i := range s {
		if runes == n {
			return s[:i]
		}
		runes++
	}
	return s
}

// printable is s without the control characters that texts may not have.
func printable(s string) string {
	return strings.Map(func(c rune) rune {
		if (c < ' ' && c != '\n' && c != '\r' && c != '\t') || c == 0x7f {
			return -1
		}
		return c
	}, s)
}

// policies reads what the document defines of throttling and access control.
func (r *reader) policies() error {
	throttles := r.root.Get(ext.Throttles)
	for i := range throttles.Len() {
		at := document.Pointer("/"+ext.Throttles, throttles.Keys[i])
		t, err := ext.ReadThrottle(throttles.Keys[i], throttles.Items[i])
		if err != nil {
			return apig.E3602.With(cut(at, 200) + " " + err.Error())
		}
		r.plan.Throttles[t.Name] = t
	}
	acls := r.root.Get(ext.ACLs)
	for i := range acls.Len() {
		at := document.Pointer("/"+ext.ACLs, acls.Keys[i])
		a, err := ext.ReadACL(acls.Keys[i], acls.Items[i])
		if err != nil {
			return apig.E3602.With(cut(at, 200) + " " + err.Error())
		}
		r.plan.ACLs[a.Name] = a
	}
	return nil
}

// named reports which of the document's policies operations name: only those
// are made.
func (r *reader) named() {
	throttles, acls := map[string]bool{}, map[string]bool{}
	for _, op := range r.plan.Operations {
		throttles[op.Throttle] = true
		for _, a := range op.ACLs {
			acls[a] = true
		}
	}
	for _, list := range []struct {
		key  string
		used map[string]bool
	}{{ext.Throttles, throttles}, {ext.ACLs, acls}} {
		defined := r.root.Get(list.key)
		for _, name := range keys(defined) {
			if list.used[name] {
				r.report("/"+list.key, name, Used, "")
			} else {
				r.report("/"+list.key, name, Ignored, "no operation names it")
			}
		}
	}
}
