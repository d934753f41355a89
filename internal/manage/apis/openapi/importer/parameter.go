package importer

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/lintel-gateway/lintel/internal/manage/apis/draft"
	"github.com/lintel-gateway/lintel/internal/manage/apis/openapi/document"
	ext "github.com/lintel-gateway/lintel/internal/manage/apis/openapi/extension"
	"github.com/lintel-gateway/lintel/internal/quota"
	"github.com/lintel-gateway/lintel/internal/wire/apig"
)

// declared is a parameter of the document on its way into a draft.
type declared struct {
	node *document.Node
	at   string
}

// parameters reads those of the operation and, where it has none of the same
// name and place, those of its path.
func (r *reader) parameters(doc *draft.Document, n, item *document.Node, at, itemAt string) error {
	list, err := r.declared(nil, n.Get("parameters"), document.Pointer(at, "parameters"))
	if err != nil {
		return err
	}
	overridden := map[[2]string]bool{}
	for _, p := range list {
		overridden[p.key()] = true
	}
	own := len(list)
	if list, err = r.declared(list, item.Get("parameters"), document.Pointer(itemAt, "parameters")); err != nil {
		return err
	}
	for i, p := range list {
		if i >= own && overridden[p.key()] {
			continue
		}
		if err := r.parameter(doc, p); err != nil {
			return err
		}
	}
	if err := r.body(doc, n, at); err != nil {
		return err
	}
	r.pathVariables(doc, at)
	r.room(doc, at)
	return nil
}

// maxDeclared bounds the parameters of one operation that are looked at.
const maxDeclared = 1000

func (r *reader) declared(list []declared, n *document.Node, at string) ([]declared, error) {
	r.work += len(n.Values())
	if len(n.Values()) > maxDeclared {
		return nil, apig.E3111
	}
	for i, p := range n.Values() {
		node, where, err := r.deref(p, document.Index(at, i))
		if err != nil {
			return nil, err
		}
		list = append(list, declared{node, where})
	}
	return list, nil
}

// key is what makes two parameters the same.
func (d *declared) key() [2]string {
	return [2]string{d.node.Get("name").Str(), d.node.Get("in").Str()}
}

func (r *reader) parameter(doc *draft.Document, d declared) error {
	n := d.node
	drop := func(why string) error {
		r.report(d.at, "parameter", Ignored, why)
		return nil
	}
	p := draft.Param{Name: n.Get("name").Str(), Location: strings.ToUpper(n.Get("in").Str()), Required: 2}
	switch p.Location {
	case "PATH":
		p.Required = 1
	case "QUERY", "HEADER":
		if n.Get("required").True() {
			p.Required = 1
		}
	case "BODY":
		doc.BodyRemark = r.text(d.at, "description", n.Get("description").Str(), maxText)
		return nil
	case "FORMDATA":
		return drop("bodies pass the gateway unread")
	case "COOKIE":
		return drop("cookies pass the gateway unread")
	default:
		return drop("it has no place that the gateway knows")
	}
	if p.Location != "PATH" && !draft.ParamName(p.Name, p.Location) {
		return drop("the gateway cannot declare a parameter of this name; it passes unread")
	}
	for _, q := range doc.ReqParams {
		if q.Location == p.Location && (q.Name == p.Name || p.Location == "HEADER" && strings.EqualFold(q.Name, p.Name)) {
			return drop("the operation has it twice")
		}
	}
	r.sweep(r.levels.parameter, n, d.at)
	p.Remark = r.text(d.at, "description", n.Get("description").Str(), maxRemark)
	p.ValidEnable = 2
	if n.Get(ext.Checked).True() {
		p.ValidEnable = 1
	}
	p.SampleValue = n.Get(ext.Sample).Str()
	p.JSONSchema = n.Get(ext.JSONSchema).Str()
	schema, at := n, d.at
	if r.three {
		var err error
		if schema, at, err = r.deref(n.Get("schema"), document.Pointer(d.at, "schema")); err != nil {
			return err
		}
		r.sweep(r.levels.schema, schema, at)
		if n.Get("content") != nil {
			r.report(d.at, "content", Converted, "it is a STRING")
		}
	}
	r.schema(&p, schema, at)
	doc.ReqParams = append(doc.ReqParams, p)
	return nil
}

// schema reads the type and the bounds of a value.
func (r *reader) schema(p *draft.Param, n *document.Node, at string) {
	kind := n.Get("type").Str()
	for _, k := range n.Get("type").Values() { // OpenAPI 3.1: several, null among them
		if kind == "" && k.Str() != "null" {
			kind = k.Str()
		}
	}
	p.Type = "STRING"
	switch kind {
	case "string":
		r.report(at, "type", Used, "")
	case "integer", "long", "float", "double", "number":
		p.Type = "NUMBER"
		r.report(at, "type", Used, "")
	case "":
	default:
		r.report(at, "type", Converted, cut(kind, 32)+" is STRING here")
	}
	if v := n.Get("default"); v.Scalar() && len(v.Text) <= maxRemark {
		p.DefaultValue = &v.Text
		r.report(at, "default", Used, "")
	} else if v != nil {
		r.report(at, "default", Ignored, "it is no short text")
	}
	if v := n.Get("example"); v.Scalar() && p.SampleValue == "" && len(v.Text) <= maxRemark {
		p.SampleValue = printable(v.Text)
		r.report(at, "example", Stored, "")
	} else if v != nil {
		r.report(at, "example", Ignored, "it is no short text")
	}
	if v := n.Get("pattern").Str(); v != "" {
		p.Regular = cut(printable(v), maxText)
	}
	p.Enumerations = r.enum(n.Get("enum"), at)
	p.MinNum, p.MaxNum = r.whole(n, "minimum", at), r.whole(n, "maximum", at)
	p.MinSize, p.MaxSize = r.size(n, "minLength", at), r.size(n, "maxLength", at)
}

// enum joins the values by commas, which none of them may have.
func (r *reader) enum(n *document.Node, at string) string {
	if n == nil {
		return ""
	}
	r.work += n.Len()
	var values []string
	for _, v := range n.Values() {
		if v.Is(document.Null) {
			continue
		}
		if !v.Scalar() || v.Text == "" || strings.Contains(v.Text, ",") || strings.TrimSpace(v.Text) != v.Text || printable(v.Text) != v.Text {
			r.report(at, "enum", Ignored, "a value of it cannot stand in a list")
			return ""
		}
		values = append(values, v.Text)
	}
	joined := strings.Join(values, ",")
	if len(joined) > maxText {
		r.report(at, "enum", Ignored, "it is too long")
		return ""
	}
	r.report(at, "enum", Used, "")
	return joined
}

func (r *reader) whole(n *document.Node, key, at string) *int64 {
	v := n.Get(key)
	if v == nil {
		return nil
	}
	whole, ok := v.Int()
	if !ok {
		r.report(at, key, Ignored, "it is no whole number of 64 bits")
		return nil
	}
	r.report(at, key, Used, "")
	return &whole
}

func (r *reader) size(n *document.Node, key, at string) *int {
	v := n.Get(key)
	if v == nil {
		return nil
	}
	whole, ok := v.Int()
	if !ok || whole < 0 || whole > math.MaxInt32 {
		r.report(at, key, Ignored, "it is no length")
		return nil
	}
	r.report(at, key, Used, "")
	size := int(whole)
	return &size
}

// body keeps what the document says about the body for people.
func (r *reader) body(doc *draft.Document, n *document.Node, at string) error {
	body, where, err := r.deref(n.Get("requestBody"), document.Pointer(at, "requestBody"))
	if err != nil || body == nil {
		return err
	}
	r.report(at, "requestBody", Ignored, "bodies pass the gateway unread")
	if s := body.Get("description").Str(); s != "" {
		doc.BodyRemark = cut(printable(s), maxText)
		r.report(where, "description", Stored, "")
	}
	return nil
}

// pathVariables makes the path and its parameters fit each other: variables
// whose names the gateway does not take get others, those that the document
// does not declare are declared, and declared ones that the path lacks go.
func (r *reader) pathVariables(doc *draft.Document, at string) {
	segments := strings.Split(doc.ReqURI, "/")
	var names []string
	for i, s := range segments {
		if len(s) < 3 || s[0] != '{' || s[len(s)-1] != '}' {
			continue
		}
		old, greedy := strings.CutSuffix(s[1:len(s)-1], "+")
		now := variable(old, names)
		names = append(names, now)
		if now != old {
			r.report(at, "path variable", Converted, cut(old, 64)+" is "+now)
		}
		segments[i] = "{" + now + "}"
		if greedy {
			segments[i] = "{" + now + "+}"
		}
		declare(doc, old, now, func() {
			r.report(at, "path variable", Converted, now+" is not declared; it is a STRING")
		})
	}
	doc.ReqURI = strings.Join(segments, "/")
	doc.ReqParams = slices.DeleteFunc(doc.ReqParams, func(p draft.Param) bool {
		lost := p.Location == "PATH" && !contains(names, p.Name)
		if lost {
			r.report(at, "path variable", Ignored, cut(p.Name, 64)+" is not in the path")
		}
		return lost
	})
}

// declare gives the parameter of a path variable its name, or makes it.
func declare(doc *draft.Document, old, now string, missing func()) {
	for i := range doc.ReqParams {
		if p := &doc.ReqParams[i]; p.Location == "PATH" && p.Name == old {
			p.Name = now
			return
		}
	}
	missing()
	doc.ReqParams = append(doc.ReqParams, draft.Param{Name: now, Location: "PATH", Type: "STRING", Required: 1, ValidEnable: 2})
}

// variable is a name as the gateway takes it, not among the taken ones.
func variable(s string, taken []string) string {
	var b strings.Builder
	for _, c := range s {
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
		switch {
		case letter, b.Len() > 0 && (c >= '0' && c <= '9' || strings.ContainsRune("_.-", c)):
			b.WriteRune(c)
		case b.Len() > 0:
			b.WriteByte('_')
		}
	}
	const longest = 32
	base := cut(b.String(), longest)
	if base == "" || !draft.ParamName(base, "PATH") {
		base = cut("p_"+base, longest)
	}
	unique := base
	for n := 2; contains(taken, unique); n++ {
		suffix := "_" + strconv.Itoa(n)
		unique = cut(base, longest-len(suffix)) + suffix
	}
	return unique
}

// room leaves out what is more than an API may declare, never a path variable.
func (r *reader) room(doc *draft.Document, at string) {
	limit := r.Limits.Of(quota.ReqParams)
	for i := len(doc.ReqParams) - 1; i >= 0 && len(doc.ReqParams) > limit; i-- {
		if p := doc.ReqParams[i]; p.Location != "PATH" {
			r.report(at, "parameters", Ignored, fmt.Sprintf("%s is beyond the %d that an API may declare; it passes unread", p.Name, limit))
			doc.ReqParams = slices.Delete(doc.ReqParams, i, i+1)
		}
	}
}
