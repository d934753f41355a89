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
	id   string
	view atomic.Pointer[view]
	// entrance is what the group's record says of all its calls; nil without one.
	entrance atomic.Pointer[call.Entrance]

	// The rest belongs to the snapshot, under its lock.
	known    bool // there is a record of the group, not only of its APIs
	revision uint64
	hosts    []string
	former   []string // hosts to take away when the batch is published
	tables   map[string]*table
}

// view is all tables of a group at one moment, by environment name. It is never
// changed after it is stored.
type view map[string]*route.Table[*plan.Plan]

// group returns the group of this id, made when its record or the first of its
// APIs arrives, whichever is first.
func (s *Snapshot) group(id string) *Group {
	g := s.groups[id]
	if g == nil {
		g = &Group{id: id, tables: make(map[string]*table)}
		s.groups[id] = g
	}
	return g
}

// ID is the group's id.
func (g *Group) ID() string { return g.id }

// Lookup finds the API of a call in an environment, by the call's method and
// canonical path, and describes it in c.Target; the values of path parameters
// are raw slices of the path. It allocates nothing once c.Target.PathParams has
// room. Unless Found is returned, the plan is nil and c.Target untouched.
func (g *Group) Lookup(env string, c *call.Call) (*plan.Plan, Outcome) {
	v := g.view.Load()
	if v == nil {
		return nil, NoEnvironment
	}
	t := (*v)[env]
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
	c.Target = m.Value.Target
	c.Target.PathParams, c.Target.Tail = m.Params, m.Tail
	c.Target.Entrance = g.entrance.Load()
	return m.Value, Found
}

// publish shows what a batch has changed: first the tables, then new hosts, so
// that a host never leads to a group without its APIs, and last it takes hosts
// away, so that a host that moves never leads nowhere.
func (s *Snapshot) publish(c *change) {
	for t := range c.tables {
		s.resolve(t, c)
		c.groups[t.group] = true
	}
	for g := range c.groups {
		next := make(view, len(g.tables))
		for env, t := range g.tables {
			if t.routes.Len() > 0 {
				next[env] = t.routes
			}
			if len(t.members) == 0 {
				delete(g.tables, env)
			}
		}
		g.view.Store(&next)
	}
	for g := range c.groups {
		s.claim(g)
	}
	for g := range c.groups {
		s.release(g)
		if !g.known && len(g.tables) == 0 {
			delete(s.groups, g.id)
		}
	}
}
