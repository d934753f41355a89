package snapshot

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"github.com/lintel-gateway/lintel/internal/definition"
	"github.com/lintel-gateway/lintel/internal/gateway/plan"
	"github.com/lintel-gateway/lintel/internal/gateway/route"
)

// api is one API in one environment.
type api struct {
	key     definition.Key
	current *version // the newest that could be built; nil once deleted
	// last is the version that served before, while current is beaten by
	// another API's route; beaten is the revision of the version that was
	// reported as beaten, 0 when current serves.
	last   *version
	beaten uint64
}

// version is one record of an API, built.
type version struct {
	revision uint64
	plan     *plan.Plan
	table    *table
}

// table is the APIs of one group in one environment.
type table struct {
	group *Group
	// members are the APIs whose current or last version may stand here.
	// Between two resolves it may hold strangers and duplicates: one filter per
	// batch is cheaper than a search per record.
	members []*api
	routes  *route.Table[*plan.Plan]
}

// table returns the table of an environment of g.
func (g *Group) table(env string) *table {
	t := g.tables[env]
	if t == nil {
		t = &table{group: g}
		g.tables[env] = t
	}
	return t
}

func (s *Snapshot) takeAPI(r definition.Record, c *change) error {
	if r.Deleted() {
		if a := s.apis[r.ID]; a != nil {
			a.leave(c)
			a.current, a.last = nil, nil
			delete(s.apis, r.ID)
		}
		return nil
	}
	p, err := s.plan(r)
	if err != nil {
		return err
	}
	a := s.apis[r.ID]
	if a == nil {
		a = &api{key: r.Key}
		s.apis[r.ID] = a
	}
	a.leave(c)
	if a.current != nil && a.beaten == 0 {
		a.last = a.current
	}
	t := s.group(p.Definition.GroupID).table(p.Definition.EnvName)
	t.members = append(t.members, a)
	c.tables[t] = true
	a.current = &version{revision: r.Revision, plan: p, table: t}
	return nil
}

// leave marks the tables in which a stands.
func (a *api) leave(c *change) {
	for _, v := range []*version{a.current, a.last} {
		if v != nil {
			c.tables[v.table] = true
		}
	}
}

// plan builds an API and makes sure that its route could stand in a table.
func (s *Snapshot) plan(r definition.Record) (*plan.Plan, error) {
	d, err := decode(r, func(a *definition.API) string { return a.ID + "/" + a.EnvID })
	if err != nil {
		return nil, err
	}
	if d.GroupID == "" || d.EnvName == "" {
		return nil, errors.New("body: group_id and env_name must be set")
	}
	if err := route.Validate(d.Method, d.Path, d.Match); err != nil {
		return nil, err
	}
	p, err := s.options.Build(d)
	if err != nil {
		return nil, err
	}
	if p == nil || p.Definition != d {
		return nil, errors.New("the plan is not of this definition; this is a fault of the gateway")
	}
	return p, nil
}

// resolve builds a table anew from its members: the older revision first, so
// that a route belongs to whoever had it. Whoever is beaten keeps serving its
// last version where that is still free.
func (s *Snapshot) resolve(t *table, c *change) {
	t.settle()
	b := route.NewBuilder[*plan.Plan](len(t.members))
	var beaten []*api
	for _, a := range t.members {
		if err := b.Add(entry(a.current.plan)); err != nil {
			err = s.fail(a.key, a.current.revision, named(err))
			if a.beaten != a.current.revision {
				c.fail(err)
			}
			a.beaten = a.current.revision
			beaten = append(beaten, a)
			continue
		}
		a.beaten, a.last = 0, nil
		s.mend(a.key, a.current.revision)
	}
	for _, a := range beaten {
		if a.last != nil && (a.last.table != t || b.Add(entry(a.last.plan)) != nil) {
			a.last = nil
		}
	}
	t.routes = b.Table()
}

// settle drops from the members what does not stand here any more and orders
// the others by revision.
func (t *table) settle() {
	t.members = slices.DeleteFunc(t.members, func(a *api) bool { return a.current == nil || a.current.table != t })
	slices.SortFunc(t.members, func(a, b *api) int {
		return cmp.Or(cmp.Compare(a.current.revision, b.current.revision), compareKeys(a.key, b.key))
	})
	t.members = slices.Compact(t.members)
	if cap(t.members) > 2*len(t.members)+16 {
		t.members = slices.Clone(t.members)
	}
}

func entry(p *plan.Plan) route.Entry[*plan.Plan] {
	d := p.Definition
	return route.Entry[*plan.Plan]{Method: d.Method, Path: d.Path, Match: d.Match, Value: p}
}

// named adds to a conflict of routes whose they are.
func named(err error) error {
	if conflict, ok := errors.AsType[*route.ConflictError[*plan.Plan]](err); ok {
		other := conflict.Other.Value.Definition
		return fmt.Errorf("API %s (%s) has this route already in environment %s: %w", other.ID, other.Name, other.EnvName, err)
	}
	return err
}
