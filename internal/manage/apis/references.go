package apis

import (
	"errors"

	"github.com/lintel-gateway/lintel/internal/manage/apis/draft"
	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/wire"
	"github.com/lintel-gateway/lintel/internal/wire/apig"
)

// references refuses what is taken and what does not exist. What an API names
// is of its own project, whoever writes it: another project's is refused like
// one that does not exist, except where the catalogue has a code for it.
func (a *Area) references(r *wire.Request, tx *store.Tx, api *API) error {
	if err := api.checkAuthorizer(r, tx, api.AuthorizerID, "FRONTEND"); err != nil {
		return err
	}
	if b := api.BackendAPI; b != nil {
		if err := api.checkAuthorizer(r, tx, b.AuthorizerID, "BACKEND"); err != nil {
			return err
		}
	}
	for _, use := range api.Uses() {
		if err := api.checkUse(r, tx, use); err != nil {
			return err
		}
	}
	return conflict(r.Context(), tx, api)
}

func (api *API) checkAuthorizer(r *wire.Request, q store.Querier, id, want string) error {
	if id == "" {
		return nil
	}
	projectID, kind, err := selectAuthorizer(r.Context(), q, id)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return apig.NoAuthorizer(id)
	case err != nil:
		return err
	case projectID != api.projectID:
		return apig.E1137
	case kind != want:
		return apig.Invalid("authorizer_id").With("it is a " + kind + " authorizer, a " + want + " one belongs here")
	}
	return nil
}

// checkUse refuses a channel, function or response that is not the API's to
// name.
func (api *API) checkUse(r *wire.Request, q store.Querier, use draft.Use) error {
	var owner string
	var err error
	missing, denied := apig.Invalid("response_id"), apig.Invalid("response_id")
	want := api.projectID
	switch use.Kind {
	case draft.UseChannel:
		owner, err = selectChannelProject(r.Context(), q, use.Ref)
		missing, denied = apig.NoChannel(use.Ref), apig.E1113
	case draft.UseFunction:
		owner, err = selectFunctionProject(r.Context(), q, use.Ref)
		missing, denied = apig.E3019, apig.E3019
	case draft.UseResponse:
		owner, err = selectResponseGroup(r.Context(), q, use.Ref)
		want = api.GroupID
	default: // authorizers are checked with their type
		return nil
	}
	switch {
	case errors.Is(err, store.ErrNotFound):
		return missing
	case err != nil:
		return err
	case owner != want:
		return denied
	}
	return nil
}
