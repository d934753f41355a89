package openapi

import (
	"context"
	"errors"
	"maps"

	"github.com/lintel-gateway/lintel/internal/binding"
	"github.com/lintel-gateway/lintel/internal/manage/apis/openapi/importer"
	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/wire/apig"
)

// policies are those that one operation names.
type policies struct{ throttles, acls map[string]binding.Policy }

// keep remembers them once their transaction is committed.
func (p *policies) keep(i *importing) {
	maps.Copy(i.throttles, p.throttles)
	maps.Copy(i.acls, p.acls)
}

// wish binds them at the API's next publications.
func (p *policies) wish(ctx context.Context, tx *store.Tx, apiID string) error {
	for kind, list := range map[binding.Kind]map[string]binding.Policy{binding.Throttles(): p.throttles, binding.ACLs(): p.acls} {
		for _, policy := range list {
			if err := binding.Wish(ctx, tx, kind, policy, apiID); err != nil {
				return err
			}
		}
	}
	return nil
}

// policies makes or finds what the operation names. What the document does not
// define may be in the project already.
func (i *importing) policies(tx *store.Tx, op *importer.Operation) (*policies, error) {
	p := &policies{map[string]binding.Policy{}, map[string]binding.Policy{}}
	if op.Throttle != "" {
		policy, err := i.throttle(tx, op.Throttle)
		if err != nil {
			return nil, err
		}
		p.throttles[op.Throttle] = policy
	}
	slots := map[string]bool{}
	for _, name := range op.ACLs {
		policy, err := i.acl(tx, name)
		if err != nil {
			return nil, err
		}
		if slots[policy.Slot] { // an API has one of each type (wire-facts §19 row 5)
			return nil, apig.Invalid("x-apigateway-access-control").With("two policies of one entity type")
		}
		slots[policy.Slot] = true
		p.acls[name] = policy
	}
	return p, nil
}

func (i *importing) throttle(tx *store.Tx, name string) (binding.Policy, error) {
	if policy, ok := i.throttles[name]; ok {
		return policy, nil
	}
	policy := binding.Policy{ProjectID: i.projectID}
	var err error
	if t, ok := i.plan.Throttles[name]; ok {
		policy.ID, err = i.area.Policies.Throttle(i.r, tx, i.projectID, t, i.extendOverride)
		return policy, err
	}
	policy.ID, err = selectNamed(i.r.Context(), tx, "throttles", i.projectID, name, "")
	if errors.Is(err, store.ErrNotFound) {
		return policy, apig.E3005.Msg("The request throttling policy does not exist,name:%.64s", name)
	}
	return policy, err
}

func (i *importing) acl(tx *store.Tx, name string) (binding.Policy, error) {
	if policy, ok := i.acls[name]; ok {
		return policy, nil
	}
	policy := binding.Policy{ProjectID: i.projectID}
	var err error
	if a, ok := i.plan.ACLs[name]; ok {
		policy.ID, err = i.area.Policies.ACL(i.r, tx, i.projectID, a, i.extendOverride)
	} else {
		policy.ID, err = selectNamed(i.r.Context(), tx, "acls", i.projectID, name, "")
	}
	switch {
	case errors.Is(err, store.ErrNotFound):
		return policy, apig.E3006.Msg("The access control policy does not exist,name:%.64s", name)
	case err != nil:
		return policy, err
	}
	policy.Slot, err = selectEntity(i.r.Context(), tx, policy.ID)
	return policy, err
}
