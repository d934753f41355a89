package binding

import (
	"context"
	"embed"
	"errors"
	"io/fs"
	"time"

	"github.com/lintel-gateway/lintel/internal/clock"
	"github.com/lintel-gateway/lintel/internal/definition"
	"github.com/lintel-gateway/lintel/internal/ids"
	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/wire"
	"github.com/lintel-gateway/lintel/internal/wire/apig"
)

//go:embed schema/*.sql
var schema embed.FS

// Schema is the package's part of the database schema.
func Schema() fs.FS { return store.Schema(schema) }

// Kind is one kind of policy: what its area calls it and where it is kept.
type Kind struct {
	Policy string // definition.BindThrottle and so on
	Table  string // of the policies: id, name, project_id
}

// The kinds of policies that are bound.
func Throttles() Kind { return Kind{definition.BindThrottle, "throttles"} }
func ACLs() Kind      { return Kind{definition.BindACL, "acls"} }
func SignKeys() Kind  { return Kind{definition.BindSign, "sign_keys"} }

// Policy is the one to be bound.
type Policy struct {
	ID, ProjectID string
	Slot          string // the entity type of an access control policy, else ""
}

// MaxPublications bounds one call that binds: a write transaction, for which
// every other writer waits.
const MaxPublications = 1000

// Binder binds the policies of one kind.
type Binder struct {
	Kind  Kind
	IDs   *ids.Source
	Clock clock.Clock
}

// Bind binds the policy to the published APIs and answers the bindings in the
// order of the publications, each once. It refuses the whole call when one
// publication does not exist (APIG.3015), is another project's (APIG.1102) or
// not of the policy's project (APIG.1201).
func (b *Binder) Bind(r *wire.Request, tx *store.Tx, p Policy, publications []string) ([]API, error) {
	out := make([]API, 0, len(publications))
	seen := map[string]bool{}
	for _, publication := range publications {
		if seen[publication] {
			continue
		}
		seen[publication] = true
		api, err := b.bind(r, tx, p, publication)
		if err != nil {
			return nil, err
		}
		out = append(out, *api)
	}
	return out, nil
}

func (b *Binder) bind(r *wire.Request, tx *store.Tx, p Policy, publication string) (*API, error) {
	ctx := r.Context()
	api, projectID, err := published(ctx, tx, b.Kind, p.Slot, publication)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return nil, apig.NoPublication(publication)
	case err != nil:
		return nil, err
	}
	if err := apig.Own(&r.Actor, projectID, apig.E1102); err != nil {
		return nil, err
	}
	if projectID != p.ProjectID {
		return nil, apig.E1201
	}
	if api.PolicyID == p.ID {
		r.Touched(api.BindID)
		return api, nil
	}
	old := api.BindID
	api.BindID, api.PolicyID, api.BindTime = b.IDs.New(), p.ID, b.Clock()
	r.Touched(api.BindID)
	// Gateways take changes in the order of touching, one by one: with the new
	// policy first an API is never without one.
	tx.Touch(string(definition.KindBinding), api.BindID)
	if old != "" {
		if err := drop(ctx, tx, `id = $1`, old); err != nil {
			return nil, err
		}
	}
	return api, insert(ctx, tx, b.Kind, p, api.BindID, api.ID, api.EnvID, api.BindTime)
}

// Unbind ends a binding, and the wish that it came from: otherwise the next
// publication would bind again what a client has just unbound. It refuses one
// that is not there with missing and another project's with denied, the area's
// refusals.
func (b *Binder) Unbind(r *wire.Request, tx *store.Tx, id string, missing, denied *wire.Error) error {
	projectID, err := owner(r.Context(), tx, b.Kind, id)
	if errors.Is(err, store.ErrNotFound) {
		return missing
	}
	if err != nil {
		return err
	}
	if err := apig.Own(&r.Actor, projectID, denied); err != nil {
		return err
	}
	r.Touched(id)
	if err := forget(r.Context(), tx, id); err != nil {
		return err
	}
	return drop(r.Context(), tx, `id = $1`, id)
}

// DropAPI ends all bindings and wishes of an API that is being deleted.
func DropAPI(ctx context.Context, tx *store.Tx, apiID string) error {
	if err := tx.Send(ctx, `DELETE FROM binding_wishes WHERE api_id = $1`, apiID); err != nil {
		return err
	}
	return drop(ctx, tx, `api_id = $1`, apiID)
}

// DropEnv ends all bindings in an environment that is being deleted.
func DropEnv(ctx context.Context, tx *store.Tx, envID string) error {
	return drop(ctx, tx, `env_id = $1`, envID)
}

// DropPolicy ends all bindings and wishes of a policy that is being deleted.
func DropPolicy(ctx context.Context, tx *store.Tx, policyID string) error {
	if err := tx.Send(ctx, `DELETE FROM binding_wishes WHERE policy_id = $1`, policyID); err != nil {
		return err
	}
	return drop(ctx, tx, `policy_id = $1`, policyID)
}

// Wish binds the policy to an API wherever it is published next, in place of
// an older wish for the same slot. The two are of one project; the caller has
// made sure.
func Wish(ctx context.Context, tx *store.Tx, k Kind, p Policy, apiID string) error {
	_, err := tx.Exec(ctx, `
		INSERT INTO binding_wishes (api_id, policy, slot, policy_id) VALUES ($1, $2, $3, $4)
		ON CONFLICT (api_id, policy, slot) DO UPDATE SET policy_id = excluded.policy_id`,
		apiID, k.Policy, p.Slot, p.ID)
	return err
}

// Published grants the wishes of an API that is being published: what is bound
// there already stays.
func Published(ctx context.Context, tx *store.Tx, source *ids.Source, apiID, envID, projectID string, now time.Time) error {
	wishes, err := openWishes(ctx, tx, apiID, envID)
	if err != nil {
		return err
	}
	for _, w := range wishes {
		p := Policy{ID: w.policyID, ProjectID: projectID, Slot: w.slot}
		if err := insert(ctx, tx, Kind{Policy: w.policy}, p, source.New(), apiID, envID, now); err != nil {
			return err
		}
	}
	return nil
}

// Contribute is the published form of the binding with the id, nil when it
// ended.
func Contribute(ctx context.Context, q store.Querier, id string) (any, error) {
	b, err := selectDefinition(ctx, q, id)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return b, nil
}
