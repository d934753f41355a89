package acls

import (
	"errors"

	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/wire"
)

// Spec is a policy as a document describes it (wire-facts §15.4).
type Spec struct{ Name, Type, Entity, Value string }

// Put answers the id of the project's policy with the name of s. It creates
// the policy, by all rules, when there is none, and with overwrite changes one
// that is there. The actor may write in the project; the caller has made sure.
func (a *Area) Put(r *wire.Request, tx *store.Tx, projectID string, s Spec, overwrite bool) (id string, err error) {
	id, err = selectNamed(r.Context(), tx, projectID, s.Name)
	switch {
	case errors.Is(err, store.ErrNotFound):
		acl, err := (&Input{Name: s.Name, Type: s.Type, Value: s.Value, EntityType: s.Entity}).build(projectID)
		if err != nil {
			return "", err
		}
		err = a.add(r, tx, acl)
		return acl.ID, err
	case err != nil, !overwrite:
		return id, err
	}
	acl, err := selectACL(r.Context(), tx, id)
	if err != nil {
		return "", err
	}
	if err := (&Change{Type: &s.Type, Value: &s.Value, EntityType: &s.Entity}).apply(acl); err != nil {
		return "", err
	}
	return id, a.save(r, tx, acl)
}
