package binding

import (
	"context"
	"errors"

	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/wire"
	"github.com/lintel-gateway/lintel/internal/wire/apig"
)

// OfAPI begins the list of what is bound to an API: it reads api_id and the
// page, and refuses an API that does not exist or is another project's. The
// condition it answers selects the bindings b of this kind; the areas add their
// own filters and columns.
func OfAPI(r *wire.Request, q store.Querier, k Kind) (*store.Filter, apig.Page, error) {
	id := r.Query().Get("api_id")
	if id == "" {
		return nil, apig.Page{}, apig.Missing("api_id")
	}
	page, err := apig.Paging(r)
	if err != nil {
		return nil, page, err
	}
	projectID, err := apiProject(r.Context(), q, id)
	if errors.Is(err, store.ErrNotFound) {
		return nil, page, apig.NoAPI(id)
	}
	if err != nil {
		return nil, page, err
	}
	if err := apig.Own(&r.Actor, projectID, apig.E1102); err != nil {
		return nil, page, err
	}
	f := &store.Filter{}
	f.And("b.api_id = ? AND b.policy = ?", id, k.Policy)
	f.Equal("b.env_id", r.Query().Get("env_id"))
	return f, page, nil
}

func apiProject(ctx context.Context, q store.Querier, id string) (projectID string, err error) {
	err = q.QueryRow(ctx, `SELECT project_id FROM apis WHERE id = $1`, id).Scan(&projectID)
	return projectID, err
}
