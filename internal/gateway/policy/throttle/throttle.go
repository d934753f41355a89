package throttle

import (
	"sync/atomic"

	"github.com/lintel-gateway/lintel/internal/definition"
	"github.com/lintel-gateway/lintel/internal/gateway/call"
)

// Rules is a throttling policy, compiled. It is immutable.
type Rules struct{ *definition.Throttle }

// Slot holds the rules that are bound to an API in an environment at the moment;
// nil when none are.
type Slot = atomic.Pointer[Rules]

// Compile refuses what cannot be enforced.
func Compile(d *definition.Throttle) (*Rules, error) { return &Rules{d}, nil }

// Policy counts the calls of one API in one environment.
type Policy struct{ bound *Slot }

// New makes the policy of an API.
func New(api *definition.API, bound *Slot) *Policy { return &Policy{bound} }

// Apply implements plan.Policy.
func (p *Policy) Apply(*call.Call) *call.Fault { return nil }
