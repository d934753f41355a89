package market

import (
	"errors"

	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/wire"
	"github.com/lintel-gateway/lintel/internal/wire/apig"
)

// Listing is an API group that is offered, or asks to be.
type Listing struct {
	ID           string     `json:"id" doc:"Group id."`
	Name         string     `json:"name"`
	Remark       string     `json:"remark"`
	OnSellStatus int        `json:"on_sell_status" doc:"1 on sale, 2 not, 3 under review."`
	SubmitTime   apig.Time  `json:"submit_time"`
	SellTime     *apig.Time `json:"sell_time" doc:"When it was last put on sale; null for never."`
	APINum       int        `json:"api_num" doc:"APIs of the group that RELEASE serves."`

	projectID string
}

// Catalogue is a page of listings, the one offered last first.
type Catalogue struct {
	Total  int       `json:"total"`
	Size   int       `json:"size"`
	Groups []Listing `json:"groups"`
}

// Decision is what an administrator says about a listing.
type Decision struct {
	Approve *bool `json:"approve" required:"true" doc:"true puts the group on sale, false does not."`
}

// What the reference calls 1, 2 and 3 in on_sell_status.
const (
	onSale      = 1
	notOnSale   = 2
	underReview = 3
)

func (a *Area) submit(r *wire.Request) (*Listing, error) {
	return a.change(r, func(tx *store.Tx, l *Listing) error {
		if l.OnSellStatus != notOnSale {
			return apig.E3309.With("the group is on sale or under review")
		}
		l.OnSellStatus, l.SubmitTime = underReview, apig.Time(a.Clock())
		return upsertListing(r.Context(), tx, l)
	})
}

// decide is an administrator's alone: also a provider is refused, on its own
// group.
func (a *Area) decide(r *wire.Request, in *Decision) (*Listing, error) {
	if !r.Actor.Admin() {
		return nil, apig.E1101.With("an administrator decides on its sale")
	}
	if in.Approve == nil {
		return nil, apig.Missing("approve")
	}
	return a.change(r, func(tx *store.Tx, l *Listing) error {
		switch {
		case l.OnSellStatus == notOnSale:
			return noListing(l.ID)
		case l.OnSellStatus == onSale:
			return apig.E3309.With("the group is on sale; its project withdraws it")
		case !*in.Approve:
			l.OnSellStatus = notOnSale
			return nil
		}
		now := apig.Time(a.Clock())
		l.OnSellStatus, l.SellTime = onSale, &now
		return upsertListing(r.Context(), tx, l)
	})
}

// withdraw keeps the listing, which says that the group was on sale once.
func (a *Area) withdraw(r *wire.Request) error {
	_, err := a.change(r, func(_ *store.Tx, l *Listing) error {
		if l.OnSellStatus == notOnSale {
			return noListing(l.ID)
		}
		l.OnSellStatus = notOnSale
		return nil
	})
	return err
}

// change lets edit alter the listing of the group of the path. What gateways
// know of a group has nothing of it, so nothing is touched.
func (a *Area) change(r *wire.Request, edit func(*store.Tx, *Listing) error) (*Listing, error) {
	id := r.Path("id")
	r.Touched(id)
	var l *Listing
	err := a.DB.Write(r.Context(), func(tx *store.Tx) (err error) {
		l, err = selectListing(r.Context(), tx, id)
		if errors.Is(err, store.ErrNotFound) {
			return apig.NoGroup(id)
		}
		if err != nil {
			return err
		}
		if err := apig.Own(&r.Actor, l.projectID, apig.E1101); err != nil {
			return err
		}
		if err := edit(tx, l); err != nil {
			return err
		}
		return updateStatus(r.Context(), tx, l)
	})
	return l, err
}

// noListing is for the id of a group that exists.
func noListing(id string) error { return apig.E3016.Msg("%s,id:%s", apig.E3016.Text(), id) }

func (a *Area) catalogue(r *wire.Request) (*Catalogue, error) {
	page, err := apig.Paging(r)
	if err != nil {
		return nil, err
	}
	q := r.Query()
	var f store.Filter
	switch q.Get("on_sell_status") {
	case "", "1":
		f.And("g.on_sell_status = ?", onSale)
	case "3":
		f.And("g.on_sell_status = ?", underReview)
		if !r.Actor.Admin() {
			f.And("g.project_id = ?", r.Actor.ProjectID)
		}
	default:
		return nil, apig.Invalid("on_sell_status")
	}
	f.Equal("g.id", q.Get("id"))
	f.Match("g.name", q.Get("name"), false)
	out := &Catalogue{}
	if out.Total, out.Groups, err = selectListings(r.Context(), a.DB, &f, page); err != nil {
		return nil, err
	}
	out.Size = len(out.Groups)
	return out, nil
}
