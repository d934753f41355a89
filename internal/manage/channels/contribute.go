package channels

import (
	"context"
	"errors"

	"github.com/lintel-gateway/lintel/internal/definition"
	"github.com/lintel-gateway/lintel/internal/store"
)

// Contribute is the published form of the channel with the id, nil when it is
// gone. A member whose server is not in the directory has no address, so
// gateways do not hear of it.
func (a *Area) Contribute(ctx context.Context, q store.Querier, id string) (any, error) {
	ch, err := selectChannel(ctx, q, id)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	members, err := selectMembers(ctx, q, ch)
	if err != nil {
		return nil, err
	}
	h := &ch.health
	out := definition.Channel{
		ID: ch.ID, Name: ch.Name, ProjectID: ch.projectID, Port: ch.Port, Balance: ch.BalanceStrategy,
		Check: &definition.Health{
			Protocol: h.Protocol, Path: h.Path, Port: h.onPort, Normal: h.ThresholdNormal, Abnormal: h.ThresholdAbnormal,
			Timeout: h.TimeOut, Interval: h.TimeInterval, Codes: h.HTTPCode,
		},
	}
	for _, m := range members {
		if m.Host != "" {
			out.Members = append(out.Members, definition.Member{ID: m.ID, Host: m.Host, Weight: m.Weight})
		}
	}
	return out, nil
}
