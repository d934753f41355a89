package exporter

import (
	"strings"

	"github.com/lintel-gateway/lintel/internal/manage/apis/draft"
	"github.com/lintel-gateway/lintel/internal/manage/apis/openapi/document"
	ext "github.com/lintel-gateway/lintel/internal/manage/apis/openapi/extension"
)

func (a *API) backend() *document.Node {
	d, n := a.Doc, document.New()
	kind := d.BackendType
	switch kind {
	case "HTTP":
		kind = a.web(n, d.BackendAPI, d.BackendAPI.Remark)
	case "FUNCTION":
		n.Set("functionEndpoints", function(d.FuncInfo))
	case "MOCK":
		n.Set("mockEndpoints", document.New().Set("description", document.Text(d.MockInfo.Remark)).
			Set("result-content", document.Text(d.MockInfo.ResultContent)).Set(ext.BackendVersion, some(d.MockInfo.Version)))
	}
	return n.Set("parameters", mappings(d.BackendParams)).Set("type", document.Text(kind))
}

// web writes an HTTP backend and answers its type. A channel's block has its
// scheme in upper case, as the sample of 4.18.1.
func (a *API) web(n *document.Node, b *draft.WebBackend, remark string) string {
	e := document.New()
	kind := "HTTP"
	if b.VPCStatus == 1 {
		kind = "HTTP-VPC"
		e.Set("host", some(b.VPCProxyHost))
	} else {
		e.Set("address", document.Text(b.URLDomain))
	}
	if kind == "HTTP" || remark != "" {
		e.Set("description", document.Text(remark))
	}
	e.Set("method", document.Text(b.ReqMethod))
	scheme := strings.ToLower(b.ReqProtocol)
	if kind == "HTTP-VPC" {
		e.Set("name", document.Text(a.Names.Channels[b.VPCInfo.VPCID]))
		scheme = b.ReqProtocol
	}
	e.Set("path", document.Text(b.ReqURI)).Set("scheme", document.Text(scheme)).Set("timeout", document.Int(int64(b.Timeout)))
	e.Set(ext.BackendAuthorizer, some(a.Names.Authorizers[b.AuthorizerID])).Set(ext.BackendVersion, some(b.Version))
	if kind == "HTTP" {
		n.Set("httpEndpoints", e)
	} else {
		n.Set("httpVpcEndpoints", e)
	}
	return kind
}

func function(f *draft.Function) *document.Node {
	return document.New().Set("description", document.Text(f.Remark)).Set("function-urn", document.Text(f.FunctionURN)).
		Set("invocation-type", document.Text(f.InvocationType)).Set("timeout", document.Int(int64(f.Timeout))).
		Set("version", document.Text(f.Version))
}

func mappings(list []draft.BackendParam) *document.Node {
	out := document.Array()
	for i := range list {
		m := &list[i]
		out.Items = append(out.Items, document.New().Set("description", document.Text(m.Remark)).
			Set("in", document.Text(m.Location)).Set("name", document.Text(m.Name)).
			Set("origin", document.Text(m.Origin)).Set("value", document.Text(m.Value)))
	}
	return out
}

func (a *API) policies() *document.Node {
	d, out := a.Doc, document.Array()
	add := func(p *draft.Policy, kind string, n *document.Node) {
		n.Set("name", document.Text(p.Name))
		if len(p.BackendParams) > 0 {
			n.Set("parameters", mappings(p.BackendParams))
		}
		out.Items = append(out.Items, n.Set("type", document.Text(kind)))
	}
	for i := range d.PolicyHTTPS {
		p := &d.PolicyHTTPS[i]
		n := begun(&p.Policy)
		kind := a.web(n, &draft.WebBackend{
			URLDomain: p.URLDomain, ReqProtocol: p.ReqProtocol, ReqMethod: p.ReqMethod, ReqURI: p.ReqURI, Timeout: p.Timeout,
			VPCStatus: p.VPCStatus, VPCInfo: p.VPCInfo, VPCProxyHost: p.VPCProxyHost,
		}, "")
		add(&p.Policy, kind, n)
	}
	for i := range d.PolicyFunctions {
		p := &d.PolicyFunctions[i]
		add(&p.Policy, "FUNCTION", begun(&p.Policy).Set("functionEndpoints", function(&draft.Function{
			FunctionURN: p.FunctionURN, InvocationType: p.InvocationType, Timeout: p.Timeout, Version: p.Version,
		})))
	}
	for i := range d.PolicyMocks {
		p := &d.PolicyMocks[i]
		add(&p.Policy, "MOCK", begun(&p.Policy).Set("mockEndpoints", document.New().Set("result-content", document.Text(p.ResultContent))))
	}
	return out
}

// begun writes when a policy backend is chosen, in the words of the sample.
func begun(p *draft.Policy) *document.Node {
	conditions := document.Array()
	for i := range p.Conditions {
		k := &p.Conditions[i]
		conditions.Items = append(conditions.Items, document.New().Set("origin", document.Text(k.ConditionOrigin)).
			Set("parameter", document.Text(k.ReqParamName)).Set("type", document.Text(k.ConditionType)).
			Set("value", document.Text(k.ConditionValue)))
	}
	return document.New().Set("conditions", conditions).Set("effectMode", document.Text(p.EffectMode))
}
