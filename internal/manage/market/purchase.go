package market

import (
	"encoding/base64"
	"errors"
	"fmt"

	"github.com/lintel-gateway/lintel/internal/ids"
	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/wire"
	"github.com/lintel-gateway/lintel/internal/wire/apig"
)

// Purchases is a page of orders, the newest first (reference table 4-370).
type Purchases struct {
	Total     int        `json:"total"`
	Size      int        `json:"size"`
	Purchases []Purchase `json:"purchases"`
}

// Purchase is an order as its buyer sees it (reference tables 4-371, 4-375).
type Purchase struct {
	ID           string    `json:"id"`
	GroupID      string    `json:"group_id"`
	GroupName    string    `json:"group_name"`
	GroupRemark  string    `json:"group_remark"`
	GroupDomains []string  `json:"group_domains" doc:"Domains under which the APIs are called; null in lists."`
	OrderTime    apig.Time `json:"order_time"`
	StartTime    apig.Time `json:"start_time"`
	ExpireTime   apig.Time `json:"expire_time"`
	QuotaLeft    int64     `json:"quota_left" doc:"Calls that are left; 0 once the order has expired."`
	QuotaUsed    int64     `json:"quota_used"`
	AppKey       string    `json:"app_key"`
	AppSecret    string    `json:"app_secret" doc:"***** for readers and for administrators of other projects."`
}

// row is an order with what is known of its group and its app.
type row struct {
	id, projectID, groupID, appID string
	groupName, groupRemark        string
	subDomain                     string // first label only
	appKey, secret                string // the secret sealed, in Base64
	calls, used                   int64
	ordered, starts, expires      int64 // microseconds
}

// masked stands for a secret that the actor may not see.
const masked = "*****"

func (a *Area) purchases(r *wire.Request) (*Purchases, error) {
	page, err := apig.Paging(r)
	if err != nil {
		return nil, err
	}
	q := r.Query()
	var f store.Filter
	if !r.Actor.Admin() {
		f.And("p.project_id = ?", r.Actor.ProjectID)
	}
	f.Equal("p.id", q.Get("id"))
	f.Equal("p.group_id", q.Get("group_id"))
	f.Match("g.name", q.Get("group_name"), false)
	var total int
	var rows []row
	err = a.Calls.View(func() error {
		total, rows, err = selectPurchases(r.Context(), a.DB, &f, page)
		for i := range rows {
			rows[i].used += a.Calls.Pending(rows[i].id)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	out := &Purchases{Total: total, Size: len(rows), Purchases: []Purchase{}}
	for i := range rows {
		p, err := a.shown(r, &rows[i])
		if err != nil {
			return nil, err
		}
		out.Purchases = append(out.Purchases, *p)
	}
	return out, nil
}

func (a *Area) show(r *wire.Request) (*Purchase, error) {
	var p *row
	err := a.Calls.View(func() (err error) {
		p, err = own(r, a.DB)
		if err == nil {
			p.used += a.Calls.Pending(p.id)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return a.detail(r, a.DB, p)
}

// own reads the order of the path if the actor may handle it.
func own(r *wire.Request, q store.Querier) (*row, error) {
	id := r.Path("purchase_id")
	p, err := selectPurchase(r.Context(), q, id)
	if errors.Is(err, store.ErrNotFound) {
		if !ids.Valid(id) { // what is no id is not repeated
			return nil, apig.E3014
		}
		return nil, apig.E3014.Msg("%s,id:%s", apig.E3014.Text(), id)
	}
	if err != nil {
		return nil, err
	}
	return p, apig.Own(&r.Actor, p.projectID, apig.E1111)
}

// detail is an order with the domains of its group.
func (a *Area) detail(r *wire.Request, q store.Querier, p *row) (*Purchase, error) {
	out, err := a.shown(r, p)
	if err != nil {
		return nil, err
	}
	out.GroupDomains, err = selectDomains(r.Context(), q, p.groupID)
	out.GroupDomains = append(out.GroupDomains, p.subDomain+"."+a.Domain)
	return out, err
}

// shown is an order in the words of the wire, with the secret that the actor
// may see.
func (a *Area) shown(r *wire.Request, p *row) (*Purchase, error) {
	out := &Purchase{
		ID: p.id, GroupID: p.groupID, GroupName: p.groupName, GroupRemark: p.groupRemark,
		OrderTime: apig.Time(store.Time(p.ordered)), StartTime: apig.Time(store.Time(p.starts)), ExpireTime: apig.Time(store.Time(p.expires)),
		QuotaUsed: p.used, AppKey: p.appKey, AppSecret: masked,
	}
	if p.expires > store.Micros(a.Clock()) {
		out.QuotaLeft = max(p.calls-p.used, 0)
	}
	if r.Actor.ProjectID != p.projectID || r.Actor.ReadOnly() {
		return out, nil
	}
	sealed, err := base64.StdEncoding.DecodeString(p.secret)
	if err != nil {
		return nil, fmt.Errorf("market: sealed secret of app %s is not Base64: %w", p.appID, err)
	}
	plain, err := a.Sealer.Open(purposeSecret, p.appID, sealed)
	out.AppSecret = string(plain)
	return out, err
}
