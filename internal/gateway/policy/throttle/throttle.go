package throttle

import (
	"net/netip"
	"sync"
	"sync/atomic"

	"github.com/lintel-gateway/lintel/internal/definition"
	"github.com/lintel-gateway/lintel/internal/gateway/call"
	"github.com/lintel-gateway/lintel/internal/limit"
	"github.com/lintel-gateway/lintel/internal/message"
)

// Limits is what the throttling of all APIs shares. It is immutable but for what
// its limiter counts.
type Limits struct {
	limiter   limit.Limiter
	memory    *limit.Memory // the limiter, when it is one
	api       *call.Rule    // of an API without a policy; nil: no limit
	subDomain *call.Rule    // of a group's own host name; nil: no limit
}

// NewLimits makes it. apiRate is how many calls a second an API without a policy
// may have, subDomainCalls how many a day come to the own host name of a group;
// 0 is no limit.
func NewLimits(limiter limit.Limiter, apiRate, subDomainCalls int) (*Limits, error) {
	l := &Limits{limiter: limiter}
	l.memory, _ = limiter.(*limit.Memory)
	var err error
	if apiRate != 0 {
		if l.api, err = call.NewRule(nameAllEnv, nameAPI, int64(apiRate), 1, limit.Second); err != nil {
			return nil, err
		}
	}
	if subDomainCalls != 0 {
		l.subDomain, err = call.NewRule("", wordDomain, int64(subDomainCalls), 1, limit.Day)
	}
	return l, err
}

// Policy counts the calls of one API in one environment.
type Policy struct {
	limits *Limits
	bound  *Slot
	api    limit.Name // of the default, beside the rest of the policy in memory
	place  string     // the API and its environment
	iam    bool
	named  atomic.Pointer[named]
}

// named are the names of the counters of the rules that are bound: made when
// other rules are bound, not with every call.
type named struct {
	rules              *Rules
	ip, app, user, api *limit.Name
}

// New makes the policy of an API.
func New(api *definition.API, bound *Slot, limits *Limits) *Policy {
	p := new(Policy)
	p.Make(api.ID+"/"+api.EnvID, len(api.ID), api.Auth == definition.AuthIAM, bound, limits)
	return p
}

// Make makes the policy where it stands, for who keeps it beside other things. place
// is the API and its environment, of which the first id bytes are the API's id. iam
// says that its callers are users of IAM.
func (p *Policy) Make(place string, id int, iam bool, bound *Slot, limits *Limits) {
	p.limits, p.bound, p.place, p.iam = limits, bound, place, iam
	p.api = *limit.NewName(nameAllEnv, "", place[:id])
}

// names are those of the rules.
func (p *Policy) names(r *Rules) *named {
	if n := p.named.Load(); n != nil && n.rules == r {
		return n
	}
	place := p.place
	if r.shared {
		place = ""
	}
	of := func(what string) *limit.Name { return limit.NewName(what, r.id, place) }
	n := &named{r, of(nameIP), of(nameApp), of(nameUser), of(nameAPI)}
	p.named.Store(n)
	return n
}

// asked are the limits of one call.
type asked struct {
	n     int
	wants [6]limit.Want
	rules [6]*call.Rule
}

// pool is for limiters of which the compiler knows nothing, and which therefore would
// send what they are asked to the heap.
var pool = sync.Pool{New: func() any { return new(asked) }}

// add asks for room under a rule, if there is one. The want is filled where it stands:
// everything else of it is empty.
func (a *asked) add(rule *call.Rule, name *limit.Name, caller string, address netip.Addr) {
	if rule == nil {
		return
	}
	w := &a.wants[a.n]
	a.rules[a.n] = rule
	a.n++
	w.Key.Name, w.Key.Caller, w.Key.Address = name, caller, address
	w.Limit, w.Period = rule.Limit, rule.Seconds
}

// Apply implements plan.Policy.
func (p *Policy) Apply(c *call.Call) *call.Fault {
	mode, ok := c.Request.Field(call.HeaderMode)
	shown := c.Trace != nil || ok && message.EqualFold(mode, "debug")
	if m := p.limits.memory; m != nil {
		// Known by its type, it leaves what it is asked on the stack: 150 instructions
		// less than a pool.
		var a asked
		switch p.ask(&a, c); {
		case a.n == 0:
			return nil
		case !shown:
			return a.answer(m.Admit(a.wants[:a.n]))
		}
		refused := m.Take(c.Context(), a.wants[:a.n])
		a.show(c)
		return a.answer(refused)
	}
	a := pool.Get().(*asked)
	var fault *call.Fault
	if p.ask(a, c); a.n > 0 {
		fault = a.answer(p.limits.limiter.Take(c.Context(), a.wants[:a.n]))
		if shown {
			a.show(c)
		}
	}
	*a = asked{} // it holds strings of the call
	pool.Put(a)
	return fault
}

// ask asks for everything that limits the call.
func (p *Policy) ask(a *asked, c *call.Call) {
	if rules := p.bound.Load(); rules != nil {
		p.bounded(a, rules, c)
	} else {
		a.add(p.limits.api, &p.api, "", netip.Addr{})
	}
	if e := c.Target.Entrance; e != nil {
		p.entrance(a, e, c)
	}
}

// answer is the fault of a call that was refused under one of the wants.
func (a *asked) answer(refused int) *call.Fault {
	if refused == limit.Admitted {
		return nil
	}
	return a.rules[refused].Fault
}

// show notes what is left, for a call that wants to know.
func (a *asked) show(c *call.Call) {
	for i := range a.n {
		if a.rules[i].Name != "" {
			c.Limits = append(c.Limits, call.Limit{Rule: a.rules[i], Remain: a.wants[i].Remain})
		}
	}
}

// bounded asks for what the policy that is bound limits.
func (p *Policy) bounded(a *asked, r *Rules, c *call.Call) {
	n := p.names(r)
	if r.ip != nil {
		a.add(r.ip, n.ip, "", network(c.Request.Client))
	}
	user := c.Caller.ProjectID
	if p.iam {
		user = c.Caller.DomainID
	}
	app, ofUser := r.app, r.user
	if id := c.Caller.AppID; id != "" {
		if len(r.apps) > 0 {
			if special := r.apps[id]; special != nil {
				app, ofUser = special, nil
			}
		}
		a.add(app, n.app, id, netip.Addr{})
	}
	if user != "" {
		if len(r.users) > 0 {
			if special := r.users[user]; special != nil {
				ofUser = special
			}
		}
		a.add(ofUser, n.user, user, netip.Addr{})
	}
	a.add(r.api, n.api, "", netip.Addr{})
}

// entrance asks for what holds for the group of the API.
func (p *Policy) entrance(a *asked, e *call.Entrance, c *call.Call) {
	a.add(e.Limit, e.OfGroup, "", netip.Addr{})
	if e.SubDomain != "" && c.Request.Host == e.SubDomain {
		a.add(p.limits.subDomain, e.OfSubDomain, "", netip.Addr{})
	}
}

// network is whom an address counts for.
func network(a netip.Addr) netip.Addr {
	if !a.Is6() {
		return a
	}
	whole, err := a.Prefix(64)
	if err != nil { // of 128 bits there are 64
		return a
	}
	return whole.Addr()
}
