package responses

import (
	"context"
	"errors"
	"maps"
	"slices"

	"github.com/lintel-gateway/lintel/internal/definition"
	"github.com/lintel-gateway/lintel/internal/store"
)

// Contribute is the published form of the response with the id, nil when there
// is none any more: only the types that were set.
func (a *Area) Contribute(ctx context.Context, q store.Querier, id string) (any, error) {
	response, err := selectResponse(ctx, q, id)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	out := definition.Response{ID: response.ID, GroupID: response.groupID, Default: response.Default}
	for _, name := range slices.Sorted(maps.Keys(response.set)) {
		s := response.set[name]
		out.Types = append(out.Types, definition.ResponseType{Type: name, Status: s.status, Body: s.body})
	}
	return out, nil
}
