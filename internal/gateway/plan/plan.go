// Package plan is the executable form of one API: what a call walks once
// routing has found it. Build compiles a definition early (templates, checks,
// header names, condition patterns), so that a call only executes.
//
// A Plan is immutable and shared by all calls of its API. What is the API's own lies in
// one piece of memory and one text (flat), and the rest is shared with the plans of
// other APIs (shared): a call of an API that nobody called lately waits for memory, and
// one piece costs less than the sixty that there were. It does not keep its definition.
//
// It holds no live state: callers, connection pools and clocks are handed to Build in Env and
// survive the plan. Build is pure and is the dry build by which publication
// refuses a definition: what it accepts, the gateway can serve.
package plan

import (
	"github.com/lintel-gateway/lintel/internal/definition"
	"github.com/lintel-gateway/lintel/internal/gateway/call"
	"github.com/lintel-gateway/lintel/internal/gateway/policy/choice"
)

// Policy decides on a call before its backend is asked. Policies are shared by
// all calls of an API and keep nothing of a call.
type Policy interface {
	// Apply returns nil to go on, or the fault with which the gateway answers.
	Apply(c *call.Call) *call.Fault
}

// Backend answers a call by filling c.Response.
type Backend interface {
	Send(c *call.Call) *call.Fault
}

// Plan is what a call to one API walks: Policies in order, then the branch that
// Choose finds.
type Plan struct {
	Target   call.Target // copied into the call; PathParams and Tail empty
	Policies []Policy
	Branches []Branch // policy backends in order, then the default
	// ResponseID is the group's response in whose words the gateway answers; "" is
	// the default one.
	ResponseID string
	CORS       bool // pages of other origins may call
	Preflight  bool // the API is for OPTIONS, and answers preflight requests
}

// Branch is a backend and the way to it.
type Branch struct {
	Name       string             // of the policy backend; "" for the default
	Conditions *choice.Conditions // nil for the default
	// Policies make what is sent out of the call, in order: the backend's
	// authorizer, the mapping, the gateway's own word, the backend signature. A
	// backend that takes no request (MOCK) has none.
	Policies []Policy
	Backend  Backend
	// Definition is that of a policy backend, for who traces a call; nil for the default.
	Definition *definition.PolicyBackend
}

// Choose returns the first branch whose conditions hold. The last branch has
// none, so there is always one.
func (p *Plan) Choose(c *call.Call) *Branch {
	last := len(p.Branches) - 1
	for i := range p.Branches[:last] {
		if p.Branches[i].Conditions.Hold(c) {
			return &p.Branches[i]
		}
	}
	return &p.Branches[last]
}
