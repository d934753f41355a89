package iamauth

import (
	"github.com/lintel-gateway/lintel/internal/clock"
	"github.com/lintel-gateway/lintel/internal/gateway/call"
)

// Directory knows the users of the platform. The data plane knows no identity
// code: whoever puts a gateway together hands one in.
type Directory struct{}

// Policy authenticates the calls of an API whose auth is IAM.
type Policy struct{ users *Directory }

// New makes the policy. users is nil where no identity is reachable.
func New(users *Directory, now clock.Clock) *Policy { return &Policy{users} }

// Apply implements plan.Policy. It fills c.Caller.
func (p *Policy) Apply(*call.Call) *call.Fault {
	return call.NotServed.With("auth_type IAM is not served by this gateway yet")
}
