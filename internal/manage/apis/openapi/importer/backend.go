package importer

import (
	"fmt"
	"strings"

	"github.com/lintel-gateway/lintel/internal/manage/apis/draft"
	"github.com/lintel-gateway/lintel/internal/manage/apis/openapi/document"
	ext "github.com/lintel-gateway/lintel/internal/manage/apis/openapi/extension"
	"github.com/lintel-gateway/lintel/internal/wire/apig"
)

// target is a backend or a policy backend before it is put in its place.
type target struct {
	kind   string // HTTP (through a channel or not), FUNCTION or MOCK
	web    draft.WebBackend
	fn     draft.Function
	mock   draft.Mock
	params []draft.BackendParam
}

func (r *reader) backend(doc *draft.Document, n, item *document.Node, at, itemAt string) error {
	b := n.Get(ext.Backend)
	if b == nil {
		r.spare(doc, n, item, at, itemAt)
		return nil
	}
	t, err := r.target(b, document.Pointer(at, ext.Backend))
	if err != nil {
		return err
	}
	doc.BackendType, doc.BackendParams = t.kind, t.params
	switch t.kind {
	case "HTTP":
		doc.BackendAPI = &t.web
	case "FUNCTION":
		doc.FuncInfo = &t.fn
	case "MOCK":
		doc.MockInfo = &t.mock
	}
	return nil
}

func (r *reader) target(b *document.Node, at string) (*target, error) {
	r.sweep(r.levels.backend, b, at)
	t := &target{}
	var err error
	switch kind := strings.ToUpper(b.Get("type").Str()); kind {
	case "HTTP", "HTTP-VPC":
		t.kind = "HTTP"
		err = r.web(&t.web, b, at, kind == "HTTP-VPC")
	case "FUNCTION":
		t.kind = "FUNCTION"
		err = r.function(&t.fn, b, at)
	case "MOCK":
		t.kind = "MOCK"
		e := r.endpoint(b, "mockEndpoints", at)
		t.mock = draft.Mock{
			ResultContent: e.Get("result-content").Str(), Remark: e.Get("description").Str(), Version: e.Get(ext.BackendVersion).Str(),
		}
	case "":
		return nil, apig.Missing("backend_type")
	default:
		return nil, apig.Invalid("backend_type")
	}
	if err != nil {
		return nil, err
	}
	for i, p := range b.Get("parameters").Values() {
		r.work++
		t.params = append(t.params, draft.BackendParam{
			Name: p.Get("name").Str(), Value: p.Get("value").Str(), Location: p.Get("in").Str(),
			Origin: p.Get("origin").Str(), Remark: p.Get("description").Str(),
		})
		if !p.Is(document.Object) {
			return nil, apig.Invalid(fmt.Sprintf("backend_params[%d]", i))
		}
	}
	return t, nil
}

// endpoint is the block of the backend's type. The reference's table says list
// for some of them and its samples say object: both are read (wire-facts §15.4).
func (r *reader) endpoint(b *document.Node, key, at string) *document.Node {
	e, at := b.Get(key), document.Pointer(at, key)
	if list := e.Values(); len(list) > 0 {
		e, at = list[0], document.Index(at, 0)
	}
	r.sweep(r.levels.endpoint, e, at)
	return e
}

func (r *reader) web(w *draft.WebBackend, b *document.Node, at string, channel bool) error {
	key := "httpEndpoints"
	if channel {
		key = "httpVpcEndpoints"
	}
	e := r.endpoint(b, key, at)
	if !e.Is(document.Object) {
		return apig.Missing(key)
	}
	timeout, err := milliseconds(e)
	if err != nil {
		return err
	}
	*w = draft.WebBackend{
		ReqProtocol: e.Get("scheme").Str(), ReqMethod: e.Get("method").Str(), ReqURI: e.Get("path").Str(), Timeout: timeout,
		Remark: e.Get("description").Str(), AuthorizerID: e.Get(ext.BackendAuthorizer).Str(), Version: e.Get(ext.BackendVersion).Str(),
	}
	if !channel {
		w.URLDomain, w.VPCStatus = first(e.Get("address")), 2
		return nil
	}
	w.VPCStatus, w.VPCInfo, w.VPCProxyHost = 1, &draft.VPCInfo{VPCID: first(e.Get("name"))}, e.Get("host").Str()
	return nil
}

func (r *reader) function(f *draft.Function, b *document.Node, at string) error {
	e := r.endpoint(b, "functionEndpoints", at)
	if !e.Is(document.Object) {
		return apig.Missing("functionEndpoints")
	}
	timeout, err := milliseconds(e)
	if err != nil {
		return err
	}
	*f = draft.Function{
		FunctionURN: e.Get("function-urn").Str(), Version: e.Get("version").Str(), InvocationType: e.Get("invocation-type").Str(),
		Timeout: timeout, Remark: e.Get("description").Str(),
	}
	switch strings.ToLower(f.InvocationType) { // the samples write the long words
	case "synchronous":
		f.InvocationType = "sync"
	case "asynchronous":
		f.InvocationType = "async"
	}
	return nil
}

func milliseconds(e *document.Node) (int, error) {
	v := e.Get("timeout")
	if v == nil || v.Kind == document.Null {
		return defaultTimeout, nil
	}
	ms, ok := v.Int()
	if !ok || ms < -1 || ms > 1<<31 {
		return 0, apig.Invalid("timeout")
	}
	if ms == 0 {
		return 0, apig.TooSmall("timeout")
	}
	return int(ms), nil
}

// first is a text, or the first of a list of texts.
func first(n *document.Node) string {
	if list := n.Values(); len(list) > 0 {
		return list[0].Str()
	}
	return n.Str()
}

// policyBackends reads the policy backends, which must fit the backend: those
// of HTTP may go through a channel or not, the others are of its own type.
func (r *reader) policyBackends(doc *draft.Document, list *document.Node, at string) error {
	for i, b := range list.Values() {
		where := document.Index(at, i)
		t, err := r.target(b, where)
		if err != nil {
			return err
		}
		if t.kind != doc.BackendType {
			return apig.Invalid("backend_type").Because(fmt.Errorf("policy backend %d is of another type than the backend", i))
		}
		p := draft.Policy{
			Name: b.Get("name").Str(), EffectMode: b.Get("effectMode").Str(), BackendParams: t.params,
			Conditions: r.conditions(b.Get("conditions")),
		}
		if p.Name == "" {
			p.Name = fmt.Sprintf("policy_%d", i+1)
			r.report(where, "name", Converted, "there is none; it is "+p.Name)
		}
		switch t.kind {
		case "HTTP":
			w := &t.web
			doc.PolicyHTTPS = append(doc.PolicyHTTPS, draft.PolicyWeb{
				Policy: p, URLDomain: w.URLDomain, ReqProtocol: w.ReqProtocol, ReqMethod: w.ReqMethod, ReqURI: w.ReqURI,
				Timeout: w.Timeout, VPCStatus: w.VPCStatus, VPCInfo: w.VPCInfo, VPCProxyHost: w.VPCProxyHost,
			})
		case "FUNCTION":
			doc.PolicyFunctions = append(doc.PolicyFunctions, draft.PolicyFunction{
				Policy: p, FunctionURN: t.fn.FunctionURN, InvocationType: t.fn.InvocationType, Timeout: t.fn.Timeout, Version: t.fn.Version,
			})
		case "MOCK":
			doc.PolicyMocks = append(doc.PolicyMocks, draft.PolicyMock{Policy: p, ResultContent: t.mock.ResultContent})
		}
	}
	return nil
}

// conditions understands the words of the tables and those of the samples,
// which differ (wire-facts §19 row 9).
func (r *reader) conditions(list *document.Node) []draft.Condition {
	var out []draft.Condition
	for _, n := range list.Values() {
		r.work++
		k := draft.Condition{
			ConditionOrigin: n.Get("origin").Str(), ConditionType: n.Get("type").Str(), ConditionValue: n.Get("value").Str(),
			ReqParamName: n.Get("parameter").Str(),
		}
		if k.ReqParamName == "" {
			k.ReqParamName = n.Get("parameter_name").Str()
		}
		switch strings.ToLower(k.ConditionOrigin) {
		case "request", "request_parameter":
			k.ConditionOrigin = "param"
		}
		if strings.EqualFold(k.ConditionType, "equal") {
			k.ConditionType = "exact"
		}
		out = append(out, k)
	}
	return out
}
