package snapshot

import (
	"cmp"
	"errors"
	"sync/atomic"

	"github.com/lintel-gateway/lintel/internal/definition"
	"github.com/lintel-gateway/lintel/internal/gateway/plan"
	"github.com/lintel-gateway/lintel/internal/gateway/route"
	"github.com/lintel-gateway/lintel/internal/gateway/shard"
)

// api is one API in one environment.
type api struct {
	id       string   // of its key
	revision uint64   // the newest that was taken
	current  *version // the newest that could be built; nil once deleted
	// last is the version that served before, while current is beaten by
	// another API's route; beaten is the revision of the version that was
	// reported as beaten, 0 when current serves.
	last   *version
	beaten uint64
	// stands is the version that has its route in a table: current, last or none.
	stands *version
	member int32 // its place among the members of current's table
	listed bool  // among what the batch has touched
}

func (a *api) key() definition.Key { return definition.Key{Kind: definition.KindAPI, ID: a.id} }

// version is one record of an API.
//
// Its plan is built at the first call: an installation has many APIs of which few
// are called. An API takes 0.9 KB (bench/scale) and, once it is called, 1.4 KB more:
// its plan, its counters, its row of figures. It was 4.7 KB more before plans shared
// what they have in common. That it can be built was tried when the
// record came (sound), or is tried by Verify after a restart.
type version struct {
	api      *api
	revision uint64
	table    *table
	body     packed
	plan     atomic.Pointer[plan.Plan]
	sound    atomic.Bool
}

// made is what can be made of a record before its turn.
type made struct {
	body  packed
	head  head
	sound bool
	grant *definition.Grant
	err   error
}

// makeAPI reads an API, makes sure that its route could stand in a table and,
// unless the record is trusted, that its plan can be built.
func (s *Snapshot) makeAPI(r definition.Record, trusted bool) (m made, err error) {
	if m.body, err = pack(r.Body); err != nil {
		return m, err
	}
	if trusted {
		var ok bool
		if m.head, ok = m.body.head(wholeHead); ok {
			return m, m.head.check(r.ID)
		}
	}
	d, err := decode(r, keyOf)
	if err != nil {
		return m, err
	}
	m.head = headOf(d)
	if err := m.head.check(r.ID); err != nil {
		return m, err
	}
	if err := route.Validate(d.Method, d.Path, d.Match); err != nil || trusted {
		return m, err
	}
	_, err = s.compile(r.Key, m.body, &m.head)
	m.sound = err == nil
	return m, err
}

func keyOf(d *definition.API) string { return d.ID + "/" + d.EnvID }

// compile builds the plan of a packed definition.
func (s *Snapshot) compile(key definition.Key, body packed, h *head) (*plan.Plan, error) {
	d, err := decode(definition.Record{Key: key, Body: body.body()}, keyOf)
	if err != nil {
		return nil, err
	}
	if headOf(d) != *h {
		return nil, errors.New("body: says two things about where the API is found")
	}
	p, err := s.options.Build(d)
	if err != nil {
		return nil, err
	}
	if p == nil || p.Target.APIID != d.ID || p.Target.EnvID != d.EnvID {
		return nil, errors.New("the plan is not of this definition; this is a fault of the gateway")
	}
	return p, nil
}

// head is where the version is found.
func (v *version) head() head {
	h, ok := v.body.head(wholeHead)
	if ok {
		return h
	}
	// makeAPI has read it in the same way, and so there is no error.
	d, err := v.definition()
	if err != nil {
		return head{}
	}
	return headOf(d)
}

func (v *version) definition() (*definition.API, error) {
	return decode(definition.Record{Key: v.api.key(), Body: v.body.body()}, keyOf)
}

func (v *version) entry() route.Entry[*version] {
	h, ok := v.body.head(routeOfHead)
	if !ok {
		h = v.head()
	}
	return route.Entry[*version]{Method: h[headMethod], Path: h[headPath], Match: h[headMatch], Value: v}
}

// ready returns the plan of a version, which the first call of it builds, or nil
// if that is not possible. Of two first calls at once one plan remains.
func (s *Snapshot) ready(v *version) *plan.Plan {
	if p := v.plan.Load(); p != nil {
		return p
	}
	h := v.head()
	p, err := s.compile(v.api.key(), v.body, &h)
	if err != nil {
		s.withdraw(v, err)
		return nil
	}
	v.sound.Store(true)
	if !v.plan.CompareAndSwap(nil, p) {
		return v.plan.Load()
	}
	return p
}

// withdraw takes a version out of service that was trusted and cannot be built.
func (s *Snapshot) withdraw(v *version, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	a := v.api
	if a.current != v {
		return // a newer record was faster
	}
	c := newChange()
	a.leave(c)
	a.current, a.last = nil, nil
	_ = s.fail(a.key(), v.revision, err)
	s.publish(c)
}

func (s *Snapshot) takeAPI(r definition.Record, m *made, c *change) error {
	if m.err != nil {
		return m.err
	}
	a := s.apis[r.ID]
	if r.Deleted() {
		if a != nil {
			a.leave(c)
			a.current, a.last = nil, nil
			delete(s.apis, r.ID)
			s.apis, s.most = shard.Fitted(s.apis, s.most)
		}
		return nil
	}
	if a == nil {
		a = &api{id: r.ID}
		s.apis[r.ID] = a
		s.most = max(s.most, len(s.apis))
	}
	a.leave(c)
	a.revision = r.Revision
	if a.current != nil && a.beaten == 0 {
		a.last = a.current
	}
	t := s.group(m.head[headGroup]).table(m.head[headEnvName])
	v := &version{api: a, revision: r.Revision, table: t, body: m.body}
	v.sound.Store(m.sound)
	a.join(v, c)
	return nil
}

// leave notes that a's place in the tables changes, and takes it out of the
// members of the table in which its current version stands.
func (a *api) leave(c *change) {
	if !a.listed {
		a.listed = true
		c.touched = append(c.touched, a)
	}
	if a.current == nil {
		return
	}
	t := a.current.table
	end := len(t.members) - 1
	t.members[a.member] = t.members[end]
	t.members[a.member].member = a.member
	t.members[end] = nil
	t.members = t.members[:end]
	c.edit(t)
}

// join makes a version the current one, and a member of its table.
func (a *api) join(v *version, c *change) {
	t := v.table
	a.current, a.member = v, int32(len(t.members))
	t.members = append(t.members, a)
	c.edit(t)
}

// older orders versions as they claim routes.
func older(a, b *version) int {
	return cmp.Or(cmp.Compare(a.revision, b.revision), cmp.Compare(a.api.id, b.api.id))
}
