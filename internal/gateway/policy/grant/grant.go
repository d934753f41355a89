// Package grant refuses calls of apps that were not authorised to call the API
// in its environment (APIG.0304).
//
// Grants change without a publication, so the policy holds a live handle, not a
// copy.
package grant

import (
	"github.com/lintel-gateway/lintel/internal/gateway/call"
	"github.com/lintel-gateway/lintel/internal/gateway/callers"
)

// Policy looks the caller up among the granted apps of one API in one
// environment.
type Policy struct{ granted *callers.Grants }

// New makes the policy of one API in one environment.
func New(known *callers.Callers, apiID, envID string) *Policy {
	return &Policy{granted: known.Granted(apiID, envID)}
}

// Apply implements plan.Policy. It runs after authentication.
func (p *Policy) Apply(c *call.Call) *call.Fault {
	if c.Caller.AppID == "" || !p.granted.Allow(c.Caller.AppID, c.Caller.AppSum) {
		return call.AppNotAuthorized
	}
	return nil
}
