package draft

import (
	"fmt"

	"github.com/lintel-gateway/lintel/internal/dial"
)

// Warnings says which backends of the document gateways will refuse to call,
// and why. variables are the values of #variables#; an address that uses others
// is passed over, as is every name but localhost: only dialling tells where it
// leads. targets may be nil, for no warnings.
//
// The document is accepted all the same: whether an address is denied is a
// setting of the operator, which may change.
func (d *Document) Warnings(targets *dial.Rules, variables map[string]string) []string {
	if targets == nil {
		return nil
	}
	var list []string
	judge := func(field, address string, channel int) {
		address, err := substitute(address, func(name string) (string, bool) { v, ok := variables[name]; return v, ok })
		if channel == 1 || address == "" || err != nil {
			return
		}
		if denied := targets.Host(address); denied != nil {
			list = append(list, fmt.Sprintf("%s.url_domain: calls will be refused with APIG.0404: %v", field, denied))
		}
	}
	if b := d.BackendAPI; b != nil {
		judge("backend_api", b.URLDomain, b.VPCStatus)
	}
	for i := range d.PolicyHTTPS {
		judge(at("policy_https", i), d.PolicyHTTPS[i].URLDomain, d.PolicyHTTPS[i].VPCStatus)
	}
	return list
}
