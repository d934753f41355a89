package snapshot

import (
	"errors"
	"fmt"
	"slices"

	"github.com/lintel-gateway/lintel/internal/definition"
	"github.com/lintel-gateway/lintel/internal/gateway/route"
)

// table is the APIs of one group in one environment.
type table struct {
	group   *Group
	members []*api // whose current version belongs here, in no order
	routes  *route.Table[*version]
	beaten  int // members whose current version does not stand
}

// table returns the table of an environment of g.
func (g *Group) table(env string) *table {
	t := g.tables[env]
	if t == nil {
		if g.tables == nil {
			g.tables = make(map[string]*table)
		}
		t = &table{group: g, routes: route.NewBuilder[*version]().Table()}
		g.tables[env] = t
	}
	return t
}

// change collects what a batch has touched.
type change struct {
	touched []*api
	edits   map[*table]*edit
	groups  map[*Group]bool // whether its record has changed, and not only its tables
	floor   uint64          // what the ledger's becomes with the batch
	results []made          // of the part of the batch that is taken now
	nothing made            // of a deletion
	errs    []error
}

// edit is what changes in a table.
type edit struct {
	gone []*version // that stood there
	come []*version
}

func newChange() *change {
	return &change{edits: make(map[*table]*edit), groups: make(map[*Group]bool)}
}

// room is for what is made of the records of a part: the same memory for all parts of a
// batch, of which a state file has a thousand. It ends behind the last one of which
// something is made; of deletions nothing is.
func (c *change) room(part []definition.Record) []made {
	n := len(part)
	for n > 0 && part[n-1].Deleted() {
		n--
	}
	if n > cap(c.results) {
		c.results = make([]made, n)
	}
	return c.results[:n]
}

func (c *change) fail(err error) { c.errs = append(c.errs, err) }

// edit returns what changes in t.
func (c *change) edit(t *table) *edit {
	e := c.edits[t]
	if e == nil {
		e = &edit{}
		c.edits[t] = e
		if !c.groups[t.group] {
			c.groups[t.group] = false // listed, though its record is as it was
		}
	}
	return e
}

// tables changes every table that a batch has touched.
func (s *Snapshot) tables(c *change) {
	for _, a := range c.touched {
		a.listed = false
		if v := a.stands; v != nil {
			e := c.edit(v.table)
			e.gone = append(e.gone, v)
			a.stands = nil
		}
		if v := a.current; v != nil {
			e := c.edit(v.table)
			e.come = append(e.come, v)
		}
	}
	list := make([]*table, 0, len(c.edits))
	for t := range c.edits {
		list = append(list, t)
	}
	done := make([]bool, len(list))
	parallel(len(list), 1, func(i int) { done[i] = list[i].change(c.edits[list[i]]) })
	for i, t := range list {
		if !done[i] {
			s.resolve(t, c)
		}
	}
}

// change takes versions out of a table and puts others in. It answers false, and
// changes nothing, where two APIs claim a route or have claimed one: then it matters
// which is older, and resolve knows.
func (t *table) change(e *edit) bool {
	if t.beaten > 0 {
		return false
	}
	b := t.routes.Edit()
	for _, v := range e.gone {
		at := v.entry()
		if _, ok := b.Remove(at.Method, at.Path, at.Match); !ok {
			return false
		}
	}
	for _, v := range e.come {
		if b.Add(v.entry()) != nil {
			return false
		}
	}
	for _, v := range e.come {
		v.api.stands, v.api.last, v.api.beaten = v, nil, 0
	}
	t.routes = b.Table()
	t.fit()
	return true
}

// resolve builds a table anew from its members: the older revision first, so
// that a route belongs to whoever had it. Whoever is beaten keeps serving its
// last version where that is still free.
func (s *Snapshot) resolve(t *table, c *change) {
	t.fit()
	members := slices.SortedFunc(slices.Values(t.members), func(a, b *api) int { return older(a.current, b.current) })
	b := route.NewBuilder[*version]()
	var beaten []*api
	for _, a := range members {
		if err := b.Add(a.current.entry()); err != nil {
			err = s.fail(a.key(), a.current.revision, named(err))
			if a.beaten != a.current.revision {
				c.fail(err)
			}
			a.beaten = a.current.revision
			beaten = append(beaten, a)
			continue
		}
		a.stands, a.last, a.beaten = a.current, nil, 0
		s.mend(a.key(), a.current.revision)
	}
	for _, a := range beaten {
		if a.last != nil && (a.last.table != t || b.Add(a.last.entry()) != nil) {
			a.last = nil
		}
		a.stands = a.last
	}
	t.beaten, t.routes = len(beaten), b.Table()
}

// fit gives back the room of members that have left.
func (t *table) fit() {
	if cap(t.members) > 2*len(t.members)+16 {
		t.members = slices.Clone(t.members)
	}
}

// named adds to a conflict of routes whose they are.
func named(err error) error {
	if conflict, ok := errors.AsType[*route.ConflictError[*version]](err); ok {
		other := conflict.Other.Value
		d, undecoded := other.definition()
		if undecoded != nil {
			return err
		}
		return fmt.Errorf("API %s (%s) has this route already in environment %s: %w", d.ID, d.Name, d.EnvName, err)
	}
	return err
}

// show shows calls the tables of a group. A group that serves nothing any more keeps
// no memory of what it served: of many small objects that stay behind, each keeps a
// page from being given back.
func (g *Group) show(v *view) {
	if len(g.tables) == 0 {
		g.tables = nil
	}
	if v.released == nil && v.others == nil {
		v = nil
	}
	g.view.Store(v)
}

// publish shows what a batch has changed: first the tables, then new hosts, so
// that a host never leads to a group without its APIs, and last it takes hosts
// away, so that a host that moves never leads nowhere.
func (s *Snapshot) publish(c *change) {
	s.tables(c)
	for g := range c.groups {
		var next view
		for env, t := range g.tables {
			switch {
			case t.routes.Len() == 0:
			case env == releaseName:
				next.released = t.routes
			default:
				if next.others == nil {
					next.others = make(map[string]*route.Table[*version])
				}
				next.others[env] = t.routes
			}
			if len(t.members) == 0 {
				delete(g.tables, env)
			}
		}
		g.show(&next)
	}
	for g, changed := range c.groups {
		if changed {
			s.claim(g)
		}
	}
	for g, changed := range c.groups {
		if changed {
			s.release(g)
		}
		if !g.known && len(g.tables) == 0 {
			delete(s.groups, g.id)
		}
	}
}
