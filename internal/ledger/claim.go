package ledger

import (
	"context"
	"errors"
	"maps"
	"time"

	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/wire/keystone"
)

// What a claim asks for.
type act int

const (
	reserve act = iota + 1
	commit
	release
)

// The states of a reservation.
const (
	reserved  = "reserved"
	committed = "committed"
	released  = "released"
	expired   = "expired"
)

// Reservation is what a service claimed for a project.
type Reservation struct {
	ID, UserID, RequestID       string
	ProjectID, DomainID, Region string
	State                       string
	Expires, Created, Updated   time.Time

	items map[string]Amount // by key
}

// claim is one call to the combiner: a reservation to be made, or one to be
// committed or released.
type claim struct {
	act    act
	userID string
	admin  bool // reaches the reservations of others
	id     string
	order  order

	out Reservation
	err error

	ctx  context.Context
	done chan struct{}
}

func (c *claim) finish(err error) {
	if err != nil {
		c.err = err
	}
	close(c.done)
}

// order is what is asked for in a new reservation.
type order struct {
	requestID, projectID, region string
	numbers                      map[string]Amount // as the client names them
	life                         time.Duration
}

// same tells whether an order with the request id of a reservation asks for the
// very same.
func (o *order) same(r *Reservation) bool {
	asked := make(map[string]Amount, len(o.numbers))
	for name, n := range o.numbers {
		asked[singular(name)] = n
	}
	return len(asked) == len(o.numbers) && maps.Equal(asked, r.items) &&
		o.projectID == r.ProjectID && o.region == r.Region && o.life == r.Expires.Sub(r.Created)
}

// Order says what Reserve takes.
type Order struct {
	UserID    string // of the service
	RequestID string
	ProjectID string
	Amounts   map[string]Amount // by the name of the item
	Life      time.Duration     // until it is released by itself
}

// Reserve takes all amounts for a project in the ledger's region, or answers a
// keystone error and takes nothing.
func (a *Area) Reserve(ctx context.Context, o Order) (Reservation, error) {
	return a.claim(ctx, &claim{act: reserve, userID: o.UserID, order: order{
		requestID: o.RequestID, projectID: o.ProjectID, region: a.Region, numbers: o.Amounts, life: o.Life,
	}})
}

// Commit turns a reservation of a user into usage.
func (a *Area) Commit(ctx context.Context, userID, id string) (Reservation, error) {
	return a.claim(ctx, &claim{act: commit, userID: userID, id: id})
}

// Release gives back what a reservation of a user took.
func (a *Area) Release(ctx context.Context, userID, id string) (Reservation, error) {
	return a.claim(ctx, &claim{act: release, userID: userID, id: id})
}

func (a *Area) claim(ctx context.Context, c *claim) (Reservation, error) {
	if err := a.claims.do(ctx, c); err != nil {
		return Reservation{}, err
	}
	return c.out, nil
}

// settle decides a batch in one transaction. What one claim is refused does not
// concern the others.
//
// Nearly every request id is new, so they are not looked for: an old one is
// found out when its reservation cannot be stored again, and the batch is
// decided once more. An order that is refused may be an old one too, and is
// looked for at once.
func (a *Area) settle(ctx context.Context, batch []*claim) error {
	err := a.attempt(ctx, batch, false)
	if errors.Is(err, store.ErrDuplicate) {
		err = a.attempt(ctx, batch, true)
	}
	return err
}

func (a *Area) attempt(ctx context.Context, batch []*claim, requests bool) error {
	b, mark := a.memory.take()
	mark, err := a.DB.WriteAfter(ctx, mark, func(tx *store.Tx, alone bool) error {
		if b == nil || !alone {
			b = a.newBooks()
		}
		b.begin(a.Clock())
		if err := a.open(ctx, tx, b, batch, requests); err != nil {
			return err
		}
		var refused []*claim
		for _, c := range batch {
			if c.out, c.err = b.decide(c); c.err != nil && c.act == reserve && !requests {
				refused = append(refused, c)
			}
		}
		if err := b.readRequests(ctx, tx, refused); err != nil {
			return err
		}
		for _, c := range refused {
			c.out, c.err = b.decide(c)
		}
		return b.store(ctx, tx)
	})
	if err == nil {
		a.memory.keep(b, mark)
	}
	return err
}

// decide is one claim, in memory. It changes the books of the batch only when
// it is granted.
func (b *books) decide(c *claim) (Reservation, error) {
	if c.act == reserve {
		return b.reserve(c)
	}
	r, ok := b.byID.get(c.id)
	if !ok || r.UserID != c.userID && !c.admin {
		return Reservation{}, keystone.NotFound("reservation", c.id)
	}
	switch {
	case c.act == commit && r.State == reserved:
		b.move(r, committed, 1, -1)
	case c.act == commit && r.State != committed:
		return Reservation{}, conflict("The reservation %s is %s and cannot be committed. Make a new one.", r.ID, r.State)
	case c.act == release && r.State == reserved:
		b.move(r, released, 0, -1)
	case c.act == release && r.State == committed:
		b.move(r, released, -1, 0)
	}
	return *r, nil
}

// reserve takes everything at all levels, or nothing.
func (b *books) reserve(c *claim) (Reservation, error) {
	o := &c.order
	key := request{c.userID, o.requestID}
	if r, ok := b.byRequest.get(key); ok {
		if !o.same(r) {
			return Reservation{}, conflict("The request id %s belongs to another reservation. Give each reservation an id of its own.", o.requestID)
		}
		return *r, nil
	}
	p, ok := b.projects.get(o.projectID)
	if !ok {
		return Reservation{}, keystone.NotFound("project", o.projectID)
	}
	if !p.enabled {
		return Reservation{}, keystone.Denied("The project %s is disabled.", o.projectID)
	}
	wishes, err := b.catalogue.resolve(o.region, o.numbers)
	if err != nil {
		return Reservation{}, err
	}
	for _, w := range wishes {
		if w.own {
			return Reservation{}, badRequest("Invalid input for field 'items': %s is counted by the platform itself and cannot be reserved.", w.name)
		}
		if err := b.room(&p, o, w); err != nil {
			return Reservation{}, err
		}
	}
	r := &Reservation{
		ID: b.id(), UserID: c.userID, RequestID: o.requestID, ProjectID: o.projectID, DomainID: p.domainID, Region: o.region,
		State: reserved, Created: b.now, Updated: b.now, Expires: b.now.Add(o.life), items: map[string]Amount{},
	}
	for _, w := range wishes {
		r.items[w.key] = w.n
	}
	b.made = append(b.made, r)
	b.byRequest.put(key, r)
	b.byID.put(r.ID, r)
	b.soonest = min(b.soonest, store.Micros(r.Expires))
	b.expiry[second(r.Expires)]++
	b.book(r, 0, 1)
	return *r, nil
}
