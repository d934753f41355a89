package grants

import (
	"errors"

	"github.com/lintel-gateway/lintel/internal/definition"
	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/wire"
	"github.com/lintel-gateway/lintel/internal/wire/apig"
)

// Input is what granting takes (reference table 4-195).
type Input struct {
	APIIDs []string `json:"api_ids" required:"true" doc:"Up to 1000 APIs."`
	AppIDs []string `json:"app_ids" required:"true" doc:"Apps; at most 5000 pairs of API and app in one call."`
	EnvID  string   `json:"env_id" required:"true" doc:"Environment in which the APIs are published."`
}

// Result is one grant in the answer (reference table 4-197).
type Result struct {
	ID         string    `json:"id"`
	APIID      string    `json:"api_id"`
	AppID      string    `json:"app_id"`
	AuthTime   apig.Time `json:"auth_time"`
	AuthRole   string    `json:"auth_role" doc:"PROVIDER, or CONSUMER for grants of the marketplace."`
	AuthResult string    `json:"auth_result" doc:"SUCCESS, or SKIPPED when the grant existed."`
}

const (
	roleProvider = "PROVIDER"
	roleConsumer = "CONSUMER"

	resultSuccess = "SUCCESS"
	resultSkipped = "SKIPPED"

	authApp = "APP"

	// releaseEnv is the environment that every project has without a row.
	releaseEnv = "DEFAULT_ENVIRONMENT_RELEASE_ID"

	maxAPIs = 1000 // wire-facts §3.5
	// maxPairs bounds one write transaction, for which every other writer
	// waits: 0.4 s on SQLite before publication (TestLargestCall).
	maxPairs = 5_000
)

func (in *Input) check() error {
	var c apig.Check
	c.That(len(in.APIIDs) > 0, apig.Missing("api_ids"))
	c.That(len(in.AppIDs) > 0, apig.Missing("app_ids"))
	c.Required("env_id", in.EnvID)
	c.Count("api_ids", len(in.APIIDs), maxAPIs)
	c.Count("app_ids", len(in.AppIDs), maxPairs/max(len(in.APIIDs), 1))
	return c.Err()
}

func (a *Area) create(r *wire.Request, in *Input) ([][]Result, error) {
	if err := in.check(); err != nil {
		return nil, err
	}
	var out [][]Result
	err := a.DB.Write(r.Context(), func(tx *store.Tx) error {
		if err := checkEnv(r, tx, in.EnvID); err != nil {
			return err
		}
		owners := make(map[string]string, len(in.APIIDs)) // API → project
		for _, id := range in.APIIDs {
			projectID, err := grantable(r, tx, id, in.EnvID)
			if err != nil {
				return err
			}
			owners[id] = projectID
		}
		for _, id := range in.AppIDs {
			if _, err := appProject(r, tx, id); err != nil {
				return err
			}
			results, err := a.grant(r, tx, id, in, owners)
			if err != nil {
				return err
			}
			out = append(out, results)
		}
		return nil
	})
	return out, err
}

// grant lets one app call the APIs of in.
func (a *Area) grant(r *wire.Request, tx *store.Tx, appID string, in *Input, owners map[string]string) ([]Result, error) {
	have, err := selectGranted(r.Context(), tx, appID, in.EnvID)
	if err != nil {
		return nil, err
	}
	now := apig.Time(a.Clock())
	results := make([]Result, 0, len(in.APIIDs))
	for _, apiID := range in.APIIDs {
		g, found := have[apiID]
		if found {
			g.AuthResult = resultSkipped
		} else {
			g = Result{ID: a.IDs.New(), APIID: apiID, AppID: appID, AuthTime: now, AuthRole: roleProvider, AuthResult: resultSuccess}
			if err := insertGrant(r.Context(), tx, &g, in.EnvID, owners[apiID]); err != nil {
				return nil, err
			}
			tx.Touch(string(definition.KindGrant), g.ID)
			have[apiID] = g // an id given twice is skipped the second time
			r.Touched(g.ID)
		}
		results = append(results, g)
	}
	return results, nil
}

func (a *Area) delete(r *wire.Request) error {
	id := r.Path("id")
	return a.DB.Write(r.Context(), func(tx *store.Tx) error {
		provider, consumer, role, err := selectParties(r.Context(), tx, id)
		if errors.Is(err, store.ErrNotFound) {
			return apig.NoGrant(id)
		}
		if err != nil {
			return err
		}
		if apig.Own(&r.Actor, consumer, apig.E1109) != nil {
			if err := apig.Own(&r.Actor, provider, apig.E1109); err != nil {
				return err
			}
			if role == roleConsumer {
				return apig.E1109.With("it was bought on the marketplace and ends with the order")
			}
		}
		tx.Touch(string(definition.KindGrant), id)
		return deleteGrant(r.Context(), tx, id)
	})
}

// grantable answers the project of an API that the actor may grant in the
// environment.
func grantable(r *wire.Request, q store.Querier, apiID, envID string) (projectID string, err error) {
	projectID, auth, published, err := selectAPI(r.Context(), q, apiID, envID)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return "", apig.NoAPI(apiID)
	case err != nil:
		return "", err
	}
	if err := apig.Own(&r.Actor, projectID, apig.E1102); err != nil {
		return "", err
	}
	if auth != authApp {
		return "", apig.Invalid("api_ids").With("API " + apiID + " does not use APP authentication")
	}
	if !published {
		return "", apig.NoPublication(apiID)
	}
	return projectID, nil
}

// checkEnv refuses an environment that does not exist or is another project's.
func checkEnv(r *wire.Request, q store.Querier, id string) error {
	if id == releaseEnv {
		return nil
	}
	projectID, err := selectEnvProject(r.Context(), q, id)
	if errors.Is(err, store.ErrNotFound) {
		return apig.NoEnv(id)
	}
	if err != nil {
		return err
	}
	return apig.Own(&r.Actor, projectID, apig.E1103)
}

// appProject answers the project of an app, any project's.
func appProject(r *wire.Request, q store.Querier, id string) (string, error) {
	projectID, err := selectAppProject(r.Context(), q, id)
	if errors.Is(err, store.ErrNotFound) {
		return "", apig.NoApp(id)
	}
	return projectID, err
}
