package groups

import (
	"github.com/lintel-gateway/lintel/internal/definition"
	"github.com/lintel-gateway/lintel/internal/wire/apig"
)

// Limit is how many calls all APIs of a group may have together. The reference
// shows it ("no limit unless set", table 4-4) and has no request that sets it; the
// fields of these names do.
type Limit struct {
	Calls    *int64 `json:"call_limits" doc:"Calls of all APIs of the group in the period, 1 to 2147483647; 0 takes the limit away."`
	Interval *int64 `json:"time_interval" doc:"Length of the period in units, 1 to 2147483647."`
	Unit     string `json:"time_unit" enum:"SECOND,MINUTE,HOUR,DAY"`
}

// maxLimit bounds the numbers of a limit, as it does those of throttling
// policies.
const maxLimit = 1<<31 - 1

// given reports whether a client wants the limit changed: one that is left out
// stays as it is.
func (l *Limit) given() bool { return l.Calls != nil || l.Interval != nil || l.Unit != "" }

func (l *Limit) check(c *apig.Check) {
	if !l.given() {
		return
	}
	c.That(l.Calls != nil, apig.Missing("call_limits"))
	if c.Err() != nil {
		return
	}
	c.That(*l.Calls >= 0, apig.TooSmall("call_limits"))
	c.That(*l.Calls <= maxLimit, apig.TooLarge("call_limits"))
	if *l.Calls == 0 {
		return
	}
	c.That(l.Interval != nil, apig.Missing("time_interval"))
	if c.Err() != nil {
		return
	}
	c.That(*l.Interval >= 1, apig.TooSmall("time_interval"))
	c.That(*l.Interval <= maxLimit, apig.TooLarge("time_interval"))
	c.Enum("time_unit", &l.Unit, "SECOND", "MINUTE", "HOUR", "DAY")
}

func (l *Limit) apply(g *Group) {
	switch {
	case !l.given():
	case *l.Calls == 0:
		g.CallLimits, g.TimeInterval, g.TimeUnit = nil, nil, nil
	default:
		g.CallLimits, g.TimeInterval, g.TimeUnit = l.Calls, l.Interval, &l.Unit
	}
}

// limit is the published form of the group's limit, nil when it has none.
func (g *Group) limit() *definition.GroupLimit {
	if g.CallLimits == nil || g.TimeInterval == nil || g.TimeUnit == nil {
		return nil
	}
	return &definition.GroupLimit{Calls: *g.CallLimits, Interval: *g.TimeInterval, Unit: *g.TimeUnit}
}
