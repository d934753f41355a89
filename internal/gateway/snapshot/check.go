package snapshot

import (
	"errors"
	"fmt"

	"github.com/lintel-gateway/lintel/internal/definition"
	"github.com/lintel-gateway/lintel/internal/gateway/route"
)

// Check is the dry build: it says why a record could not be used, and changes
// nothing. Revisions do not matter, because publication checks before it
// records.
func (s *Snapshot) Check(r definition.Record) error {
	return s.CheckAll([]definition.Record{r})
}

// CheckAll checks records that will be applied together. They are held against
// what will be left of the present state then, so two APIs may swap their paths
// and a host may move from one group of the batch to another. The error joins a
// *RecordError for each record that could not be used.
//
// It costs what Apply costs. Only a table in which two APIs claim a route is built
// anew.
func (s *Snapshot) CheckAll(records []definition.Record) error {
	d := dry{
		snapshot: s,
		replaced: make(map[definition.Key]bool, len(records)),
		hosts:    make(map[string]string),
		tables:   make(map[tableKey][]*version),
	}
	for _, r := range records {
		d.replaced[r.Key] = true
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range records {
		if !r.Deleted() {
			d.fail(r.Key, r.Revision, d.record(r))
		}
	}
	for at, candidates := range d.tables {
		d.table(at, candidates)
	}
	return errors.Join(d.errs...)
}

// dry is a batch being checked.
type dry struct {
	snapshot *Snapshot
	replaced map[definition.Key]bool
	hosts    map[string]string // to the group of the batch that wants it
	tables   map[tableKey][]*version
	errs     []error
}

type tableKey struct{ group, env string }

func (d *dry) fail(key definition.Key, revision uint64, err error) {
	if err != nil {
		d.errs = append(d.errs, &RecordError{key, revision, err})
	}
}

// record checks one record by itself and collects what it claims.
func (d *dry) record(r definition.Record) error {
	switch r.Kind {
	case definition.KindApp:
		return d.app(r)
	case definition.KindGrant:
		_, err := grant(r)
		return err
	case definition.KindGroup:
		return d.group(r)
	case definition.KindAPI:
		m, err := d.snapshot.makeAPI(r, false)
		if err != nil {
			return err
		}
		at := tableKey{m.head[headGroup], m.head[headEnvName]}
		v := &version{api: &api{id: r.ID}, revision: r.Revision, body: m.body}
		d.tables[at] = append(d.tables[at], v)
		return nil
	}
	known, err := d.snapshot.options.Beside.Check(r)
	if !known {
		return fmt.Errorf("kind %q is unknown to this version", r.Kind)
	}
	return err
}

func (d *dry) app(r definition.Record) error {
	app, err := d.snapshot.app(r)
	if err != nil {
		return err
	}
	other := d.snapshot.options.Callers.ByKey(app.Key)
	if other == nil || other.ID == r.ID || d.replaced[definition.Key{Kind: definition.KindApp, ID: other.ID}] {
		return nil
	}
	return fmt.Errorf("app %s has this app key already; choose another", other.ID)
}

func (d *dry) group(r definition.Record) error {
	g, _, err := group(r)
	if err != nil {
		return err
	}
	for _, host := range g.Hosts {
		other, taken := d.hosts[host]
		if holder := d.snapshot.Group(host); !taken && holder != nil && !d.replaced[definition.Key{Kind: definition.KindGroup, ID: holder.id}] {
			other, taken = holder.id, true
		}
		if taken && other != r.ID {
			return fmt.Errorf("host %s leads to group %s already; unbind it there first", host, other)
		}
		d.hosts[host] = r.ID
	}
	return nil
}

// table adds the candidates to what the batch leaves of a table.
func (d *dry) table(at tableKey, candidates []*version) {
	b := d.rest(at)
	for _, v := range candidates {
		if err := b.Add(v.entry()); err != nil {
			d.fail(v.api.key(), v.revision, named(err))
		}
	}
}

// rest is what the batch leaves of a table.
func (d *dry) rest(at tableKey) *route.Builder[*version] {
	g := d.snapshot.groups[at.group]
	if g == nil || g.tables[at.env] == nil {
		return route.NewBuilder[*version]()
	}
	t := g.tables[at.env]
	if t.beaten == 0 {
		b := t.routes.Edit()
		for key := range d.replaced {
			if a := d.snapshot.apis[key.ID]; key.Kind == definition.KindAPI && a != nil && a.stands != nil && a.stands.table == t {
				e := a.stands.entry()
				b.Remove(e.Method, e.Path, e.Match)
			}
		}
		return b
	}
	b := route.NewBuilder[*version]()
	for _, a := range t.members {
		if !d.replaced[a.key()] {
			// Whoever is beaten already was reported when it was.
			_ = b.Add(a.current.entry())
		}
	}
	return b
}
