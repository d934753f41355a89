package draft

import (
	"strings"

	"github.com/lintel-gateway/lintel/internal/definition"
	"github.com/lintel-gateway/lintel/internal/message"
)

// Compile makes the definition of the document with the environment's variables
// put in. Where it stands (ids, environment) is the caller's to fill. It fails
// with MissingVariable, or with the fault that a substituted address or path
// turned out to have.
func (d *Document) Compile(variables map[string]string) (*definition.API, error) {
	env := func(name string) (string, bool) { v, ok := variables[name]; return v, ok }
	api := &definition.API{
		Name: d.Name, GroupID: d.GroupID,
		Method: d.ReqMethod, Path: d.ReqURI, Match: d.MatchMode, Protocol: d.ReqProtocol,
		Auth: d.AuthType, AppCode: d.AuthOpt != nil && d.AuthOpt.AppCodeAuthType == "HEADER",
		AuthorizerID: d.AuthorizerID, CORS: d.Cors, ResponseID: d.ResponseID,
	}
	for _, p := range d.ReqParams {
		api.Params = append(api.Params, p.compile())
	}
	var err error
	if api.Backend, err = d.compileBackend(env); err != nil {
		return nil, err
	}
	for i := range d.PolicyHTTPS {
		p := &d.PolicyHTTPS[i]
		web := WebBackend{
			URLDomain: p.URLDomain, ReqProtocol: p.ReqProtocol, ReqMethod: p.ReqMethod, ReqURI: p.ReqURI,
			Timeout: p.Timeout, VPCStatus: p.VPCStatus, VPCInfo: p.VPCInfo, VPCProxyHost: p.VPCProxyHost,
		}
		http, err := web.compile(at("policy_https", i), env)
		if err != nil {
			return nil, err
		}
		api.Policies = append(api.Policies, d.compilePolicy(&p.Policy, definition.Backend{Kind: definition.BackendHTTP, HTTP: http}))
	}
	for i := range d.PolicyMocks {
		p := &d.PolicyMocks[i]
		api.Policies = append(api.Policies, d.compilePolicy(&p.Policy, definition.Backend{
			Kind: definition.BackendMock, Mock: &definition.MockBackend{Content: p.ResultContent},
		}))
	}
	for i := range d.PolicyFunctions {
		p := &d.PolicyFunctions[i]
		api.Policies = append(api.Policies, d.compilePolicy(&p.Policy, definition.Backend{
			Kind: definition.BackendFunction,
			Function: &definition.FunctionBackend{
				URN: p.FunctionURN, Version: p.Version, Invocation: p.InvocationType, TimeoutMS: p.Timeout,
			},
		}))
	}
	return api, nil
}

func (p *Param) compile() definition.Param {
	out := definition.Param{
		Name: p.Name, In: p.Location, Type: p.Type, Required: p.Required == 1, Check: p.ValidEnable == 1,
		MinNum: p.MinNum, MaxNum: p.MaxNum, MinSize: p.MinSize, MaxSize: p.MaxSize,
	}
	// An empty default is "none": clients that always send the field send "".
	if p.DefaultValue != nil && *p.DefaultValue != "" {
		out.Default = p.DefaultValue
	}
	if p.Enumerations != "" {
		for v := range strings.SplitSeq(p.Enumerations, ",") {
			out.Enum = append(out.Enum, strings.TrimSpace(v))
		}
	}
	return out
}

func (d *Document) compileBackend(env func(string) (string, bool)) (definition.Backend, error) {
	b := definition.Backend{Kind: d.BackendType, Mappings: d.compileMappings(d.BackendParams)}
	switch d.BackendType {
	case definition.BackendHTTP:
		http, err := d.BackendAPI.compile("backend_api", env)
		if err != nil {
			return b, err
		}
		b.HTTP = http
	case definition.BackendMock:
		b.Mock = &definition.MockBackend{Content: d.MockInfo.ResultContent}
	case definition.BackendFunction:
		b.Function = &definition.FunctionBackend{
			URN: d.FuncInfo.FunctionURN, Version: d.FuncInfo.Version,
			Invocation: d.FuncInfo.InvocationType, TimeoutMS: d.FuncInfo.Timeout,
		}
	}
	return b, nil
}

func (b *WebBackend) compile(field string, env func(string) (string, bool)) (*definition.HTTPBackend, error) {
	out := &definition.HTTPBackend{
		Scheme: strings.ToLower(b.ReqProtocol), Method: b.ReqMethod, TimeoutMS: b.Timeout,
		AuthorizerID: b.AuthorizerID, ProxyHost: b.VPCProxyHost,
	}
	if b.VPCStatus == 1 {
		out.ChannelID = b.VPCInfo.VPCID
	} else {
		address, err := substitute(b.URLDomain, env)
		if err != nil {
			return nil, err
		}
		if err := checkHostPort(field+".url_domain", address); err != nil {
			return nil, err
		}
		out.Address = address
	}
	path, err := substitute(b.ReqURI, env)
	if err != nil {
		return nil, err
	}
	// The braces of path variables are no path characters; they are tested as
	// plain segments.
	flat := strings.NewReplacer("{", "", "}", "").Replace(path)
	if canonical, err := message.CanonicalPath(flat); err != nil || canonical != flat {
		return nil, pathFault(field + ".req_uri is not canonical after its variables were put in")
	}
	out.Path = path
	return out, nil
}

func (d *Document) compileMappings(list []BackendParam) []definition.Mapping {
	var out []definition.Mapping
	for _, m := range list {
		c := definition.Mapping{Name: m.Name, In: m.Location, Origin: m.Origin, Value: m.Value}
		if m.Origin == definition.OriginRequest {
			c.From = d.param(m.Value, "").Location
		}
		out = append(out, c)
	}
	return out
}

func (d *Document) compilePolicy(p *Policy, b definition.Backend) definition.PolicyBackend {
	b.Mappings = d.compileMappings(p.BackendParams)
	out := definition.PolicyBackend{Name: p.Name, Effect: p.EffectMode, Backend: b}
	for _, k := range p.Conditions {
		out.Conditions = append(out.Conditions, definition.Condition{
			Origin: k.ConditionOrigin, Type: k.ConditionType, Value: k.ConditionValue,
			Param: k.ReqParamName, ParamIn: k.ReqParamLocation,
		})
	}
	return out
}
