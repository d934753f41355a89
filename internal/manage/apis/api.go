package apis

import (
	"context"
	"errors"

	"github.com/lintel-gateway/lintel/internal/manage/apis/draft"
	"github.com/lintel-gateway/lintel/internal/quota"
	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/wire"
	"github.com/lintel-gateway/lintel/internal/wire/apig"
)

// API is a draft as it is answered (reference table 4-50).
type API struct {
	draft.Document
	ID               string    `json:"id"`
	GroupName        string    `json:"group_name"`
	Status           int       `json:"status" doc:"Always 1."`
	ArrangeNecessary int       `json:"arrange_necessary" doc:"Always 2."`
	RegisterTime     apig.Time `json:"register_time"`
	UpdateTime       apig.Time `json:"update_time"`
	RunEnv
	Warnings []string `json:"warnings,omitempty" doc:"Why calls will be refused although the API is accepted; not in the reference."`

	projectID string
}

// RunEnv says where an API is published; several environments are joined by
// '|' in the same order in all three fields.
type RunEnv struct {
	RunEnvName string `json:"run_env_name,omitempty"`
	RunEnvID   string `json:"run_env_id,omitempty"`
	PublishID  string `json:"publish_id,omitempty"`
}

func (r *RunEnv) add(env, name, publication string) {
	if r.RunEnvID != "" {
		r.RunEnvName, r.RunEnvID, r.PublishID = r.RunEnvName+"|", r.RunEnvID+"|", r.PublishID+"|"
	}
	r.RunEnvName, r.RunEnvID, r.PublishID = r.RunEnvName+name, r.RunEnvID+env, r.PublishID+publication
}

func (a *Area) create(r *wire.Request, doc *draft.Document) (api *API, err error) {
	return api, a.DB.Write(r.Context(), func(tx *store.Tx) error {
		if api, err = a.Add(r, tx, doc); err == nil {
			a.warn(api)
		}
		return err
	})
}

// warn says what is known of the draft that will make calls fail. A name may
// lead anywhere, and where a #variable# leads is known with its environment.
func (a *Area) warn(api *API) { api.Warnings = api.Document.Warnings(a.Targets, nil) }

// Add registers an API inside a transaction, as 4.2.2 does.
func (a *Area) Add(r *wire.Request, tx *store.Tx, doc *draft.Document) (*API, error) {
	limits, err := a.Quotas.For(r.Context(), tx, r.Actor.ProjectID)
	if err != nil {
		return nil, err
	}
	if err := a.check(doc, limits, false); err != nil {
		return nil, err
	}
	group, err := loadGroup(r.Context(), tx, doc.GroupID)
	if err != nil {
		return nil, err
	}
	if err := apig.Own(&r.Actor, group.projectID, apig.E1101); err != nil {
		return nil, err
	}
	now := a.Clock()
	// The API belongs to the project of its group, also when an administrator
	// of another project registers it.
	api := &API{
		Document: *doc, ID: a.IDs.New(), Status: 1, ArrangeNecessary: 2, GroupName: group.name,
		RegisterTime: apig.Time(now), UpdateTime: apig.Time(now), projectID: group.projectID,
	}
	api.stamp()
	r.Touched(api.ID)
	if group.projectID != r.Actor.ProjectID { // an administrator in another's project
		if limits, err = a.Quotas.For(r.Context(), tx, group.projectID); err != nil {
			return nil, err
		}
	}
	if err := a.room(r.Context(), tx, group, limits); err != nil {
		return nil, err
	}
	if err := a.references(r, tx, api); err != nil {
		return nil, err
	}
	return api, insertAPI(r.Context(), tx, api)
}

func (a *Area) update(r *wire.Request, doc *draft.Document) (api *API, err error) {
	return api, a.DB.Write(r.Context(), func(tx *store.Tx) error {
		if api, err = a.Change(r, tx, r.Path("id"), doc); err == nil {
			a.warn(api)
		}
		return err
	})
}

// Change replaces the draft of an API inside a transaction, as 4.2.3 does.
func (a *Area) Change(r *wire.Request, tx *store.Tx, id string, doc *draft.Document) (*API, error) {
	r.Touched(id)
	api, err := load(r, tx, id)
	if err != nil {
		return nil, err
	}
	if doc.GroupID == "" {
		doc.GroupID = api.GroupID
	}
	limits, err := a.Quotas.For(r.Context(), tx, api.projectID)
	if err != nil {
		return nil, err
	}
	if err := a.check(doc, limits, true); err != nil {
		return nil, err
	}
	if doc.GroupID != api.GroupID {
		return nil, apig.Invalid("group_id") // cannot be changed (4.2.3)
	}
	was := api.Document
	api.Document, api.UpdateTime = *doc, apig.Time(a.Clock())
	api.stamp()
	if err := a.references(r, tx, api); err != nil {
		return nil, err
	}
	return api, updateAPI(r.Context(), tx, api, &was)
}

func (a *Area) delete(r *wire.Request) error {
	r.Touched(r.Path("id"))
	return a.DB.Write(r.Context(), func(tx *store.Tx) error {
		api, err := load(r, tx, r.Path("id"))
		if err != nil {
			return err
		}
		if api.PublishID != "" {
			return apig.E3416
		}
		return deleteAPI(r.Context(), tx, api.ID)
	})
}

func (a *Area) show(r *wire.Request) (*API, error) {
	api, err := load(r, a.DB, r.Path("id"))
	if err == nil {
		a.warn(api)
	}
	return api, err
}

// load reads an API and refuses another project's.
func load(r *wire.Request, q store.Querier, id string) (*API, error) {
	api, err := loadAPI(r.Context(), q, id)
	if errors.Is(err, store.ErrNotFound) {
		return nil, apig.NoAPI(id)
	}
	if err != nil {
		return nil, err
	}
	return api, apig.Own(&r.Actor, api.projectID, apig.E1102)
}

func (a *Area) check(doc *draft.Document, limits quota.Limits, update bool) error {
	return doc.Check(draft.Rules{Limits: limits, NewID: a.IDs.New, Update: update})
}

// room holds the numbers of APIs under the limits of the project and the group,
// and those of its department and the cloud.
func (a *Area) room(ctx context.Context, q store.Querier, group groupRow, limits quota.Limits) error {
	switch {
	case limits.Full(quota.APIs, group.inProject):
		return apig.E3102
	case limits.Full(quota.APIsPerGroup, group.inGroup):
		return apig.E3125
	}
	return a.Quotas.Above(ctx, q, group.projectID, quota.APIs, apig.E3102)
}

// stamp repeats the API's times in its backend block, as the reference does.
func (api *API) stamp() {
	t := draft.Times{RegisterTime: api.RegisterTime.String(), UpdateTime: api.UpdateTime.String()}
	switch {
	case api.BackendAPI != nil:
		api.BackendAPI.Times = t
	case api.MockInfo != nil:
		api.MockInfo.Times = t
	case api.FuncInfo != nil:
		api.FuncInfo.Times = t
	}
}
