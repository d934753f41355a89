package market

import (
	"context"
	"errors"

	"github.com/lintel-gateway/lintel/internal/definition"
	"github.com/lintel-gateway/lintel/internal/store"
)

// Contribute is the published form of the order with the id, nil when there is
// none any more.
func (a *Area) Contribute(ctx context.Context, q store.Querier, id string) (any, error) {
	p, err := selectPurchase(ctx, q, id)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return definition.Order{
		ID: p.id, AppID: p.appID, GroupID: p.groupID, Calls: p.calls, Used: p.used, Expires: store.Time(p.expires).Unix(),
	}, nil
}
