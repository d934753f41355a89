package domains

import (
	"context"
	"encoding/base64"
	"fmt"
	"time"

	"github.com/lintel-gateway/lintel/internal/definition"
	"github.com/lintel-gateway/lintel/internal/store"
)

func selectChain(ctx context.Context, q store.Querier, id string) (chain string, err error) {
	err = q.QueryRow(ctx, `SELECT chain FROM certificates WHERE id = $1`, id).Scan(&chain)
	return chain, err
}

func upsertCertificate(ctx context.Context, tx *store.Tx, d *Domain, chain string, sealed []byte, now time.Time) error {
	_, err := tx.Exec(ctx, `
		INSERT INTO certificates (id, domain_id, name, chain, private_key, update_time) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (domain_id) DO UPDATE SET
			name = excluded.name, chain = excluded.chain, private_key = excluded.private_key, update_time = excluded.update_time`,
		d.SSLID, d.ID, d.SSLName, chain, base64.StdEncoding.EncodeToString(sealed), store.Micros(now))
	return err
}

func deleteCertificate(ctx context.Context, tx *store.Tx, id string) error {
	_, err := tx.Exec(ctx, `DELETE FROM certificates WHERE id = $1`, id)
	return err
}

func selectDefinition(ctx context.Context, q store.Querier, id string) (c definition.Certificate, err error) {
	c.ID = id
	var sealed string
	err = q.QueryRow(ctx, `
		SELECT d.domain, c.chain, c.private_key FROM certificates c JOIN domains d ON d.id = c.domain_id WHERE c.id = $1`, id).
		Scan(&c.Domain, &c.Chain, &sealed)
	if err != nil {
		return c, err
	}
	if c.Key, err = base64.StdEncoding.DecodeString(sealed); err != nil {
		return c, fmt.Errorf("domains: sealed key of certificate %s is not Base64: %w", id, err)
	}
	return c, nil
}
