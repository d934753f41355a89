package acls

import (
	"github.com/lintel-gateway/lintel/internal/binding"
	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/wire"
	"github.com/lintel-gateway/lintel/internal/wire/apig"
)

// BindInput is what binding takes (reference table 4-341).
type BindInput struct {
	ACLID      string   `json:"acl_id" required:"true" doc:"Policy id."`
	PublishIDs []string `json:"publish_ids" required:"true" doc:"Up to 1000 publications, whose APIs are bound in their environments."`
}

// Bound is a binding in the answer (reference table 4-342).
type Bound struct {
	ID         string    `json:"id"`
	APIID      string    `json:"api_id"`
	EnvID      string    `json:"env_id"`
	ACLID      string    `json:"acl_id"`
	CreateTime apig.Time `json:"create_time"`
}

func (in *BindInput) check() error {
	var c apig.Check
	c.Required("acl_id", in.ACLID)
	c.That(len(in.PublishIDs) > 0, apig.Missing("publish_ids"))
	c.Count("publish_ids", len(in.PublishIDs), binding.MaxPublications)
	return c.Err()
}

func (a *Area) binder() *binding.Binder {
	return &binding.Binder{Kind: binding.ACLs(), IDs: a.IDs, Clock: a.Clock}
}

// policy is acl as package binding takes it.
func policy(acl *ACL) binding.Policy {
	return binding.Policy{ID: acl.ID, ProjectID: acl.projectID, Slot: acl.EntityType}
}

func (a *Area) bind(r *wire.Request, in *BindInput) ([]Bound, error) {
	if err := in.check(); err != nil {
		return nil, err
	}
	out := []Bound{}
	err := a.DB.Write(r.Context(), func(tx *store.Tx) error {
		acl, err := own(r, tx, in.ACLID)
		if err != nil {
			return err
		}
		apis, err := a.binder().Bind(r, tx, policy(acl), in.PublishIDs)
		if err != nil {
			return err
		}
		for i := range apis {
			api := &apis[i]
			out = append(out, Bound{ID: api.BindID, APIID: api.ID, EnvID: api.EnvID, ACLID: acl.ID, CreateTime: apig.Time(api.BindTime)})
		}
		return nil
	})
	return out, err
}

func (a *Area) unbind(r *wire.Request) error {
	id := r.Path("id")
	missing := apig.E3010.Msg("%s,id:%.128s", apig.E3010.Text(), id)
	return a.DB.Write(r.Context(), func(tx *store.Tx) error {
		return a.binder().Unbind(r, tx, id, missing, apig.E1106)
	})
}
