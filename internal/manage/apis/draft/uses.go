package draft

import "slices"

// Use is something that a document names and that must exist.
type Use struct{ Kind, Ref string }

// Kinds of uses, as they are kept beside the document.
const (
	UseAuthorizer = "authorizer"
	UseChannel    = "channel"
	UseFunction   = "function" // Ref is the URN
	UseResponse   = "response"
)

// Uses lists what a checked document names, each once.
func (d *Document) Uses() []Use {
	var uses []Use
	add := func(kind, ref string) {
		if u := (Use{kind, ref}); ref != "" && !slices.Contains(uses, u) {
			uses = append(uses, u)
		}
	}
	add(UseAuthorizer, d.AuthorizerID)
	add(UseResponse, d.ResponseID)
	if b := d.BackendAPI; b != nil {
		add(UseAuthorizer, b.AuthorizerID)
		add(UseChannel, channel(b.VPCInfo))
	}
	if d.FuncInfo != nil {
		add(UseFunction, d.FuncInfo.FunctionURN)
	}
	for i := range d.PolicyHTTPS {
		add(UseChannel, channel(d.PolicyHTTPS[i].VPCInfo))
	}
	for i := range d.PolicyFunctions {
		add(UseFunction, d.PolicyFunctions[i].FunctionURN)
	}
	return uses
}

func channel(v *VPCInfo) string {
	if v == nil {
		return ""
	}
	return v.VPCID
}
