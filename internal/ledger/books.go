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
	newID     func() string
	catalogue *catalogue // nil: not read
	projects  kept[string, project]
	byID      kept[string, *Reservation]
	byRequest kept[request, *Reservation]
	balances  kept[account, *balance]
	// soonest is a time before which no open reservation expires.
	soonest int64

	// Of the batch under way.
	now     time.Time
	changed map[account]bool
	made    []*Reservation
	moved   map[string][]string // state → ids of reservations that came into it
	expiry  map[int64]int       // second → how many more open reservations expire in it
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

// balance is of an account that was read.
func (b *books) balance(at account) *balance {
	v, ok := b.balances.get(at)
	if !ok {
		v = &balance{quota: Unlimited}
		b.balances.put(at, v)
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
	if r.State == reserved {
		b.expiry[second(r.Expires)]--
	}
	r.State, r.Updated = state, b.now
	b.moved[state] = append(b.moved[state], r.ID)
}

// id is a new id that begins with the time in milliseconds: neighbours in time
// are neighbours in the indexes, so that a batch changes few pages, and lists
// come in the order in which reservations were made. 80 bits stay random.
func (b *books) id() string { return idAt(b.now) + b.newID()[12:] }

// idAt is what ids of a time begin with.
func idAt(t time.Time) string { return fmt.Sprintf("%012x", t.UnixMilli()) }

func (a *Area) newBooks() *books {
	b := &books{
		newID: a.IDs.New, projects: newKept[string, project](), byID: newKept[string, *Reservation](),
		byRequest: newKept[request, *Reservation](), balances: newKept[account, *balance](),
	}
	b.begin(a.Clock())
	return b
}

// begin is a new batch, or another step of one.
func (b *books) begin(now time.Time) {
	b.now = store.Time(store.Micros(now))
	b.changed, b.made, b.moved, b.expiry = map[account]bool{}, nil, map[string][]string{}, map[int64]int{}
}

// known is the one reservation that the books have by its id and by its request
// id.
func (b *books) known(r *Reservation) *Reservation {
	key := request{r.UserID, r.RequestID}
	if one, ok := b.byID.get(r.ID); ok {
		r = one
	} else if one, ok := b.byRequest.get(key); ok && one.ID == r.ID {
		r = one
	}
	b.byID.put(r.ID, r)
	b.byRequest.put(key, r)
	return r
}

// open reads what a batch decides on and is not known: a handful of statements,
// however many claims there are, and often none. Request ids are read only when
// told so.
func (a *Area) open(ctx context.Context, tx *store.Tx, b *books, batch []*claim, requests bool) (err error) {
	if err := a.sweep(ctx, tx, b); err != nil {
		return err
	}
	if b.catalogue == nil {
		if b.catalogue, err = a.catalogue(ctx, tx); err != nil {
			return err
		}
	}
	var projects, ids []string
	for _, c := range batch {
		if c.act == reserve {
			if _, ok := b.projects.get(c.order.projectID); !ok {
				projects = append(projects, c.order.projectID)
			}
		} else if _, ok := b.byID.get(c.id); !ok {
			ids = append(ids, c.id)
		}
	}
	if err := b.readReservations(ctx, tx, `id`, ids); err != nil {
		return err
	}
	if requests {
		if err := b.readRequests(ctx, tx, batch); err != nil {
			return err
		}
	}
	if err := b.readProjects(ctx, tx, projects); err != nil {
		return err
	}
	return b.readBalances(ctx, tx, b.needed(batch))
}

// readRequests reads the reservations with the request ids of orders.
func (b *books) readRequests(ctx context.Context, tx *store.Tx, batch []*claim) error {
	var ids []string
	for _, c := range batch {
		if _, ok := b.byRequest.get(request{c.userID, c.order.requestID}); c.act == reserve && !ok {
			ids = append(ids, c.order.requestID)
		}
	}
	return b.readReservations(ctx, tx, `request_id`, ids)
}

// needed are the accounts that a batch may change and that are not known.
func (b *books) needed(batch []*claim) accountSet {
	need := accountSet{}
	for _, c := range batch {
		if c.act != reserve {
			if r, ok := b.byID.get(c.id); ok {
				b.need(need, r)
			}
			continue
		}
		if p, ok := b.projects.get(c.order.projectID); ok {
			for name := range c.order.numbers {
				if at, ok := b.catalogue.byName[name]; ok {
					need.add(b, levels(c.order.projectID, p.domainID, c.order.region, b.catalogue.items[at].key))
				}
			}
		}
	}
	return need
}

// need adds the accounts of a reservation.
func (b *books) need(need accountSet, r *Reservation) {
	for item := range r.items {
		need.add(b, levels(r.ProjectID, r.DomainID, r.Region, item))
	}
}

// accountSet is accounts to be read.
type accountSet map[account]bool

func (s accountSet) add(b *books, all []account) {
	for _, at := range all {
		if _, ok := b.balances.get(at); !ok {
			s[at] = true
		}
	}
}

// sweep returns what expired reservations hold. It is the first step of every
// transaction that decides on what is left.
func (a *Area) sweep(ctx context.Context, tx *store.Tx, b *books) (err error) {
	for store.Micros(b.now) >= b.soonest {
		if b.soonest, err = nextExpiry(ctx, tx); err != nil {
			return err
		}
		if store.Micros(b.now) < b.soonest {
			return nil
		}
		over, err := expiredAt(ctx, tx, b.now, maxSwept)
		if err != nil {
			return err
		}
		need := accountSet{}
		for at, r := range over {
			over[at] = b.known(r)
			b.need(need, r)
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
	return nil
}
