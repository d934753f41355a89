package signs

import (
	"github.com/lintel-gateway/lintel/internal/binding"
	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/wire"
	"github.com/lintel-gateway/lintel/internal/wire/apig"
)

// BindInput is what binding takes (reference table 4-416).
type BindInput struct {
	SignID     string   `json:"sign_id" required:"true" doc:"Key id."`
	PublishIDs []string `json:"publish_ids" required:"true" doc:"Up to 1000 publications, whose APIs are bound in their environments."`
}

// Binding is a key bound to an API (reference tables 4-418, 4-423, 4-428).
type Binding struct {
	ID          string    `json:"id"`
	APIID       string    `json:"api_id"`
	APIName     string    `json:"api_name"`
	APIRemark   string    `json:"api_remark"`
	GroupName   string    `json:"group_name"`
	APIType     int       `json:"api_type" doc:"1 public, 2 private."`
	SignID      string    `json:"sign_id"`
	SignName    string    `json:"sign_name"`
	SignKey     string    `json:"sign_key"`
	SignSecret  string    `json:"sign_secret" doc:"Always *****; the list of keys shows it."`
	EnvID       string    `json:"env_id"`
	EnvName     string    `json:"env_name"`
	BindingTime apig.Time `json:"binding_time"`
	PublishID   string    `json:"publish_id" doc:"Empty while the API is not published in the environment."`
}

func (in *BindInput) check() error {
	var c apig.Check
	c.Required("sign_id", in.SignID)
	c.That(len(in.PublishIDs) > 0, apig.Missing("publish_ids"))
	c.Count("publish_ids", len(in.PublishIDs), binding.MaxPublications)
	return c.Err()
}

func (a *Area) binder() *binding.Binder {
	return &binding.Binder{Kind: binding.SignKeys(), IDs: a.IDs, Clock: a.Clock}
}

// policy is key as package binding takes it: an API has one in an environment.
func policy(key *Key) binding.Policy {
	return binding.Policy{ID: key.ID, ProjectID: key.projectID}
}

func (a *Area) bind(r *wire.Request, in *BindInput) ([]Binding, error) {
	if err := in.check(); err != nil {
		return nil, err
	}
	var out []Binding
	err := a.DB.Write(r.Context(), func(tx *store.Tx) error {
		key, err := own(r, tx, in.SignID)
		if err != nil {
			return err
		}
		apis, err := a.binder().Bind(r, tx, policy(key), in.PublishIDs)
		if err != nil {
			return err
		}
		out = bindings(key, apis)
		return nil
	})
	return out, err
}

// bindings are the APIs that key is bound to, as they are answered.
func bindings(key *Key, apis []binding.API) []Binding {
	out := make([]Binding, len(apis))
	for i := range apis {
		api := &apis[i]
		out[i] = Binding{
			ID: api.BindID, APIID: api.ID, APIName: api.Name, APIRemark: api.Remark, GroupName: api.GroupName, APIType: api.Type,
			SignID: key.ID, SignName: key.Name, SignKey: key.SignKey, SignSecret: masked,
			EnvID: api.EnvID, EnvName: api.EnvName, BindingTime: apig.Time(api.BindTime), PublishID: api.PublishID,
		}
	}
	return out
}

func (a *Area) unbind(r *wire.Request) error {
	id := r.Path("id")
	missing := apig.E3018.Msg("%s,id:%.128s", apig.E3018.Text(), id)
	return a.DB.Write(r.Context(), func(tx *store.Tx) error {
		return a.binder().Unbind(r, tx, id, missing, apig.E1112)
	})
}
