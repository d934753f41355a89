package ledger

import (
	"context"
	"time"

	"github.com/lintel-gateway/lintel/internal/store"
)

const (
	// remembered is how long a reservation that ended is kept, so that its
	// request id stays taken for whoever asks again.
	remembered = 24 * time.Hour
	// tidied bounds the rows that one round deletes.
	tidied = 1000
)

// Tidy returns what expired reservations hold, forgets those that ended more
// than a day ago, and the quotas of departments and projects that are gone.
// Nothing depends on when it is called: claims return what has expired
// themselves, and ids are never given twice.
func (a *Area) Tidy(ctx context.Context) error {
	var due bool
	now, ended := store.Micros(a.Clock()), store.Micros(a.Clock().Add(-remembered))
	if err := a.DB.QueryRow(ctx, anythingDue, now, ended).Scan(&due); err != nil || !due {
		return err
	}
	return a.DB.Write(ctx, func(tx *store.Tx) error {
		if err := a.sweep(ctx, tx, a.newBooks()); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, forgetEnded, ended, tidied); err != nil {
			return err
		}
		for _, statement := range []string{forgetDomains, forgetProjects, forgetProjectNumbers} {
			if err := tx.Send(ctx, statement); err != nil {
				return err
			}
		}
		return nil
	})
}

const anythingDue = `
SELECT EXISTS (SELECT 1 FROM quota_reservations WHERE state = 'reserved' AND expire_time <= $1)
	OR EXISTS (SELECT 1 FROM quota_reservations WHERE state IN ('released', 'expired') AND update_time < $2)
	OR EXISTS (SELECT 1 FROM quota_accounts a WHERE level = 'domain' AND NOT EXISTS (SELECT 1 FROM identity_domains d WHERE d.id = a.owner_id))
	OR EXISTS (SELECT 1 FROM quota_accounts a WHERE level = 'project' AND NOT EXISTS (SELECT 1 FROM identity_projects p WHERE p.id = a.owner_id))
	OR EXISTS (SELECT 1 FROM project_quotas a WHERE NOT EXISTS (SELECT 1 FROM identity_projects p WHERE p.id = a.project_id))`

const forgetEnded = `
DELETE FROM quota_reservations WHERE id IN (
	SELECT id FROM quota_reservations WHERE state IN ('released', 'expired') AND update_time < $1 LIMIT $2)`

const forgetDomains = `
DELETE FROM quota_accounts WHERE level = 'domain' AND owner_id NOT IN (SELECT id FROM identity_domains)`

const forgetProjects = `
DELETE FROM quota_accounts WHERE level = 'project' AND owner_id NOT IN (SELECT id FROM identity_projects)`

const forgetProjectNumbers = `
DELETE FROM project_quotas WHERE project_id NOT IN (SELECT id FROM identity_projects)`
