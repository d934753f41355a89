package draft

import (
	"net/netip"
	"regexp"
	"regexp/syntax"
	"strings"

	"github.com/lintel-gateway/lintel/internal/quota"
	"github.com/lintel-gateway/lintel/internal/wire/apig"
)

// checkPolicies keeps the policy backends of the backend type. Names are
// unique in an API (APIG.3210); order is meaning, so it is kept.
func (d *Document) checkPolicies(r Rules) error {
	if d.BackendType != "HTTP" {
		d.PolicyHTTPS = nil
	}
	if d.BackendType != "MOCK" {
		d.PolicyMocks = nil
	}
	if d.BackendType != "FUNCTION" {
		d.PolicyFunctions = nil
	}
	if len(d.PolicyHTTPS)+len(d.PolicyMocks)+len(d.PolicyFunctions) > r.Limits.Of(quota.PolicyBackends) {
		return apig.E3113
	}
	names := map[string]bool{}
	for i := range d.PolicyHTTPS {
		if err := d.checkPolicyWeb(at("policy_https", i), &d.PolicyHTTPS[i], names, r); err != nil {
			return err
		}
	}
	for i := range d.PolicyMocks {
		p, field := &d.PolicyMocks[i], at("policy_mocks", i)
		var c apig.Check
		c.Text(field+".result_content", p.ResultContent, maxSample)
		if err := c.Err(); err != nil {
			return err
		}
		if err := d.checkPolicy(field, &p.Policy, nil, names, r); err != nil {
			return err
		}
	}
	for i := range d.PolicyFunctions {
		if err := d.checkPolicyFunction(at("policy_functions", i), &d.PolicyFunctions[i], names, r); err != nil {
			return err
		}
	}
	return nil
}

func (d *Document) checkPolicyWeb(field string, p *PolicyWeb, names map[string]bool, r Rules) error {
	var c apig.Check
	c.Enum(field+".req_protocol", &p.ReqProtocol, "HTTP", "HTTPS")
	c.Enum(field+".req_method", &p.ReqMethod, methods...)
	if err := c.Err(); err != nil {
		return err
	}
	if err := checkTimeout(field+".timeout", &p.Timeout, r, false); err != nil {
		return err
	}
	if err := checkAddress(field, p.URLDomain, &p.VPCStatus, &p.VPCInfo, &p.VPCProxyHost); err != nil {
		return err
	}
	variables, fault := backendVariables(field+".req_uri", p.ReqURI)
	if fault != nil {
		return fault
	}
	return d.checkPolicy(field, &p.Policy, variables, names, r)
}

func (d *Document) checkPolicyFunction(field string, p *PolicyFunction, names map[string]bool, r Rules) error {
	var c apig.Check
	c.Required(field+".function_urn", p.FunctionURN)
	c.Text(field+".function_urn", p.FunctionURN, maxRemark)
	c.Text(field+".version", p.Version, 64)
	if err := c.Err(); err != nil {
		return err
	}
	if err := checkInvocation(field+".invocation_type", &p.InvocationType); err != nil {
		return err
	}
	if err := checkTimeout(field+".timeout", &p.Timeout, r, false); err != nil {
		return err
	}
	return d.checkPolicy(field, &p.Policy, nil, names, r)
}

func (d *Document) checkPolicy(field string, p *Policy, variables []string, names map[string]bool, r Rules) error {
	p.ID = r.NewID()
	var c apig.Check
	c.Name(field+".name", p.Name)
	c.Enum(field+".effect_mode", &p.EffectMode, "ALL", "ANY")
	if err := c.Err(); err != nil {
		return err
	}
	if names[p.Name] {
		return apig.Taken(apig.E3210, "policy_name", p.Name)
	}
	names[p.Name] = true
	switch {
	case len(p.Conditions) == 0:
		return apig.Missing(field + ".conditions")
	case len(p.Conditions) > r.Limits.Of(quota.Conditions):
		return apig.E3114
	}
	for i := range p.Conditions {
		if err := d.checkCondition(at(field+".conditions", i), &p.Conditions[i], r); err != nil {
			return err
		}
	}
	return d.checkMappings(field+".backend_params", p.BackendParams, variables, r)
}

func (d *Document) checkCondition(field string, k *Condition, r Rules) error {
	k.ID, k.ReqParamID, k.ReqParamLocation = r.NewID(), "", ""
	var c apig.Check
	c.Enum(field+".condition_origin", &k.ConditionOrigin, "PARAM", "SOURCE")
	c.Required(field+".condition_value", k.ConditionValue)
	c.Text(field+".condition_value", k.ConditionValue, maxSample)
	if err := c.Err(); err != nil {
		return err
	}
	// Conditions are answered in lower case (reference sample of 4.2.2).
	k.ConditionOrigin = strings.ToLower(k.ConditionOrigin)
	if k.ConditionOrigin == "source" {
		k.ConditionType, k.ReqParamName = "", ""
		return checkSources(field, k.ConditionValue)
	}
	c.Enum(field+".condition_type", &k.ConditionType, "EXACT", "ENUM", "PATTERN")
	c.Required(field+".req_param_name", k.ReqParamName)
	if err := c.Err(); err != nil {
		return err
	}
	k.ConditionType = strings.ToLower(k.ConditionType)
	p := d.param(k.ReqParamName, "")
	if p == nil {
		return apig.E2028.Msg("The request parameters mapped to the backend parameters are not defined,parameterName:%s", k.ReqParamName)
	}
	k.ReqParamID, k.ReqParamLocation = p.ID, p.Location
	if k.ConditionType == "pattern" {
		return checkPattern(field+".condition_value", k.ConditionValue)
	}
	return nil
}

// What a pattern may be. A call matches it against a value of up to 32 KB, one
// step for each byte and state in the worst case, so both bounds are what
// keeps one API from taking a core for seconds.
const (
	maxPattern = 512  // characters
	maxStates  = 1000 // instructions of the compiled pattern
)

func checkPattern(field, pattern string) error {
	var c apig.Check
	c.Text(field, pattern, maxPattern)
	if err := c.Err(); err != nil {
		return err
	}
	if _, err := regexp.Compile(pattern); err != nil {
		return apig.Invalid(field)
	}
	tree, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		return apig.Invalid(field)
	}
	program, err := syntax.Compile(tree.Simplify())
	if err != nil || len(program.Inst) > maxStates {
		return apig.Invalid(field).With("the pattern repeats too much; write it shorter")
	}
	return nil
}

// checkSources accepts addresses and CIDR blocks separated by commas.
func checkSources(field, list string) error {
	for s := range strings.SplitSeq(list, ",") {
		s = strings.TrimSpace(s)
		_, errAddr := netip.ParseAddr(s)
		_, errBlock := netip.ParsePrefix(s)
		if errAddr != nil && errBlock != nil {
			return apig.E2015.Msg("Invalid IP address,parameterName:%s.condition_value", field)
		}
	}
	return nil
}
