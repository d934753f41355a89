package apps

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"

	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/wire/apig"
)

func scanCode(row store.Scanner) (code Code, err error) {
	var sealed string
	var created int64
	if err := row.Scan(&code.ID, &code.AppID, &sealed, &created); err != nil {
		return code, err
	}
	if code.sealed, err = base64.StdEncoding.DecodeString(sealed); err != nil {
		return code, fmt.Errorf("apps: sealed AppCode %s is not Base64: %w", code.ID, err)
	}
	code.CreateTime = apig.Time(store.Time(created))
	return code, nil
}

func selectCode(ctx context.Context, q store.Querier, appID, id string) (*Code, error) {
	code, err := scanCode(q.QueryRow(ctx,
		`SELECT id, app_id, code, create_time FROM app_codes WHERE app_id = $1 AND id = $2`, appID, id))
	return &code, err
}

func selectCodes(ctx context.Context, q store.Querier, appID string, page apig.Page) ([]Code, error) {
	return store.List(ctx, q, scanCode, `
		SELECT id, app_id, code, create_time FROM app_codes WHERE app_id = $1
		ORDER BY create_time DESC, id LIMIT $2 OFFSET $3`, appID, page.Limit, page.Offset)
}

func countCodes(ctx context.Context, q store.Querier, appID string) (n int, err error) {
	err = q.QueryRow(ctx, `SELECT COUNT(*) FROM app_codes WHERE app_id = $1`, appID).Scan(&n)
	return n, err
}

// codeOwner is the id of the app that has the AppCode, "" when none has.
func codeOwner(ctx context.Context, q store.Querier, hash string) (appID string, err error) {
	err = q.QueryRow(ctx, `SELECT app_id FROM app_codes WHERE code_hash = $1`, hash).Scan(&appID)
	if errors.Is(err, store.ErrNotFound) {
		return "", nil
	}
	return appID, err
}

func insertCode(ctx context.Context, tx *store.Tx, code *Code, hash string) error {
	_, err := tx.Exec(ctx, `INSERT INTO app_codes (id, app_id, code, code_hash, create_time) VALUES ($1, $2, $3, $4, $5)`,
		code.ID, code.AppID, base64.StdEncoding.EncodeToString(code.sealed), hash, moment(code.CreateTime))
	return err
}

func deleteCode(ctx context.Context, tx *store.Tx, appID, id string) (gone bool, err error) {
	n, err := tx.Exec(ctx, `DELETE FROM app_codes WHERE app_id = $1 AND id = $2`, appID, id)
	return n > 0, err
}
