package releases

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/lintel-gateway/lintel/internal/binding"
	"github.com/lintel-gateway/lintel/internal/definition"
	"github.com/lintel-gateway/lintel/internal/manage/apis/draft"
	"github.com/lintel-gateway/lintel/internal/quota"
	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/wire"
	"github.com/lintel-gateway/lintel/internal/wire/apig"
)

const (
	maxRemark = 255
	// versionForm is the moment of publishing, as in the sample of 4.2.10.
	versionForm = "20060102150405"
)

// PublishRequest is the body of 4.2.5.
type PublishRequest struct {
	EnvID  string `json:"env_id" doc:"Environment id; DEFAULT_ENVIRONMENT_RELEASE_ID is RELEASE."`
	Remark string `json:"remark,omitempty" doc:"At most 255 characters."`
}

// Publication is one act of publishing (table 4-94).
type Publication struct {
	PublishID   string    `json:"publish_id"`
	APIID       string    `json:"api_id"`
	EnvID       string    `json:"env_id"`
	Remark      string    `json:"remark,omitempty"`
	PublishTime apig.Time `json:"publish_time"`
	VersionID   string    `json:"version_id"`
}

// Published is a publication as its making answers it.
type Published struct {
	Publication
	Warnings []string `json:"warnings,omitempty" doc:"Why calls will be refused although the API is published; not in the reference."`
}

func (a *Area) publish(r *wire.Request, in *PublishRequest) (*Published, error) {
	var c apig.Check
	c.Required("env_id", in.EnvID)
	c.Text("remark", in.Remark, maxRemark)
	if err := c.Err(); err != nil {
		return nil, err
	}
	r.Touched(r.Path("api_id"))
	var out *Published
	err := a.DB.Write(r.Context(), func(tx *store.Tx) error {
		api, err := loadDraft(r.Context(), tx, &r.Actor, r.Path("api_id"))
		if err != nil {
			return err
		}
		if err := ownEnv(r.Context(), tx, &r.Actor, api.projectID, in.EnvID); err != nil {
			return err
		}
		out, err = a.release(r.Context(), tx, api, in.EnvID, in.Remark)
		return err
	})
	return out, err
}

// release freezes the draft as a version, makes it the one that the
// environment serves, and forgets versions beyond the kept ones.
func (a *Area) release(ctx context.Context, tx *store.Tx, api *draftRow, envID, remark string) (*Published, error) {
	used, err := usedVariables(ctx, tx, api, envID)
	if err != nil {
		return nil, err
	}
	variables, err := json.Marshal(used)
	if err != nil {
		return nil, err
	}
	now := a.Clock()
	p := &Publication{
		PublishID: a.IDs.New(), APIID: api.id, EnvID: envID, Remark: remark,
		PublishTime: apig.Time(now), VersionID: a.IDs.New(),
	}
	v := versionRow{
		Publication: *p, number: now.UTC().Format(versionForm), document: api.document, variables: string(variables),
		registered: apig.Time(store.Time(api.registered)), updated: apig.Time(store.Time(api.updated)),
	}
	if err := insertVersion(ctx, tx, &v); err != nil {
		return nil, err
	}
	if err := replacePublication(ctx, tx, p, api.projectID, api.doc.AuthType); err != nil {
		return nil, err
	}
	limits, err := a.Quotas.For(ctx, tx, api.projectID)
	if err != nil {
		return nil, err
	}
	if err := forgetVersions(ctx, tx, api.id, envID, limits.Of(quota.Versions)); err != nil {
		return nil, err
	}
	if err := replaceUses(ctx, tx, api.id, envID, api.doc.Uses()); err != nil {
		return nil, err
	}
	if err := binding.Published(ctx, tx, a.IDs, api.id, envID, api.projectID, now); err != nil {
		return nil, err
	}
	if err := grantOrders(ctx, tx, a.IDs, api, envID, now); err != nil {
		return nil, err
	}
	tx.Touch(string(definition.KindAPI), recordID(api.id, envID))
	return &Published{*p, api.doc.Warnings(a.Targets, used)}, nil
}

// usedVariables answers the values of the environment variables that the draft
// uses, and refuses a draft whose variables are not all there: the
// alternative, a published API that cannot be called, helps nobody
// (wire-facts §11 recommends the refusal).
func usedVariables(ctx context.Context, q store.Querier, api *draftRow, envID string) (map[string]string, error) {
	all, err := loadVariables(ctx, q, api.doc.GroupID, envID)
	if err != nil {
		return nil, err
	}
	used := map[string]string{}
	for _, name := range api.doc.Variables() {
		value, ok := all[name]
		if !ok {
			return nil, apig.E2011.Msg("Invalid parameter value,parameterName:env_id. The environment variable %s that the API uses is not defined in this environment", name)
		}
		used[name] = value
	}
	if _, err := api.doc.Compile(used); err != nil {
		return nil, refusal(err)
	}
	return used, nil
}

// refusal turns a fault of substituted values into the answer of a publish.
func refusal(err error) error {
	if _, ok := errors.AsType[*wire.Error](err); ok {
		return err
	}
	return apig.E2011.Msg("Invalid parameter value,parameterName:env_id. %s", err.Error())
}

func (a *Area) offline(r *wire.Request) error {
	env := r.Query().Get("env_id")
	if env == "" {
		return apig.Missing("env_id")
	}
	r.Touched(r.Path("api_id"))
	return a.DB.Write(r.Context(), func(tx *store.Tx) error {
		api, err := loadDraft(r.Context(), tx, &r.Actor, r.Path("api_id"))
		if err != nil {
			return err
		}
		if err := ownEnv(r.Context(), tx, &r.Actor, api.projectID, env); err != nil {
			return err
		}
		return withdraw(r.Context(), tx, api.id, env)
	})
}

// withdraw ends a publication; its versions stay.
func withdraw(ctx context.Context, tx *store.Tx, apiID, envID string) error {
	n, err := tx.Exec(ctx, `DELETE FROM api_publications WHERE api_id = $1 AND env_id = $2`, apiID, envID)
	if err != nil {
		return err
	}
	if n == 0 {
		return apig.NoPublication(apiID)
	}
	if err := replaceUses(ctx, tx, apiID, envID, nil); err != nil {
		return err
	}
	tx.Touch(string(definition.KindAPI), recordID(apiID, envID))
	return nil
}

func (a *Area) offlineVersion(r *wire.Request) error {
	id := r.Path("version_id")
	r.Touched(id)
	return a.DB.Write(r.Context(), func(tx *store.Tx) error {
		v, err := loadVersion(r.Context(), tx, &r.Actor, id)
		if err != nil {
			return err
		}
		if !v.running {
			return apig.NoPublication(v.APIID)
		}
		return withdraw(r.Context(), tx, v.APIID, v.EnvID)
	})
}

// recordID is the id of an API's record: the unit of publication.
func recordID(apiID, envID string) string { return apiID + "/" + envID }

// Contribute makes the definition that a publication stands for; nil when the
// API is not published there (any more).
func (a *Area) Contribute(ctx context.Context, q store.Querier, id string) (any, error) {
	p, err := loadPublished(ctx, q, id)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var doc draft.Document
	var variables map[string]string
	if err := errors.Join(
		json.Unmarshal([]byte(p.document), &doc),
		json.Unmarshal([]byte(p.variables), &variables),
	); err != nil {
		return nil, fmt.Errorf("releases: version %s: %w", p.versionID, err)
	}
	api, err := doc.Compile(variables)
	if err != nil {
		return nil, refusal(err)
	}
	api.ID, api.ProjectID, api.GroupID = p.apiID, p.projectID, p.groupID
	api.EnvID, api.EnvName = p.envID, p.envName
	api.PublishID, api.VersionID = p.publishID, p.versionID
	return api, nil
}
