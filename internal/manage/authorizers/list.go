package authorizers

import (
	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/wire"
	"github.com/lintel-gateway/lintel/internal/wire/apig"
)

// List is a page of authorizers, the newest first (reference table 4-638).
type List struct {
	Total       int           `json:"total"`
	Size        int           `json:"size"`
	Authorizers []*Authorizer `json:"authorizer_list"`
}

func (a *Area) list(r *wire.Request) (*List, error) {
	page, err := apig.Paging(r)
	if err != nil {
		return nil, err
	}
	q := r.Query()
	kind := q.Get("type")
	if kind != "" {
		var c apig.Check
		if c.Enum("type", &kind, frontend, backend); c.Err() != nil {
			return nil, c.Err()
		}
	}
	var f store.Filter
	if !r.Actor.Admin() {
		f.Equal("project_id", r.Actor.ProjectID)
	}
	f.Equal("id", q.Get("id"))
	f.Match("name", q.Get("name"), apig.Precise(r, "name"))
	f.Equal("type", kind)
	out := &List{}
	if out.Total, out.Authorizers, err = selectAuthorizers(r.Context(), a.DB, f, page); err != nil {
		return nil, err
	}
	out.Size = len(out.Authorizers)
	return out, nil
}
