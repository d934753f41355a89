package responses

import (
	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/wire"
	"github.com/lintel-gateway/lintel/internal/wire/apig"
)

// List is a page of the responses of a group.
type List struct {
	Total     int         `json:"total"`
	Size      int         `json:"size"`
	Responses []*Response `json:"responses"`
}

func (a *Area) list(r *wire.Request) (*List, error) {
	page, err := apig.Paging(r)
	if err != nil {
		return nil, err
	}
	g, err := ownGroup(r, a.DB)
	if err != nil {
		return nil, err
	}
	ctx := r.Context()
	found, err := hasDefault(ctx, a.DB, g.id)
	if err != nil {
		return nil, err
	}
	if !found {
		err := a.DB.Write(ctx, func(tx *store.Tx) error {
			if g, err = ownGroup(r, tx); err != nil { // it may have gone
				return err
			}
			return a.ensureDefault(ctx, tx, g)
		})
		if err != nil {
			return nil, err
		}
	}
	l := &List{}
	if l.Total, l.Responses, err = selectPage(ctx, a.DB, g.id, page); err != nil {
		return nil, err
	}
	for _, response := range l.Responses {
		response.fill()
	}
	l.Size = len(l.Responses)
	return l, nil
}
