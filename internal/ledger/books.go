package ledger

import (
	"context"
	"fmt"
	"time"

	"github.com/lintel-gateway/lintel/internal/entitlement"
	"github.com/lintel-gateway/lintel/internal/store"
)

// account is the number of one item at one level.
type account struct {
	level                 entitlement.Level
	ownerID, region, item string
}

// balance is what an account may have and has. Without a row nothing is bounded
// and nothing taken.
type balance struct {
	quota, used, reserved Amount
}

// request is what makes a reservation the same one.
type request struct{ userID, requestID string }

// project is where a claim goes.
type project struct {
	domainID string
	enabled  bool // together with its department
}

// books are everything that a batch decides on, read before and stored after.
type books struct {
	now       time.Time
	newID     func() string
	catalogue *catalogue
	projects  map[string]project
	byID      map[string]*Reservation
	byRequest map[request]*Reservation
	balances  map[account]*balance

	changed map[account]bool
	made    []*Reservation
	moved   map[string][]string // state → ids of reservations that came into it
}

// levels are the accounts that an item of a project is booked on. The default
// department has none of its own: its quotas are the cloud's.
func levels(projectID, domainID, region, item string) []account {
	all := []account{{entitlement.Project, projectID, region, item}}
	level, owner := entitlement.DomainAccount(domainID)
	all = append(all, account{level, owner, region, item})
	if level != entitlement.Cloud {
		all = append(all, account{entitlement.Cloud, entitlement.CloudOwner, region, item})
	}
	return all
}

func (b *books) balance(at account) *balance {
	v, ok := b.balances[at]
	if !ok {
		v = &balance{quota: Unlimited}
		b.balances[at] = v
	}
	return v
}

// room refuses an amount that some level does not have left.
func (b *books) room(p *project, o *order, w wish) error {
	for _, at := range levels(o.projectID, p.domainID, o.region, w.key) {
		v := b.balance(at)
		taken := v.used + v.reserved
		if v.quota != Unlimited && w.n > v.quota-taken {
			return conflict("The quota of the %s is exceeded: %s of %s was asked for, %s is left.", at.level, w.n, w.name, max(0, v.quota-taken))
		}
		if w.n > maxTotal-taken {
			return conflict("There is no room for %s more of %s: an account holds at most %s.", w.n, w.name, maxTotal)
		}
	}
	return nil
}

// book adds a reservation to its accounts so many times.
func (b *books) book(r *Reservation, used, open Amount) {
	for item, n := range r.items {
		for _, at := range levels(r.ProjectID, r.DomainID, r.Region, item) {
			v := b.balance(at)
			v.used += used * n
			v.reserved += open * n
			b.changed[at] = true
		}
	}
}

// move brings a reservation into another state.
func (b *books) move(r *Reservation, state string, used, open Amount) {
	b.book(r, used, open)
	r.State, r.Updated = state, b.now
	b.moved[state] = append(b.moved[state], r.ID)
}

// id is a new id that begins with the time in milliseconds: neighbours in time
// are neighbours in the indexes, so that a batch changes few pages, and lists
// come in the order in which reservations were made. 80 bits stay random.
func (b *books) id() string { return fmt.Sprintf("%012x", b.now.UnixMilli()) + b.newID()[12:] }

func (a *Area) newBooks() *books {
	return &books{
		now: store.Time(store.Micros(a.Clock())), newID: a.IDs.New, projects: map[string]project{},
		byID: map[string]*Reservation{}, byRequest: map[request]*Reservation{}, balances: map[account]*balance{},
		changed: map[account]bool{}, moved: map[string][]string{},
	}
}

// open reads what a batch decides on: a handful of statements, however many
// claims there are.
func (a *Area) open(ctx context.Context, tx *store.Tx, batch []*claim) (*books, error) {
	if err := a.sweep(ctx, tx); err != nil {
		return nil, err
	}
	b := a.newBooks()
	var err error
	if b.catalogue, err = a.catalogue(ctx, tx); err != nil {
		return nil, err
	}
	var projects, requests, ids []string
	for _, c := range batch {
		if c.act == reserve {
			projects, requests = append(projects, c.order.projectID), append(requests, c.order.requestID)
		} else {
			ids = append(ids, c.id)
		}
	}
	if err := b.readReservations(ctx, tx, `id`, ids); err != nil {
		return nil, err
	}
	if err := b.readReservations(ctx, tx, `request_id`, requests); err != nil {
		return nil, err
	}
	if err := b.readProjects(ctx, tx, projects); err != nil {
		return nil, err
	}
	return b, b.readBalances(ctx, tx, b.needed(batch))
}

// needed are the accounts that a batch may change.
func (b *books) needed(batch []*claim) (need accountSet) {
	need = accountSet{owners: map[string]bool{entitlement.CloudOwner: true}, items: map[string]bool{}}
	for _, c := range batch {
		if r, ok := b.byID[c.id]; ok && c.act != reserve {
			need.add(r.ProjectID, r.DomainID)
			for item := range r.items {
				need.items[item] = true
			}
			continue
		}
		if p, ok := b.projects[c.order.projectID]; ok {
			need.add(c.order.projectID, p.domainID)
			for name := range c.order.numbers {
				if at, ok := b.catalogue.byName[name]; ok {
					need.items[b.catalogue.items[at].key] = true
				}
			}
		}
	}
	return need
}

// accountSet is the accounts of some owners for some items, in any region.
type accountSet struct{ owners, items map[string]bool }

func (s *accountSet) add(owners ...string) {
	for _, o := range owners {
		s.owners[o] = true
	}
}

// sweep returns what expired reservations hold. It is the first step of every
// transaction that decides on what is left.
func (a *Area) sweep(ctx context.Context, tx *store.Tx) error {
	for {
		over, err := a.expired(ctx, tx, maxSwept)
		if err != nil || len(over) == 0 {
			return err
		}
		b := a.newBooks()
		need := accountSet{owners: map[string]bool{entitlement.CloudOwner: true}, items: map[string]bool{}}
		for _, r := range over {
			need.add(r.ProjectID, r.DomainID)
			for item := range r.items {
				need.items[item] = true
			}
		}
		if err := b.readBalances(ctx, tx, need); err != nil {
			return err
		}
		for _, r := range over {
			b.move(r, expired, 0, -1)
		}
		if err := b.store(ctx, tx); err != nil {
			return err
		}
	}
}
