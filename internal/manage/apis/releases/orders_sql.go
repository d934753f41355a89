package releases

import (
	"context"
	"time"

	"github.com/lintel-gateway/lintel/internal/definition"
	"github.com/lintel-gateway/lintel/internal/ids"
	"github.com/lintel-gateway/lintel/internal/store"
)

// grantOrders lets the apps of orders of the group that have not expired call
// an API that is being published to RELEASE: who ordered a group may call what
// is added to it. It writes grants, which are another area's, because the
// publication and its grants belong into one transaction.
func grantOrders(ctx context.Context, tx *store.Tx, ids *ids.Source, api *draftRow, envID string, now time.Time) error {
	if envID != releaseID || api.doc.AuthType != "APP" {
		return nil
	}
	apps, err := store.List(ctx, tx, store.Text, `
		SELECT p.app_id FROM purchases p
		WHERE p.group_id = $1 AND p.expire_time > $2
		AND NOT EXISTS (SELECT 1 FROM grants g WHERE g.app_id = p.app_id AND g.api_id = $3 AND g.env_id = $4)
		ORDER BY p.app_id`, api.doc.GroupID, store.Micros(now), api.id, envID)
	if err != nil {
		return err
	}
	for _, app := range apps {
		id := ids.New()
		err := tx.Send(ctx, `
			INSERT INTO grants (id, app_id, api_id, env_id, project_id, auth_role, auth_time)
			VALUES ($1, $2, $3, $4, $5, 'CONSUMER', $6)`, id, app, api.id, envID, api.projectID, store.Micros(now))
		if err != nil {
			return err
		}
		tx.Touch(string(definition.KindGrant), id)
	}
	return nil
}
