package acl

import (
	"sync/atomic"

	"github.com/lintel-gateway/lintel/internal/definition"
	"github.com/lintel-gateway/lintel/internal/gateway/call"
)

// List is an access control policy, compiled. It is immutable.
type List struct{ *definition.ACL }

// Slot holds the list that is bound to an API in an environment at the moment;
// nil when none is.
type Slot = atomic.Pointer[List]

// Compile refuses a list that cannot be enforced.
func Compile(d *definition.ACL) (*List, error) { return &List{d}, nil }

// Addresses is the policy that looks at the caller's address.
type Addresses struct{ bound *Slot }

// NewAddresses makes the policy of an API.
func NewAddresses(bound *Slot) *Addresses { return &Addresses{bound} }

// Apply implements plan.Policy. It runs before authentication.
func (p *Addresses) Apply(*call.Call) *call.Fault { return nil }

// Accounts is the policy that looks at the caller's account.
type Accounts struct{ bound *Slot }

// NewAccounts makes the policy of an API under IAM authentication.
func NewAccounts(bound *Slot) *Accounts { return &Accounts{bound} }

// Apply implements plan.Policy. It runs after authentication.
func (p *Accounts) Apply(*call.Call) *call.Fault { return nil }
