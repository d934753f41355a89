package throttles

import (
	"context"
	"errors"

	"github.com/lintel-gateway/lintel/internal/definition"
	"github.com/lintel-gateway/lintel/internal/store"
)

// Contribute is the published form of the policy with the id, nil when there
// is none any more.
func (a *Area) Contribute(ctx context.Context, q store.Querier, id string) (any, error) {
	t, err := selectThrottle(ctx, q, id)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	specials, err := selectLimits(ctx, q, id)
	if err != nil {
		return nil, err
	}
	return definition.Throttle{
		ID: t.ID, Name: t.Name, ProjectID: t.projectID, API: t.API, User: t.User, App: t.App, IP: t.IP,
		Interval: t.Interval, Unit: t.Unit, Shared: t.Type == shared, Specials: specials,
	}, nil
}
