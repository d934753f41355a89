// Package protocol refuses calls that come over a protocol which the API does
// not speak (APIG.0607).
//
// Whether a call came over TLS is what the edge saw on its own connection; no
// header can claim it.
package protocol

import (
	"fmt"

	"github.com/lintel-gateway/lintel/internal/definition"
	"github.com/lintel-gateway/lintel/internal/gateway/call"
)

// Policy lets one of HTTP and HTTPS pass.
type Policy struct {
	tls    bool
	refuse *call.Fault
}

// New returns nil when the API speaks both. An empty value is HTTPS, the
// default of the reference (wire-facts §2.4).
func New(name string) (*Policy, error) {
	switch name {
	case definition.ProtocolBoth:
		return nil, nil
	case definition.ProtocolHTTP:
		return &Policy{tls: false, refuse: call.HTTPOnly}, nil
	case definition.ProtocolHTTPS, "":
		return &Policy{tls: true, refuse: call.HTTPSOnly}, nil
	}
	return nil, fmt.Errorf("protocol %q is none of HTTP, HTTPS, BOTH", name)
}

// Apply implements plan.Policy.
func (p *Policy) Apply(c *call.Call) *call.Fault {
	if c.Request.TLS != p.tls {
		return p.refuse
	}
	return nil
}
