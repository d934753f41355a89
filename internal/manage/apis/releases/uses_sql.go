package releases

import (
	"context"

	"github.com/lintel-gateway/lintel/internal/manage/apis/draft"
	"github.com/lintel-gateway/lintel/internal/store"
)

// replaceUses records what the version in force names, which may be more than
// the draft names by now: it cannot be deleted either.
func replaceUses(ctx context.Context, tx *store.Tx, apiID, envID string, uses []draft.Use) error {
	if err := tx.Send(ctx, `DELETE FROM api_uses WHERE api_id = $1 AND env_id = $2`, apiID, envID); err != nil {
		return err
	}
	for _, use := range uses {
		err := tx.Send(ctx, `INSERT INTO api_uses (api_id, env_id, kind, ref) VALUES ($1, $2, $3, $4)`,
			apiID, envID, use.Kind, use.Ref)
		if err != nil {
			return err
		}
	}
	return nil
}
