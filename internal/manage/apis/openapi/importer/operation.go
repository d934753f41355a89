package importer

import (
	"strings"

	"github.com/lintel-gateway/lintel/internal/manage/apis/draft"
	"github.com/lintel-gateway/lintel/internal/manage/apis/openapi/document"
	ext "github.com/lintel-gateway/lintel/internal/manage/apis/openapi/extension"
	"github.com/lintel-gateway/lintel/internal/quota"
	"github.com/lintel-gateway/lintel/internal/wire/apig"
)

// paths reads every operation, in the order of the document.
func (r *reader) paths() error {
	paths := r.root.Get("paths")
	if paths != nil && !paths.Is(document.Object) || paths == nil && !r.three {
		return apig.E3602.With("paths must be an object")
	}
	for i := range paths.Len() {
		key, at := paths.Keys[i], document.Pointer("/paths", paths.Keys[i])
		if strings.HasPrefix(key, "x-") {
			r.report("/paths", key, Ignored, "an extension that this product does not have")
			continue
		}
		item, where, err := r.deref(paths.Items[i], at)
		if err != nil {
			return err
		}
		if !item.Is(document.Object) {
			return apig.E3602.With("a path must be an object: " + cut(at, 200))
		}
		r.sweep(r.levels.path, item, where)
		if err := r.methods(item, item, r.base+key, where, where); err != nil {
			return err
		}
		if prefixes := item.Get(ext.Prefixes); prefixes != nil {
			if err := r.methods(prefixes, item, r.base+key, document.Pointer(where, ext.Prefixes), where); err != nil {
				return err
			}
		}
	}
	return nil
}

// maxWork bounds the words that are read, so that references cannot make a small
// document a large one. The largest public description that we know of needs
// 7,500.
const maxWork = 20_000

// methods reads the operations that an object of a path has; the path's own
// object is item.
func (r *reader) methods(n, item *document.Node, path, at, itemAt string) error {
	for i, word := range keys(n) {
		method, ok := methodOf(word)
		if !ok {
			continue
		}
		if len(r.plan.Operations) == document.MaxOperations {
			return apig.E3603.With("the document has too many operations")
		}
		node, where, err := r.deref(n.Items[i], document.Pointer(at, word))
		if err != nil {
			return err
		}
		if !node.Is(document.Object) {
			return apig.E3602.With("an operation must be an object: " + cut(where, 200))
		}
		r.plan.Operations = append(r.plan.Operations, r.operation(method, path, node, item, where, itemAt))
		if r.work > maxWork {
			return apig.E3603.With("references bring the same values too often")
		}
	}
	return nil
}

func methodOf(word string) (string, bool) {
	switch word {
	case "get", "put", "post", "delete", "options", "head", "patch", "trace":
		return strings.ToUpper(word), true
	case ext.AnyMethod:
		return "ANY", true
	}
	return "", false
}

// operation reads one; what is wrong with it is its own fault and not the
// document's.
func (r *reader) operation(method, path string, n, item *document.Node, at, itemAt string) *Operation {
	doc := &draft.Document{
		Type: 1, ReqMethod: method, ReqURI: path, MatchMode: "NORMAL",
		Version: n.Get(ext.Version).Str(), Tag: n.Get(ext.ServiceTag).Str(), Cors: n.Get(ext.CORS).True(),
	}
	op := &Operation{Method: method, Path: path, Pointer: at, Doc: doc, operationID: n.Get("operationId").Str()}
	r.sweep(r.levels.operation, n, at)
	doc.ReqProtocol = r.protocol(n, at)
	doc.Tags = r.tags(n.Get("tags"), at, r.Limits.Of(quota.Tags))
	r.remark(doc, n, at)
	r.samples(doc, n, at)
	for _, step := range []func() error{
		func() error { return r.kind(doc, n) },
		func() error { return r.authentication(doc, n, at) },
		func() error { return r.parameters(doc, n, item, at, itemAt) },
		func() error { return r.backend(doc, n, item, at, itemAt) },
		func() error { return r.policyBackends(doc, n.Get(ext.Policies), document.Pointer(at, ext.Policies)) },
	} {
		if err := step(); err != nil {
			op.Fault = err
			break
		}
	}
	op.Throttle = n.Get(ext.Throttle).Str()
	op.ACLs = listed(n.Get(ext.ACL))
	op.Response = n.Get(ext.Response).Str() // the group says what becomes of it
	return op
}

// maxListed bounds the lists of words at an operation.
const maxListed = 20

// listed is a text, or a list of texts.
func listed(n *document.Node) []string {
	if n.Scalar() {
		if n.Text == "" {
			return nil
		}
		return []string{n.Text}
	}
	var out []string
	for _, item := range n.Values()[:min(len(n.Values()), maxListed)] {
		if s := item.Str(); s != "" && !contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

// kind reads the words that the reference adds to every operation.
func (r *reader) kind(doc *draft.Document, n *document.Node) error {
	switch kind := strings.ToLower(n.Get(ext.RequestType).Str()); kind {
	case "", "public":
	case "private":
		doc.Type = 2
	default:
		return apig.Invalid(ext.RequestType)
	}
	if mode := n.Get(ext.MatchMode).Str(); mode != "" {
		doc.MatchMode = strings.ToUpper(mode) // which there are, the draft knows
	}
	return nil
}

// protocol is what callers speak: the operation's schemes, or the document's.
func (r *reader) protocol(n *document.Node, at string) string {
	schemes := n.Get("schemes")
	if own := n.Get(ext.Schemes); r.three || own != nil {
		schemes = own
	} else if schemes != nil {
		r.report(at, "schemes", Used, "")
	} else {
		schemes = r.root.Get("schemes")
	}
	http, https := false, false
	for _, s := range listed(schemes) {
		http = http || strings.EqualFold(s, "http")
		https = https || strings.EqualFold(s, "https")
	}
	switch {
	case http && https:
		return "BOTH"
	case http:
		return "HTTP"
	default:
		return "HTTPS"
	}
}

// remark takes the description, or the summary where there is none.
func (r *reader) remark(doc *draft.Document, n *document.Node, at string) {
	description, summary := n.Get("description").Str(), n.Get("summary").Str()
	if description != "" {
		doc.Remark = r.text(at, "description", description, maxRemark)
		if summary != "" {
			r.report(at, "summary", Ignored, "the description is the remark")
		}
		return
	}
	doc.Remark = cut(printable(summary), maxRemark)
	if summary != "" {
		r.report(at, "summary", Converted, "it is the remark")
	}
}

// samples finds the samples where the reference puts them, in responses beside
// default, and at the operation itself.
func (r *reader) samples(doc *draft.Document, n *document.Node, at string) {
	responses := n.Get("responses")
	if responses != nil {
		r.report(at, "responses", Ignored, "answers pass the gateway unread")
		for _, key := range []string{ext.NormalSample, ext.FailureSample} {
			if responses.Get(key) != nil {
				r.report(document.Pointer(at, "responses"), key, Stored, "")
			}
		}
	}
	for key, into := range map[string]*string{ext.NormalSample: &doc.ResultNormalSample, ext.FailureSample: &doc.ResultFailureSample} {
		for _, place := range []*document.Node{responses, responses.Get("default"), n} {
			if s := place.Get(key).Str(); s != "" && *into == "" {
				*into = cut(printable(s), maxText)
			}
		}
	}
}
