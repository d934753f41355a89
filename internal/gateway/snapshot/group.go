package snapshot

import (
	"sync/atomic"

	"github.com/lintel-gateway/lintel/internal/gateway/call"
	"github.com/lintel-gateway/lintel/internal/gateway/plan"
	"github.com/lintel-gateway/lintel/internal/gateway/route"
)

// Outcome says how a lookup ended.
type Outcome uint8

const (
	Found         Outcome = iota
	NoEnvironment         // the group serves nothing in this environment
	NoPath                // no API has this path
	NoMethod              // APIs have this path, for other methods
)

// Group is what calls see of one API group. It stays valid and live for as long
// as anybody holds it; a group that was deleted answers NoEnvironment once its
// APIs are gone.
type Group struct {
	id       string
	snapshot *Snapshot
	view     atomic.Pointer[view]
	// entrance is what the group's record says of all its calls; nil without one.
	entrance atomic.Pointer[call.Entrance]

	// The rest belongs to the snapshot, under its lock.
	known    bool // there is a record of the group, not only of its APIs
	revision uint64
	hosts    []string
	former   []string // hosts to take away when the batch is published
	tables   map[string]*table
}

// view is all tables of a group at one moment. It is never changed after it is
// stored.
type view struct {
	// released is the table of the environment where nearly all calls go: to find it
	// in the map took 130 instructions of each. nil when there is none.
	released *route.Table[*version]
	others   map[string]*route.Table[*version] // by environment name
}

// releaseName is the environment of calls that name none (wire-facts §2.2).
const releaseName = "RELEASE"

// table is that of an environment; nil when there is none.
func (v *view) table(env string) *route.Table[*version] {
	if env == releaseName {
		return v.released
	}
	return v.others[env]
}

// group returns the group of this id, made when its record or the first of its
// APIs arrives, whichever is first.
func (s *Snapshot) group(id string) *Group {
	g := s.groups[id]
	if g == nil {
		g = &Group{id: id, snapshot: s}
		s.groups[id] = g
	}
	return g
}

// ID is the group's id.
func (g *Group) ID() string { return g.id }

// Lookup finds the API of a call in an environment, by the call's method and
// canonical path, and describes it in c.Target; the values of path parameters
// are raw slices of the path. It allocates nothing once c.Target.PathParams has
// room, but for the first call of an API, which builds its plan. Unless Found is
// returned, the plan is nil and c.Target untouched.
func (g *Group) Lookup(env string, c *call.Call) (*plan.Plan, Outcome) {
	for {
		v := g.view.Load()
		if v == nil {
			return nil, NoEnvironment
		}
		t := v.table(env)
		if t == nil {
			return nil, NoEnvironment
		}
		m := t.Lookup(c.Request.Method, c.Request.Path, c.Target.PathParams[:0])
		if !m.Found {
			if m.PathFound {
				return nil, NoMethod
			}
			return nil, NoPath
		}
		p := m.Value.plan.Load()
		if p == nil {
			if p = g.snapshot.ready(m.Value); p == nil {
				continue // it was taken out of service; what is left may have the path
			}
		}
		c.Target = p.Target
		c.Target.PathParams, c.Target.Tail = m.Params, m.Tail
		c.Target.Entrance = g.entrance.Load()
		return p, Found
	}
}
