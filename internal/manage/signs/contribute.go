package signs

import (
	"context"
	"errors"

	"github.com/lintel-gateway/lintel/internal/definition"
	"github.com/lintel-gateway/lintel/internal/store"
)

// Contribute is the published form of the key with the id, nil when it is gone.
func (a *Area) Contribute(ctx context.Context, q store.Querier, id string) (any, error) {
	key, err := selectKey(ctx, q, id)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return definition.SignatureKey{ID: key.ID, ProjectID: key.projectID, Key: key.SignKey, Secret: key.sealed}, nil
}
