package draft

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/lintel-gateway/lintel/internal/message"
	"github.com/lintel-gateway/lintel/internal/quota"
	"github.com/lintel-gateway/lintel/internal/wire/apig"
)

// reserved refuses names that the gateway itself uses (wire-facts §2.5). They
// are compared without case, as header names are.
func reserved(name, location string) bool {
	n := strings.ToLower(name)
	if strings.HasPrefix(n, "x-apig-") || strings.HasPrefix(n, "x-sdk-") || n == "x-stage" {
		return true
	}
	return location == "HEADER" && (n == "authorization" || n == "x-auth-token" || strings.Contains(n, "_"))
}

func (d *Document) checkParams(r Rules) error {
	if len(d.ReqParams) > r.Limits.Of(quota.ReqParams) {
		return apig.E3111
	}
	for i := range d.ReqParams {
		p := &d.ReqParams[i]
		p.ID = r.NewID()
		if err := p.check(at("req_params", i)); err != nil {
			return err
		}
		for _, q := range d.ReqParams[:i] {
			if q.Location == p.Location && sameName(q.Name, p.Name, p.Location) {
				return apig.Taken(apig.E3209, "parameterName", p.Name)
			}
		}
	}
	return d.checkPathParams()
}

func (p *Param) check(field string) error {
	var c apig.Check
	c.Enum(field+".location", &p.Location, "PATH", "QUERY", "HEADER")
	c.Enum(field+".type", &p.Type, "STRING", "NUMBER")
	c.Required(field+".name", p.Name)
	c.Text(field+".remark", p.Remark, maxRemark)
	c.Text(field+".sample_value", p.SampleValue, maxRemark)
	if p.DefaultValue != nil {
		c.Text(field+".default_value", *p.DefaultValue, maxRemark)
	}
	c.Text(field+".enumerations", p.Enumerations, maxSample)
	c.Text(field+".regular", p.Regular, maxSample)
	c.Text(field+".json_schema", p.JSONSchema, maxSample)
	if err := c.Err(); err != nil {
		return err
	}
	if !paramName.MatchString(p.Name) || reserved(p.Name, p.Location) {
		return apig.Invalid(field + ".name")
	}
	if p.Required == 0 {
		p.Required = 2
		if p.Location == "PATH" {
			p.Required = 1
		}
	}
	if p.Required != 1 && p.Required != 2 || p.Location == "PATH" && p.Required != 1 {
		return apig.Invalid(field + ".required")
	}
	if p.ValidEnable == 0 {
		p.ValidEnable = 2
	}
	if p.ValidEnable != 1 && p.ValidEnable != 2 {
		return apig.Invalid(field + ".valid_enable")
	}
	return p.checkBounds(field)
}

// checkBounds refuses bounds that no value can meet. Zero for both means "not
// set": the reference's own samples and Terraform send zeros.
func (p *Param) checkBounds(field string) error {
	if p.MinNum != nil && p.MaxNum != nil && *p.MinNum == 0 && *p.MaxNum == 0 {
		p.MinNum, p.MaxNum = nil, nil
	}
	if p.MinSize != nil && p.MaxSize != nil && *p.MinSize == 0 && *p.MaxSize == 0 {
		p.MinSize, p.MaxSize = nil, nil
	}
	switch {
	case p.MinNum != nil && p.MaxNum != nil && *p.MinNum > *p.MaxNum:
		return apig.Invalid(field + ".min_num")
	case p.MinSize != nil && *p.MinSize < 0:
		return apig.TooSmall(field + ".min_size")
	case p.MaxSize != nil && *p.MaxSize < 0:
		return apig.TooSmall(field + ".max_size")
	case p.MinSize != nil && p.MaxSize != nil && *p.MinSize > *p.MaxSize:
		return apig.Invalid(field + ".min_size")
	}
	return nil
}

// checkPathParams holds the front path and the PATH parameters together: each
// variable is declared and each declaration is used (APIG.2026).
func (d *Document) checkPathParams() error {
	names, fault := frontVariables(d.ReqURI, d.MatchMode)
	if fault != nil {
		return fault
	}
	undefined := func(name string) error {
		return apig.E2026.Msg("The request path parameters are not defined,parameterName:%s", name)
	}
	for _, name := range names {
		if d.param(name, "PATH") == nil {
			return undefined(name)
		}
	}
	for _, p := range d.ReqParams {
		if p.Location == "PATH" && !contains(names, p.Name) {
			return undefined(p.Name)
		}
	}
	return nil
}

// param finds a declared request parameter; location "" finds the first of
// that name, because mappings name a parameter without its location.
func (d *Document) param(name, location string) *Param {
	for i := range d.ReqParams {
		p := &d.ReqParams[i]
		if (location == "" || p.Location == location) && sameName(p.Name, name, p.Location) {
			return p
		}
	}
	return nil
}

// systemNames are the gateway parameters of wire-facts §6 that the shared
// edition knows, and the newer ones that this gateway fills as well.
var systemNames = []string{
	"sourceIp", "stage", "apiId", "appId", "requestId",
	"serverAddr", "serverName", "handleTime", "apiName", "appName",
}

// checkMappings checks backend_params against the request parameters and the
// variables of the backend path (nil when the backend has no path).
func (d *Document) checkMappings(field string, list []BackendParam, variables []string, r Rules) error {
	if len(list) > r.Limits.Of(quota.ReqParams) {
		return apig.TooLong(field)
	}
	for i := range list {
		m := &list[i]
		m.ID, m.ReqParamID = r.NewID(), ""
		if err := d.checkMapping(at(field, i), m); err != nil {
			return err
		}
		for _, q := range list[:i] {
			if q.Location == m.Location && sameName(q.Name, m.Name, m.Location) {
				return apig.Taken(apig.E3209, "parameterName", m.Name)
			}
		}
		// A function has no path of its own: such a value stands in the
		// pathParameters of its event.
		if m.Location == "PATH" && d.BackendType != "FUNCTION" && !contains(variables, m.Name) {
			return apig.E2027.Msg("The backend path parameters are not defined,parameterName:%s", m.Name)
		}
	}
	for _, name := range variables {
		if !mapsPath(list, name) {
			return apig.E2027.Msg("The backend path parameters are not defined,parameterName:%s", name)
		}
	}
	return nil
}

func (d *Document) checkMapping(field string, m *BackendParam) error {
	var c apig.Check
	c.Required(field+".name", m.Name)
	c.Enum(field+".location", &m.Location, "PATH", "QUERY", "HEADER")
	c.Enum(field+".origin", &m.Origin, "REQUEST", "CONSTANT", "SYSTEM")
	c.Required(field+".value", m.Value)
	c.Text(field+".value", m.Value, maxRemark)
	c.Text(field+".remark", m.Remark, maxRemark)
	if err := c.Err(); err != nil {
		return err
	}
	if !paramName.MatchString(m.Name) || reserved(m.Name, m.Location) {
		return apig.Invalid(field + ".name")
	}
	switch m.Origin {
	case "REQUEST":
		p := d.param(m.Value, "")
		if p == nil {
			return apig.E2028.Msg("The request parameters mapped to the backend parameters are not defined,parameterName:%s", m.Value)
		}
		m.ReqParamID = p.ID
	case "SYSTEM":
		name := strings.TrimPrefix(m.Value, "$context.")
		if strings.HasPrefix(name, "authorizer.") {
			return d.checkAuthorized(field+".value", m.Value, name)
		}
		if !contains(systemNames, name) {
			return apig.Invalid(field + ".value")
		}
	}
	return nil
}

// authorizerValue is what an authorizer answered: its context's keys have this
// form (wire-facts §7.2).
var authorizerValue = regexp.MustCompile(`^authorizer\.(frontend|backend)\.[A-Za-z][A-Za-z0-9_-]{0,31}$`)

// checkAuthorized wants the authorizer whose answer is used.
func (d *Document) checkAuthorized(field, value, name string) error {
	frontend := d.AuthType == "AUTHORIZER"
	backend := d.BackendAPI != nil && d.BackendAPI.AuthorizerID != ""
	m := authorizerValue.FindStringSubmatch(name)
	switch {
	case m == nil && (frontend || backend):
		return apig.Invalid(field)
	case m != nil && (m[1] == "frontend" && frontend || m[1] == "backend" && backend):
		return nil
	}
	return apig.E2036.Msg("Only APIs that use custom authentication can have authorizer parameters,parameterName:%.128s", value)
}

func mapsPath(list []BackendParam, name string) bool {
	for _, m := range list {
		if m.Location == "PATH" && m.Name == name {
			return true
		}
	}
	return false
}

// sameName compares parameter names as their location does.
func sameName(a, b, location string) bool {
	if location == "HEADER" {
		return message.EqualFold(a, b)
	}
	return a == b
}

func at(field string, i int) string { return fmt.Sprintf("%s[%d]", field, i) }

// ParamName reports whether a parameter may have the name in the location.
func ParamName(name, location string) bool {
	return paramName.MatchString(name) && !reserved(name, location)
}
