package order

import (
	"github.com/lintel-gateway/lintel/internal/clock"
	"github.com/lintel-gateway/lintel/internal/gateway/call"
)

// Policy counts the calls of one API that apps of orders make.
type Policy struct {
	orders *Orders
	clock  clock.Clock
}

// New makes the policy of an API in RELEASE under APP authentication.
func New(orders *Orders, now clock.Clock) *Policy { return &Policy{orders, now} }

// Apply implements plan.Policy. It runs behind everything that may refuse the
// call for another reason.
func (p *Policy) Apply(c *call.Call) *call.Fault {
	if p.orders.known.Load() == 0 {
		return nil
	}
	o, ok := p.orders.byApp.Get(c.Caller.AppID)
	if !ok || o.group != c.Target.GroupID {
		return nil
	}
	expired := p.clock().Unix() >= o.expires
	if !expired && o.take() {
		if c.Trace != nil {
			c.Trace.Say("order %s: %d of %d calls are left", o.id, o.bought-o.total.Load(), o.bought)
		}
		return nil
	}
	if c.Trace != nil {
		c.Trace.Say("order %s: expired %v, %d of %d calls are used", o.id, expired, o.total.Load(), o.bought)
	}
	return call.QuotaUsedUp
}
