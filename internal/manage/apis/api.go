package apis

import (
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

	projectID string
}

// RunEnv says where an API is published; several environments are joined by
// '|' in the same order in all three fields.
type RunEnv struct {
	RunEnvName string `json:"run_env_name,omitempty"`
	RunEnvID   string `json:"run_env_id,omitempty"`
	PublishID  string `json:"publish_id,omitempty"`
}

func (a *Area) create(r *wire.Request, doc *draft.Document) (*API, error) {
	if err := a.check(doc, false); err != nil {
		return nil, err
	}
	now := a.Clock()
	api := &API{
		Document: *doc, ID: a.IDs.New(), Status: 1, ArrangeNecessary: 2,
		RegisterTime: apig.Time(now), UpdateTime: apig.Time(now), projectID: r.Actor.ProjectID,
	}
	api.stamp()
	r.Touched(api.ID)
	return api, a.DB.Write(r.Context(), func(tx *store.Tx) error {
		group, err := loadGroup(r.Context(), tx, doc.GroupID)
		if err != nil {
			return err
		}
		if err := apig.Own(&r.Actor, group.projectID, apig.E1101); err != nil {
			return err
		}
		// The API belongs to the project of its group, also when an
		// administrator of another project registers it.
		api.projectID, api.GroupName = group.projectID, group.name
		if err := a.room(r, tx, api); err != nil {
			return err
		}
		if err := a.references(r, tx, api); err != nil {
			return err
		}
		return insertAPI(r.Context(), tx, api)
	})
}

func (a *Area) update(r *wire.Request, doc *draft.Document) (*API, error) {
	var api *API
	r.Touched(r.Path("id"))
	err := a.DB.Write(r.Context(), func(tx *store.Tx) (err error) {
		if api, err = a.own(r, tx); err != nil {
			return err
		}
		if doc.GroupID == "" {
			doc.GroupID = api.GroupID
		}
		if err := a.check(doc, true); err != nil {
			return err
		}
		if doc.GroupID != api.GroupID {
			return apig.Invalid("group_id") // cannot be changed (4.2.3)
		}
		api.Document, api.UpdateTime = *doc, apig.Time(a.Clock())
		api.stamp()
		if err := a.references(r, tx, api); err != nil {
			return err
		}
		return updateAPI(r.Context(), tx, api)
	})
	return api, err
}

func (a *Area) delete(r *wire.Request) error {
	r.Touched(r.Path("id"))
	return a.DB.Write(r.Context(), func(tx *store.Tx) error {
		api, err := a.own(r, tx)
		if err != nil {
			return err
		}
		if api.PublishID != "" {
			return apig.E3416
		}
		return deleteAPI(r.Context(), tx, api.ID)
	})
}

func (a *Area) show(r *wire.Request) (*API, error) { return a.own(r, a.DB) }

// own loads the API of the path and refuses another project's.
func (a *Area) own(r *wire.Request, q store.Querier) (*API, error) {
	id := r.Path("id")
	api, err := loadAPI(r.Context(), q, id)
	if errors.Is(err, store.ErrNotFound) {
		return nil, apig.NoAPI(id)
	}
	if err != nil {
		return nil, err
	}
	return api, apig.Own(&r.Actor, api.projectID, apig.E1102)
}

func (a *Area) check(doc *draft.Document, update bool) error {
	return doc.Check(draft.Rules{Limits: a.Limits, NewID: a.IDs.New, Update: update})
}

// room holds the numbers of APIs under the limits of the project and the group.
func (a *Area) room(r *wire.Request, tx *store.Tx, api *API) error {
	inProject, inGroup, err := countAPIs(r.Context(), tx, api.projectID, api.GroupID)
	switch {
	case err != nil:
		return err
	case inProject >= a.Limits.Of(quota.APIs):
		return apig.E3102
	case inGroup >= a.Limits.Of(quota.APIsPerGroup):
		return apig.E3125
	}
	return nil
}

// references refuses what is taken and what does not exist. Authorizers,
// channels and functions have no rows yet, so no id of theirs can exist.
func (a *Area) references(r *wire.Request, tx *store.Tx, api *API) error {
	if api.AuthType == "AUTHORIZER" {
		return apig.E3081.Msg("authorizer with id: %s not found", api.AuthorizerID)
	}
	if b := api.BackendAPI; b != nil && b.AuthorizerID != "" {
		return apig.E3081.Msg("authorizer with id: %s not found", b.AuthorizerID)
	}
	if id := api.channel(); id != "" {
		return apig.E3023.Msg("The VPC channel does not exist,id:%s", id)
	}
	if api.BackendType == "FUNCTION" {
		return apig.E3019
	}
	return conflict(r.Context(), tx, api)
}

func (api *API) channel() string {
	if b := api.BackendAPI; b != nil && b.VPCInfo != nil {
		return b.VPCInfo.VPCID
	}
	for i := range api.PolicyHTTPS {
		if v := api.PolicyHTTPS[i].VPCInfo; v != nil {
			return v.VPCID
		}
	}
	return ""
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
