package acl

import (
	"fmt"
	"net/netip"
	"sync/atomic"

	"github.com/lintel-gateway/lintel/internal/definition"
	"github.com/lintel-gateway/lintel/internal/gateway/call"
)

// The entities of definition.ACL.
const (
	entityIP     = "IP"
	entityDomain = "DOMAIN"
)

// List is an access control policy, compiled. It is immutable.
type List struct {
	ID, Name string
	permit   bool
	accounts map[string]struct{} // nil for a list of addresses
	ranges   ranges
}

// Slot holds the list that is bound to an API in an environment at the moment;
// nil when none is.
type Slot = atomic.Pointer[List]

// Compile refuses a list that cannot be enforced.
func Compile(d *definition.ACL) (*List, error) {
	l := &List{ID: d.ID, Name: d.Name, permit: d.Permit}
	if len(d.Values) == 0 {
		return nil, fmt.Errorf("access control policy %s: values: is empty; list at least one entry", d.ID)
	}
	var err error
	switch d.Entity {
	case entityIP:
		l.ranges, err = compile(d.Values)
	case entityDomain:
		l.accounts, err = names(d.Values)
	default:
		err = fmt.Errorf("entity: %.64q is none of IP, DOMAIN", d.Entity)
	}
	if err != nil {
		return nil, fmt.Errorf("access control policy %s: %w", d.ID, err)
	}
	return l, nil
}

func names(values []string) (map[string]struct{}, error) {
	set := make(map[string]struct{}, len(values))
	for i, v := range values {
		if v == "" {
			return nil, fmt.Errorf("values: entry %d is empty; give the name of an account", i+1)
		}
		set[v] = struct{}{}
	}
	return set, nil
}

// AdmitsAddress reports whether a caller with this address may call. addr is
// valid, has no zone and is not IPv4 in IPv6.
func (l *List) AdmitsAddress(addr netip.Addr) bool { return l.ranges.hold(addr) == l.permit }

// AdmitsAccount reports whether a user of this account may call.
func (l *List) AdmitsAccount(name string) bool {
	_, listed := l.accounts[name]
	return listed == l.permit
}

func (l *List) String() string {
	if l.permit {
		return "PERMIT list " + l.Name + " (" + l.ID + ")"
	}
	return "DENY list " + l.Name + " (" + l.ID + ")"
}

// Addresses is the policy that looks at the caller's address. It is a pointer, so that
// a list of policies holds it without another place in memory; Accounts likewise.
type Addresses struct{ bound *Slot }

// NewAddresses makes the policy of an API.
func NewAddresses(bound *Slot) Addresses { return Addresses{bound} }

// Apply implements plan.Policy. It runs before authentication.
func (p Addresses) Apply(c *call.Call) *call.Fault {
	l := p.bound.Load()
	if l == nil {
		return nil
	}
	client := c.Request.Client
	if !client.IsValid() {
		return call.UnknownAddress
	}
	admitted := l.accounts == nil && l.AdmitsAddress(client)
	if c.Trace != nil {
		c.Trace.Say("policy access list of addresses: the %s, asked about %s, admits: %t", l, client, admitted)
	}
	if !admitted {
		return call.AddressDenied
	}
	return nil
}

// Accounts is the policy that looks at the caller's account.
type Accounts struct{ bound *Slot }

// NewAccounts makes the policy of an API under IAM authentication.
func NewAccounts(bound *Slot) Accounts { return Accounts{bound} }

// Apply implements plan.Policy. It runs after authentication.
func (p Accounts) Apply(c *call.Call) *call.Fault {
	l := p.bound.Load()
	if l == nil {
		return nil
	}
	account := c.Caller.DomainName
	admitted := l.accounts != nil && account != "" && l.AdmitsAccount(account)
	if c.Trace != nil {
		c.Trace.Say("policy access list of accounts: the %s, asked about %q, admits: %t", l, account, admitted)
	}
	if !admitted {
		return call.AccountDenied
	}
	return nil
}
