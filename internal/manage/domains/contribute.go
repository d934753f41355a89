package domains

import (
	"context"
	"errors"

	"github.com/lintel-gateway/lintel/internal/store"
)

// Contribute is the published form of the certificate with the id, nil when
// there is none any more. The key stays sealed.
func (a *Area) Contribute(ctx context.Context, q store.Querier, id string) (any, error) {
	c, err := selectDefinition(ctx, q, id)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return c, nil
}
