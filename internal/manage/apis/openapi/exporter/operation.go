package exporter

import (
	"encoding/json"
	"strings"

	"github.com/lintel-gateway/lintel/internal/manage/apis/draft"
	"github.com/lintel-gateway/lintel/internal/manage/apis/openapi/document"
	ext "github.com/lintel-gateway/lintel/internal/manage/apis/openapi/extension"
)

// some is a text that is left out when it is empty.
func some(s string) *document.Node {
	if s == "" {
		return nil
	}
	return document.Text(s)
}

// only is a truth that is left out when it is not.
func only(b bool) *document.Node {
	if !b {
		return nil
	}
	return document.Truth(true)
}

// operation writes an API with the keywords in the order of the reference's
// sample.
func (e *Export) operation(a *API) *document.Node {
	d := a.Doc
	n := document.New()
	if scheme := a.scheme(); scheme != "" {
		n.Set("security", document.Array(document.New().Set(scheme, document.Array())))
	}
	n.Set("description", some(d.Remark))
	schemes := "schemes"
	if e.Three {
		schemes = ext.Schemes
	}
	n.Set(schemes, protocols(d.ReqProtocol)).Set("operationId", document.Text(d.Name))
	if len(d.Tags) > 0 {
		n.Set("tags", document.Texts(d.Tags...))
	}
	if parameters := e.parameters(d); parameters.Len() > 0 {
		n.Set("parameters", parameters)
	}
	if e.Three && d.BodyRemark != "" {
		n.Set("requestBody", document.New().Set("description", document.Text(d.BodyRemark)).
			Set("content", document.New().Set("*/*", document.New())))
	}
	n.Set("responses", e.responses(d))
	if e.Define == All {
		switch len(a.ACLs) {
		case 0:
		case 1:
			n.Set(ext.ACL, document.Text(a.ACLs[0]))
		default: // one for each type of entity
			n.Set(ext.ACL, document.Texts(a.ACLs...))
		}
	}
	if e.Define >= Full {
		n.Set(ext.Backend, a.backend())
		if policies := a.policies(); policies.Len() > 0 {
			n.Set(ext.Policies, policies)
		}
	}
	kind := "public"
	if d.Type == 2 {
		kind = "private"
	}
	n.Set(ext.CORS, document.Truth(d.Cors)).Set(ext.MatchMode, document.Text(d.MatchMode))
	if e.Define == All {
		n.Set(ext.Throttle, some(a.Throttle)).Set(ext.Response, some(a.Names.Responses[d.ResponseID]))
	}
	return n.Set(ext.RequestType, document.Text(kind)).Set(ext.Version, some(d.Version)).Set(ext.ServiceTag, some(d.Tag))
}

func protocols(p string) *document.Node {
	switch p {
	case "BOTH":
		return document.Texts("http", "https")
	default:
		return document.Texts(strings.ToLower(p))
	}
}

func (e *Export) responses(d *draft.Document) *document.Node {
	ref := "#/responses/default"
	if e.Three {
		ref = "#/components/responses/default"
	}
	return document.New().Set("default", document.New().Set("$ref", document.Text(ref))).
		Set(ext.FailureSample, document.Text(d.ResultFailureSample)).Set(ext.NormalSample, document.Text(d.ResultNormalSample))
}

func (e *Export) parameters(d *draft.Document) *document.Node {
	list := document.Array()
	for i := range d.ReqParams {
		list.Items = append(list.Items, e.parameter(&d.ReqParams[i]))
	}
	if !e.Three && d.BodyRemark != "" {
		list.Items = append(list.Items, document.New().Set("description", document.Text(d.BodyRemark)).
			Set("name", document.Text("body")).Set("in", document.Text("body")).Set("schema", document.New()))
	}
	return list
}

// parameter writes a parameter: with its type beside its name in Swagger 2.0,
// in a schema in OpenAPI 3.
func (e *Export) parameter(p *draft.Param) *document.Node {
	n := document.New()
	schema := n
	if e.Three {
		schema = document.New()
	}
	schema.Set("type", document.Text(strings.ToLower(p.Type)))
	if p.DefaultValue != nil {
		value := document.Text(*p.DefaultValue)
		if e.Three { // the sample of 2.0 has a text for a number
			value = e.value(p, *p.DefaultValue)
		}
		schema.Set("default", value)
	}
	n.Set("description", some(p.Remark)).Set("name", document.Text(p.Name)).Set("in", document.Text(strings.ToLower(p.Location)))
	n.Set("required", only(p.Required == 1))
	if p.Enumerations != "" {
		list := document.Array()
		for v := range strings.SplitSeq(p.Enumerations, ",") {
			list.Items = append(list.Items, e.value(p, strings.TrimSpace(v)))
		}
		schema.Set("enum", list)
	}
	for _, bound := range []struct {
		key   string
		value *int64
	}{{"maximum", p.MaxNum}, {"minimum", p.MinNum}, {"maxLength", wide(p.MaxSize)}, {"minLength", wide(p.MinSize)}} {
		if bound.value != nil {
			schema.Set(bound.key, document.Int(*bound.value))
		}
	}
	schema.Set("pattern", some(p.Regular))
	if e.Three {
		n.Set("schema", schema)
	}
	return n.Set(ext.Checked, only(p.ValidEnable == 1)).Set(ext.Sample, some(p.SampleValue)).Set(ext.JSONSchema, some(p.JSONSchema))
}

func wide(n *int) *int64 {
	if n == nil {
		return nil
	}
	w := int64(*n)
	return &w
}

// value is a number where the type and the text are, else a text.
func (e *Export) value(p *draft.Param, s string) *document.Node {
	if p.Type == "NUMBER" && s != "" && (s[0] == '-' || s[0] >= '0' && s[0] <= '9') && json.Valid([]byte(s)) {
		return &document.Node{Kind: document.Number, Text: s}
	}
	return document.Text(s)
}
