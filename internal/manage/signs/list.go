package signs

import (
	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/wire"
	"github.com/lintel-gateway/lintel/internal/wire/apig"
)

// List is a page of keys, the newest first (reference table 4-406).
type List struct {
	Total int      `json:"total"`
	Size  int      `json:"size"`
	Signs []Listed `json:"signs"`
}

// Listed is a key in a list (reference table 4-407).
type Listed struct {
	Key
	BindNum int `json:"bind_num" doc:"Number of bindings: an API counts once for each environment."`
}

func (a *Area) list(r *wire.Request) (*List, error) {
	page, err := apig.Paging(r)
	if err != nil {
		return nil, err
	}
	var where store.Filter
	if !r.Actor.Admin() {
		where.And("p.project_id = ?", r.Actor.ProjectID)
	}
	where.Equal("p.id", r.Query().Get("id"))
	where.Match("p.name", r.Query().Get("name"), apig.Precise(r, "name"))
	out := &List{}
	if out.Total, out.Signs, err = selectPage(r.Context(), a.DB, &where, page); err != nil {
		return nil, err
	}
	for i := range out.Signs {
		if err := a.unseal(r, &out.Signs[i].Key); err != nil {
			return nil, err
		}
	}
	out.Size = len(out.Signs)
	return out, nil
}
