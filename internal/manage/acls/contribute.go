package acls

import (
	"context"
	"errors"
	"fmt"

	"github.com/lintel-gateway/lintel/internal/definition"
	"github.com/lintel-gateway/lintel/internal/store"
)

// Contribute is the published form of the policy with the id, nil when it is
// gone.
func (a *Area) Contribute(ctx context.Context, q store.Querier, id string) (any, error) {
	acl, err := selectACL(ctx, q, id)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if err := acl.list(acl.Value); err != nil {
		return nil, fmt.Errorf("acls: stored list of policy %s: %w", id, err)
	}
	return definition.ACL{
		ID: acl.ID, Name: acl.Name, ProjectID: acl.projectID,
		Permit: acl.Type == typePermit, Entity: acl.EntityType, Values: acl.entries,
	}, nil
}
