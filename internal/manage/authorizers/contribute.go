package authorizers

import (
	"context"
	"errors"

	"github.com/lintel-gateway/lintel/internal/definition"
	"github.com/lintel-gateway/lintel/internal/store"
)

// Contribute is the published form of the authorizer with the id, nil when
// there is none any more. Its URN has a version always: it is the id of the
// function's record.
func (a *Area) Contribute(ctx context.Context, q store.Querier, id string) (any, error) {
	z, err := selectAuthorizer(ctx, q, id)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	out := definition.Authorizer{
		ID: z.ID, Name: z.Name, ProjectID: z.projectID, Type: z.Type, URN: z.function + ":" + z.version,
		TTL: z.TTL, UserData: z.UserData,
	}
	for _, i := range z.Identities {
		out.Identities = append(out.Identities, definition.IdentitySource{Name: i.Name, In: i.Location})
	}
	return out, nil
}
