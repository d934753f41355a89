package market

import (
	"encoding/base64"
	"errors"
	"time"

	"github.com/lintel-gateway/lintel/internal/definition"
	"github.com/lintel-gateway/lintel/internal/quota"
	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/wire"
	"github.com/lintel-gateway/lintel/internal/wire/apig"
)

// Order is what ordering takes.
type Order struct {
	GroupID    string `json:"group_id" required:"true" doc:"A group that is on sale."`
	Calls      *int64 `json:"calls" required:"true" doc:"Number of calls, 1 to 1000000000000."`
	Period     *int64 `json:"period" required:"true" doc:"1 to 3650 days, or 1 to 120 months."`
	PeriodUnit string `json:"period_unit" enum:"DAY,MONTH" doc:"MONTH without it."`
}

const (
	unitDay, unitMonth = "DAY", "MONTH"

	maxCalls  = 1_000_000_000_000
	maxDays   = 3650
	maxMonths = 120

	// purposeSecret and creatorMarket are those of the area apps.
	purposeSecret = "app-secret"
	creatorMarket = "MARKET"
)

func (in *Order) check() error {
	if in.PeriodUnit == "" {
		in.PeriodUnit = unitMonth
	}
	var c apig.Check
	c.Required("group_id", in.GroupID)
	c.That(in.Calls != nil, apig.Missing("calls"))
	c.That(in.Period != nil, apig.Missing("period"))
	c.Enum("period_unit", &in.PeriodUnit, unitDay, unitMonth)
	if c.Err() != nil {
		return c.Err()
	}
	longest := maxMonths
	if in.PeriodUnit == unitDay {
		longest = maxDays
	}
	c.Range("calls", int(*in.Calls), 1, maxCalls)
	c.Range("period", int(*in.Period), 1, longest)
	return c.Err()
}

// expiry is the end of an order that starts then. A month ends on the same day
// of the next one, or on its last when it is shorter.
func (in *Order) expiry(start time.Time) time.Time {
	n := int(*in.Period)
	if in.PeriodUnit == unitDay {
		return start.AddDate(0, 0, n)
	}
	end := start.AddDate(0, n, 0)
	if end.Day() != start.Day() {
		end = end.AddDate(0, 0, -end.Day())
	}
	return end
}

// offer is a group as its buyer meets it.
type offer struct {
	projectID string
	name      string
	status    int
	sold      bool // on sale now or once
	enabled   bool // its project
}

// open refuses an order of a group that cannot be ordered by the actor.
func (o *offer) open(actor *wire.Actor) error {
	switch {
	case o.projectID == actor.ProjectID:
		return apig.E1119.With("the group is the project's own")
	case !o.sold:
		return apig.E1101
	case o.status != onSale:
		return apig.E3420
	case !o.enabled:
		return apig.E3412
	}
	return nil
}

func (a *Area) order(r *wire.Request, in *Order) (*Purchase, error) {
	if err := in.check(); err != nil {
		return nil, err
	}
	now := a.Clock().UTC()
	p := &row{
		id: a.IDs.New(), projectID: r.Actor.ProjectID, groupID: in.GroupID, appID: a.IDs.New(), appKey: a.IDs.New(),
		calls: *in.Calls, ordered: store.Micros(now), starts: store.Micros(now), expires: store.Micros(in.expiry(now)),
	}
	sealed, err := a.Sealer.Seal(purposeSecret, p.appID, []byte(a.IDs.New()))
	if err != nil {
		return nil, err
	}
	p.secret = base64.StdEncoding.EncodeToString(sealed)
	r.Touched(p.id)
	var out *Purchase
	err = a.DB.Write(r.Context(), func(tx *store.Tx) error {
		if err := a.admit(r, tx, p); err != nil {
			return err
		}
		if err := insertOrder(r.Context(), tx, p); err != nil {
			return err
		}
		tx.Touch(string(definition.KindApp), p.appID)
		tx.Touch(string(definition.KindOrder), p.id)
		if err := a.grantAll(r, tx, p); err != nil {
			return err
		}
		made, err := selectPurchase(r.Context(), tx, p.id)
		if err != nil {
			return err
		}
		out, err = a.detail(r, tx, made)
		return err
	})
	return out, err
}

// admit refuses an order that may not be made, and finds out what the group is
// called.
func (a *Area) admit(r *wire.Request, tx *store.Tx, p *row) error {
	o, err := selectOffer(r.Context(), tx, p.groupID)
	if errors.Is(err, store.ErrNotFound) {
		return apig.NoGroup(p.groupID)
	}
	if err != nil {
		return err
	}
	if err := o.open(&r.Actor); err != nil {
		return err
	}
	p.groupName = o.name
	live, err := hasOrder(r.Context(), tx, p)
	if err != nil {
		return err
	}
	if live {
		return apig.E3304.With("the project's order of this group has not expired")
	}
	count, err := countApps(r.Context(), tx, p.projectID)
	if err != nil {
		return err
	}
	return a.Quotas.Room(r.Context(), tx, p.projectID, quota.Apps, count, apig.E3103)
}

// grantAll lets the app of an order call what the group has in RELEASE.
func (a *Area) grantAll(r *wire.Request, tx *store.Tx, p *row) error {
	apis, err := selectOffered(r.Context(), tx, p.groupID)
	if err != nil {
		return err
	}
	for _, api := range apis {
		id := a.IDs.New()
		if err := insertGrant(r.Context(), tx, id, p, api); err != nil {
			return err
		}
		tx.Touch(string(definition.KindGrant), id)
	}
	return nil
}
