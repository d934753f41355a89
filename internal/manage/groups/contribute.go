package groups

import (
	"context"
	"errors"

	"github.com/lintel-gateway/lintel/internal/definition"
	"github.com/lintel-gateway/lintel/internal/store"
)

// Refresh compiles every group again: their host names lie under the gateway
// domain, which is a setting. It is for the start; groups that did not change
// cost one read each and are not sent anywhere.
func (a *Area) Refresh(ctx context.Context) error {
	ids, err := store.List(ctx, a.DB, store.Text, `SELECT id FROM groups ORDER BY id`)
	if err != nil || len(ids) == 0 {
		return err
	}
	return a.DB.Write(ctx, func(tx *store.Tx) error {
		for _, id := range ids {
			tx.Touch(string(definition.KindGroup), id)
		}
		return nil
	})
}

// Contribute is the published form of a group: the hosts under which gateways
// find its APIs, its sub-domain and its independent domains, and its limit. A
// group that is gone has none.
func (a *Area) Contribute(ctx context.Context, q store.Querier, id string) (any, error) {
	g, err := a.loadGroup(ctx, q, id)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	hosts, err := selectHosts(ctx, q, id)
	if err != nil {
		return nil, err
	}
	return definition.Group{
		ID: g.ID, ProjectID: g.projectID, Hosts: append(g.SLDomains, hosts...), SubDomain: g.SLDomain, Limit: g.limit(),
	}, nil
}
