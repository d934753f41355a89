package groups

import (
	"context"
	"errors"

	"github.com/lintel-gateway/lintel/internal/definition"
	"github.com/lintel-gateway/lintel/internal/store"
)

// Contribute is the published form of a group: the hosts under which gateways
// find its APIs. A group that is gone has none.
func (a *Area) Contribute(ctx context.Context, q store.Querier, id string) (any, error) {
	g, err := a.loadGroup(ctx, q, id)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return definition.Group{ID: g.ID, ProjectID: g.projectID, Hosts: g.SLDomains}, nil
}
