package market

import (
	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/wire"
	"github.com/lintel-gateway/lintel/internal/wire/apig"
)

// APIs is a page of APIs that were bought (reference table 4-379).
type APIs struct {
	Total int   `json:"total"`
	Size  int   `json:"size"`
	APIs  []API `json:"apis"`
}

// API is an API of a group that was ordered (reference table 4-380).
type API struct {
	ID         string `json:"id"`
	Name       string `json:"name"`
	PurchaseID string `json:"purchase_id"`
	Remark     string `json:"remark"`
	ReqURI     string `json:"req_uri"`
}

// purchasedAPIs lists what RELEASE serves of the groups of orders that have not
// expired, whatever authentication it asks for.
func (a *Area) purchasedAPIs(r *wire.Request) (*APIs, error) {
	page, err := apig.Paging(r)
	if err != nil {
		return nil, err
	}
	q := r.Query()
	var f store.Filter
	f.And("p.expire_time > ?", store.Micros(a.Clock()))
	if !r.Actor.Admin() {
		f.And("p.project_id = ?", r.Actor.ProjectID)
	}
	f.Equal("a.id", q.Get("api_id"))
	f.Match("a.name", q.Get("api_name"), false)
	f.Equal("p.group_id", q.Get("group_id"))
	f.Match("g.name", q.Get("group_name"), false)
	out := &APIs{}
	if out.Total, out.APIs, err = selectAPIs(r.Context(), a.DB, &f, page); err != nil {
		return nil, err
	}
	out.Size = len(out.APIs)
	return out, nil
}
