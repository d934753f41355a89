package groups

import (
	"encoding/hex"
	"errors"

	"github.com/lintel-gateway/lintel/internal/definition"
	"github.com/lintel-gateway/lintel/internal/quota"
	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/wire"
	"github.com/lintel-gateway/lintel/internal/wire/apig"
)

// Group is an API group as it is answered (reference table 4-4).
type Group struct {
	ID           string      `json:"id"`
	Name         string      `json:"name"`
	Status       int         `json:"status"`
	SLDomain     string      `json:"sl_domain"`
	SLDomains    []string    `json:"sl_domains"`
	RegisterTime apig.Time   `json:"register_time"`
	UpdateTime   apig.Time   `json:"update_time"`
	Remark       string      `json:"remark"`
	OnSellStatus int         `json:"on_sell_status"`
	CallLimits   *int64      `json:"call_limits,omitempty"`
	TimeInterval *int64      `json:"time_interval,omitempty"`
	TimeUnit     *string     `json:"time_unit,omitempty"`
	URLDomains   []URLDomain `json:"url_domains"`
	IsDefault    int         `json:"is_default"`

	projectID string
}

// List is a page of groups (reference table 4-23).
type List struct {
	Total  int      `json:"total"`
	Size   int      `json:"size"`
	Groups []*Group `json:"groups"`
}

// What the reference calls 1 and 2 in the fields of a group.
const (
	statusNormal  = 1
	notOnSale     = 2
	notTheDefault = 2
)

// Input is what a client sends (reference tables 4-3 and 4-9). A remark that
// is left out stays as it is: clients send only what they change.
type Input struct {
	Name   string  `json:"name"`
	Remark *string `json:"remark"`
	Limit
}

func (in *Input) check() error {
	var c apig.Check
	c.Name("name", in.Name)
	if in.Remark != nil {
		c.Text("remark", *in.Remark, 255)
	}
	if c.Err() == nil {
		in.Limit.check(&c)
	}
	return c.Err()
}

func (in *Input) apply(g *Group) {
	g.Name = in.Name
	if in.Remark != nil {
		g.Remark = *in.Remark
	}
	in.Limit.apply(g)
}

func (a *Area) create(r *wire.Request, in *Input) (g *Group, err error) {
	err = a.DB.Write(r.Context(), func(tx *store.Tx) error {
		g, err = a.Add(r, tx, *in)
		return err
	})
	return g, err
}

// Add creates a group of the actor's project inside a transaction, as 4.1.1
// does.
func (a *Area) Add(r *wire.Request, tx *store.Tx, in Input) (*Group, error) {
	if err := in.check(); err != nil {
		return nil, err
	}
	now := apig.Time(a.Clock())
	g := &Group{
		ID: a.IDs.New(), Status: statusNormal, OnSellStatus: notOnSale, IsDefault: notTheDefault,
		RegisterTime: now, UpdateTime: now, URLDomains: []URLDomain{}, projectID: r.Actor.ProjectID,
	}
	a.domains(g, hex.EncodeToString(a.IDs.Bytes(16)))
	in.apply(g)
	n, err := countGroups(r.Context(), tx, g.projectID)
	if err != nil {
		return nil, err
	}
	if err := a.Quotas.Room(r.Context(), tx, g.projectID, quota.Groups, n, apig.E3101); err != nil {
		return nil, err
	}
	tx.Touch(string(definition.KindGroup), g.ID)
	r.Touched(g.ID)
	return g, taken(insertGroup(r.Context(), tx, g), g.Name)
}

// update touches the published form for a limit only: of all that can be changed
// here, gateways know nothing else.
func (a *Area) update(r *wire.Request, in *Input) (*Group, error) {
	if err := in.check(); err != nil {
		return nil, err
	}
	r.Touched(r.Path("id"))
	ctx := r.Context()
	var g *Group
	err := a.DB.Write(ctx, func(tx *store.Tx) (err error) {
		if g, err = a.own(r, tx); err != nil {
			return err
		}
		in.apply(g)
		g.UpdateTime = apig.Time(a.Clock())
		if err := updateGroup(ctx, tx, g); err != nil {
			return taken(err, g.Name)
		}
		if in.Limit.given() {
			tx.Touch(string(definition.KindGroup), g.ID)
		}
		return a.showDomains(ctx, tx, []*Group{g}, false)
	})
	if err != nil {
		return nil, err
	}
	return g, nil
}

func (a *Area) delete(r *wire.Request) error {
	r.Touched(r.Path("id"))
	ctx := r.Context()
	return a.DB.Write(ctx, func(tx *store.Tx) error {
		g, err := a.own(r, tx)
		if err != nil {
			return err
		}
		used, err := holdsAPIs(ctx, tx, g.ID)
		if err != nil {
			return err
		}
		if used {
			return apig.E3415.Msg("%s,id:%s", apig.E3415.Text(), g.ID)
		}
		ordered, err := hasOrders(ctx, tx, g.ID, a.Clock())
		if err != nil {
			return err
		}
		if ordered {
			return apig.E1101.With("orders of the group have not expired yet")
		}
		if err := a.deleteHolding(ctx, tx, g.ID); err != nil {
			return err
		}
		tx.Touch(string(definition.KindGroup), g.ID)
		return deleteGroup(ctx, tx, g.ID)
	})
}

func (a *Area) show(r *wire.Request) (*Group, error) {
	g, err := a.own(r, a.DB)
	if err != nil {
		return nil, err
	}
	return g, a.showDomains(r.Context(), a.DB, []*Group{g}, true)
}

func (a *Area) list(r *wire.Request) (*List, error) {
	page, err := apig.Paging(r)
	if err != nil {
		return nil, err
	}
	var f store.Filter
	if !r.Actor.Admin() {
		f.And("project_id = ?", r.Actor.ProjectID)
	}
	f.Equal("id", r.Query().Get("id"))
	f.Match("name", r.Query().Get("name"), apig.Precise(r, "name"))
	l := &List{}
	if l.Total, l.Groups, err = a.listGroups(r.Context(), &f, page); err != nil {
		return nil, err
	}
	l.Size = len(l.Groups)
	return l, a.showDomains(r.Context(), a.DB, l.Groups, l.Size <= maxAsked)
}

// own reads the group of the path if the actor may see it.
func (a *Area) own(r *wire.Request, q store.Querier) (*Group, error) {
	id := r.Path("id")
	g, err := a.loadGroup(r.Context(), q, id)
	if errors.Is(err, store.ErrNotFound) {
		return nil, apig.NoGroup(id)
	}
	if err != nil {
		return nil, err
	}
	return g, apig.Own(&r.Actor, g.projectID, apig.E1101)
}

// domains fills in the names under which the group is reached.
func (a *Area) domains(g *Group, label string) {
	g.SLDomain = label + "." + a.Domain
	g.SLDomains = []string{g.SLDomain}
}

// taken gives the refusal of the unique name its code: the id and the
// sub-domain are random.
func taken(err error, name string) error {
	if errors.Is(err, store.ErrDuplicate) {
		return apig.Taken(apig.E3201, "name", name).Because(err)
	}
	return err
}
