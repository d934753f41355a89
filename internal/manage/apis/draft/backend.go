package draft

import (
	"net"
	"regexp"
	"strconv"
	"strings"

	"github.com/lintel-gateway/lintel/internal/message"
	"github.com/lintel-gateway/lintel/internal/wire/apig"
)

// checkBackend keeps the block of the backend type and drops the others.
func (d *Document) checkBackend(r Rules) error {
	var c apig.Check
	c.Enum("backend_type", &d.BackendType, "HTTP", "FUNCTION", "MOCK")
	if err := c.Err(); err != nil {
		return err
	}
	var variables []string
	switch d.BackendType {
	case "HTTP":
		d.MockInfo, d.FuncInfo = nil, nil
		if d.BackendAPI == nil {
			return apig.Missing("backend_api")
		}
		names, err := d.BackendAPI.check(r)
		if err != nil {
			return err
		}
		variables = names
	case "MOCK":
		d.BackendAPI, d.FuncInfo = nil, nil
		if d.MockInfo == nil {
			return apig.Missing("mock_info")
		}
		m := d.MockInfo
		m.ID, m.Status = r.NewID(), 1
		c.Text("mock_info.version", m.Version, 64)
		c.Text("mock_info.remark", m.Remark, maxRemark)
		c.Text("mock_info.result_content", m.ResultContent, maxSample)
	case "FUNCTION":
		d.BackendAPI, d.MockInfo = nil, nil
		if d.FuncInfo == nil {
			return apig.Missing("func_info")
		}
		if err := d.FuncInfo.check(r); err != nil {
			return err
		}
	}
	if err := c.Err(); err != nil {
		return err
	}
	return d.checkMappings("backend_params", d.BackendParams, variables, r)
}

func (b *WebBackend) check(r Rules) ([]string, error) {
	const field = "backend_api"
	b.ID, b.Status = r.NewID(), 1
	var c apig.Check
	c.Text(field+".version", b.Version, 16)
	c.Text(field+".remark", b.Remark, maxRemark)
	c.Enum(field+".req_protocol", &b.ReqProtocol, "HTTP", "HTTPS")
	c.Enum(field+".req_method", &b.ReqMethod, methods...)
	if err := c.Err(); err != nil {
		return nil, err
	}
	if err := checkTimeout(field+".timeout", &b.Timeout, r, true); err != nil {
		return nil, err
	}
	if err := checkAddress(field, b.URLDomain, &b.VPCStatus, &b.VPCInfo, &b.VPCProxyHost); err != nil {
		return nil, err
	}
	names, fault := backendVariables(field+".req_uri", b.ReqURI)
	if fault != nil {
		return nil, fault
	}
	return names, nil
}

func (f *Function) check(r Rules) error {
	f.ID, f.Status = r.NewID(), 1
	var c apig.Check
	c.Required("func_info.function_urn", f.FunctionURN)
	c.Text("func_info.function_urn", f.FunctionURN, maxRemark)
	c.Text("func_info.version", f.Version, 64)
	c.Text("func_info.remark", f.Remark, maxRemark)
	if err := c.Err(); err != nil {
		return err
	}
	if err := checkInvocation("func_info.invocation_type", &f.InvocationType); err != nil {
		return err
	}
	return checkTimeout("func_info.timeout", &f.Timeout, r, true)
}

// checkInvocation normalises to lower case: this enumeration alone is answered
// so (reference table 4-42).
func checkInvocation(field string, v *string) error {
	var c apig.Check
	c.Enum(field, v, "ASYNC", "SYNC")
	if err := c.Err(); err != nil {
		return err
	}
	*v = strings.ToLower(*v)
	return nil
}

// checkTimeout is 1 to 60000 ms. Where it is optional, and on every PUT (4.2.3),
// the default of the reference takes the place of what is missing; on PUT also
// of what is out of range.
func checkTimeout(field string, ms *int, r Rules, required bool) error {
	inside := *ms >= 1 && *ms <= maxTimeout
	switch {
	case inside:
		return nil
	case r.Update, *ms == 0 && !required:
		*ms = defaultTimeout
		return nil
	case *ms == 0:
		return apig.Missing(field)
	case *ms < 1:
		return apig.TooSmall(field)
	default:
		return apig.TooLarge(field)
	}
}

// checkAddress wants a channel or a host, as vpc_status says, and drops the
// other: without a channel Terraform sends an empty vpc_info.
func checkAddress(field, domain string, status *int, info **VPCInfo, proxyHost *string) error {
	if *status == 0 {
		*status = 2
	}
	switch *status {
	case 1:
		if *info == nil || (*info).VPCID == "" {
			return apig.Missing(field + ".vpc_info.vpc_id")
		}
		if (*info).ProxyHost != "" {
			*proxyHost = (*info).ProxyHost
		}
		if *proxyHost != "" {
			if _, err := message.CanonicalHost(*proxyHost); err != nil {
				return apig.Invalid(field + ".vpc_info.vpc_proxy_host")
			}
		}
		return nil
	case 2:
		*info, *proxyHost = nil, ""
		return checkDomain(field+".url_domain", domain)
	default:
		return apig.Invalid(field + ".vpc_status")
	}
}

var hostName = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9])?$`)

// checkDomain checks host[:port] with #variables#, which stand for a host, a
// port, or host:port; publication checks the substituted whole again.
func checkDomain(field, domain string) error {
	switch {
	case domain == "":
		return apig.Missing(field)
	case len(domain) > 255:
		return apig.TooLong(field)
	}
	plain, err := substitute(domain, func(string) (string, bool) { return "1", true })
	if err != nil {
		return apig.Invalid(field)
	}
	return checkHostPort(field, plain)
}

func checkHostPort(field, address string) error {
	if strings.ContainsAny(address, "/@?") { // a URL, most likely
		return apig.E2024.Msg("Invalid URL domain,parameterName:%s", field)
	}
	host, port := address, ""
	if h, p, err := net.SplitHostPort(address); err == nil {
		host, port = h, p
	} else if strings.Count(address, ":") == 1 {
		return apig.E2025.Msg("Invalid port number,parameterName:%s", field)
	}
	if net.ParseIP(host) == nil && !hostName.MatchString(host) {
		return apig.E2024.Msg("Invalid URL domain,parameterName:%s", field)
	}
	if address != host {
		if n, err := strconv.Atoi(port); err != nil || n < 1 || n > 65535 {
			return apig.E2025.Msg("Invalid port number,parameterName:%s", field)
		}
	}
	return nil
}
