package binding

import (
	"context"
	"time"

	"github.com/lintel-gateway/lintel/internal/definition"
	"github.com/lintel-gateway/lintel/internal/store"
)

// published reads the API in the environment of a publication, with what of
// the kind and slot is bound there, and its project.
func published(ctx context.Context, q store.Querier, k Kind, slot, publication string) (*API, string, error) {
	a := &API{}
	var bound int64
	var projectID string
	err := q.QueryRow(ctx, `
		SELECT u.env_id, `+columns+`, a.project_id
		FROM api_publications u
		JOIN apis a ON a.id = u.api_id
		JOIN groups g ON g.id = a.group_id
		LEFT JOIN envs e ON e.id = u.env_id
		LEFT JOIN bindings b ON b.api_id = u.api_id AND b.env_id = u.env_id AND b.policy = $2 AND b.slot = $3
		LEFT JOIN `+k.Table+` p ON p.id = b.policy_id
		WHERE u.publish_id = $1`, publication, k.Policy, slot,
	).Scan(&a.EnvID, &a.ID, &a.Name, &a.Type, &a.Remark, &a.GroupID, &a.GroupName, &a.EnvName,
		&a.PublishID, &a.AuthType, &a.ReqURI, &a.BindID, &a.PolicyID, &a.PolicyName, &bound, &projectID)
	if bound != 0 {
		a.BindTime = store.Time(bound)
	}
	return a, projectID, err
}

func insert(ctx context.Context, tx *store.Tx, k Kind, p Policy, id, apiID, envID string, now time.Time) error {
	err := tx.Send(ctx, `
		INSERT INTO bindings (id, policy, slot, policy_id, api_id, env_id, project_id, bind_time)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		id, k.Policy, p.Slot, p.ID, apiID, envID, p.ProjectID, store.Micros(now))
	tx.Touch(string(definition.KindBinding), id)
	return err
}

// drop deletes the bindings that the condition selects and withdraws them from
// the gateways.
func drop(ctx context.Context, tx *store.Tx, condition, arg string) error {
	list, err := store.List(ctx, tx, store.Text, `SELECT id FROM bindings WHERE `+condition+` ORDER BY id`, arg)
	if err != nil || len(list) == 0 {
		return err
	}
	for _, id := range list {
		tx.Touch(string(definition.KindBinding), id)
	}
	return tx.Send(ctx, `DELETE FROM bindings WHERE `+condition, arg)
}

func owner(ctx context.Context, q store.Querier, k Kind, id string) (projectID string, err error) {
	err = q.QueryRow(ctx, `SELECT project_id FROM bindings WHERE id = $1 AND policy = $2`, id, k.Policy).Scan(&projectID)
	return projectID, err
}

// forget deletes the wish for what a binding binds.
func forget(ctx context.Context, tx *store.Tx, id string) error {
	return tx.Send(ctx, `
		DELETE FROM binding_wishes
		WHERE api_id = (SELECT api_id FROM bindings WHERE id = $1)
		AND policy = (SELECT policy FROM bindings WHERE id = $1)
		AND slot = (SELECT slot FROM bindings WHERE id = $1)
		AND policy_id = (SELECT policy_id FROM bindings WHERE id = $1)`, id)
}

type wish struct{ policy, slot, policyID string }

// openWishes answers what is wished for an API and not bound in an environment.
func openWishes(ctx context.Context, q store.Querier, apiID, envID string) ([]wish, error) {
	return store.List(ctx, q, func(row store.Scanner) (w wish, err error) {
		err = row.Scan(&w.policy, &w.slot, &w.policyID)
		return w, err
	}, `
		SELECT w.policy, w.slot, w.policy_id FROM binding_wishes w
		WHERE w.api_id = $1 AND NOT EXISTS (
			SELECT 1 FROM bindings b WHERE b.api_id = $1 AND b.env_id = $2 AND b.policy = w.policy AND b.slot = w.slot)
		ORDER BY w.policy, w.slot`, apiID, envID)
}

func selectDefinition(ctx context.Context, q store.Querier, id string) (b definition.Binding, err error) {
	err = q.QueryRow(ctx, `SELECT id, policy, slot, policy_id, api_id, env_id FROM bindings WHERE id = $1`, id).
		Scan(&b.ID, &b.Policy, &b.Slot, &b.PolicyID, &b.APIID, &b.EnvID)
	return b, err
}
