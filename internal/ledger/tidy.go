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
	// tidied bounds the rows that one transaction looks at, and rounds the
	// transactions of a call.
	tidied, rounds = 5000, 20
)

// Tidy returns what expired reservations hold, forgets those that ended more
// than a day ago, and the quotas of departments and projects that are gone.
// Nothing depends on when it is called: claims return what has expired
// themselves, and ids are never given twice. One call at a time.
func (a *Area) Tidy(ctx context.Context) error {
	var due bool
	now := a.Clock()
	if err := a.forget(ctx, now.Add(-remembered)); err != nil {
		return err
	}
	if err := a.DB.QueryRow(ctx, anythingDue, store.Micros(now), second(now)).Scan(&due); err != nil || !due {
		return err
	}
	return a.DB.Write(ctx, func(tx *store.Tx) error {
		if err := a.sweep(ctx, tx, a.newBooks()); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, forgetExpiries, second(now)); err != nil {
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

// forget deletes the reservations that ended before a time. It passes over all
// that were made before it, in the order of their ids, which begin with when
// that was, and goes on where the last call stopped: an index of those that
// ended would have to be written for each claim. Behind the last it begins
// again.
func (a *Area) forget(ctx context.Context, before time.Time) error {
	end, ended := idAt(before), store.Micros(before)
	for range rounds {
		var last string
		if err := a.DB.QueryRow(ctx, lastOfRound, a.tidied, end, tidied).Scan(&last); err != nil {
			return err
		}
		from := a.tidied
		if a.tidied = last; last == "" {
			return nil
		}
		var due bool
		if err := a.DB.QueryRow(ctx, `SELECT EXISTS (SELECT 1`+ofRound+`)`, from, last, ended).Scan(&due); err != nil {
			return err
		}
		if !due {
			continue
		}
		if err := a.DB.Write(ctx, func(tx *store.Tx) error { return tx.Send(ctx, `DELETE`+ofRound, from, last, ended) }); err != nil {
			return err
		}
	}
	return nil
}

const lastOfRound = `
SELECT COALESCE(MAX(id), '') FROM (SELECT id FROM quota_reservations WHERE id > $1 AND id < $2 ORDER BY id LIMIT $3) AS round`

const ofRound = ` FROM quota_reservations WHERE id > $1 AND id <= $2 AND state IN ('released', 'expired') AND update_time < $3`

const anythingDue = `
SELECT EXISTS (SELECT 1 FROM quota_reservations WHERE state = 'reserved' AND expire_time >= ` + firstExpiry + ` AND expire_time <= $1)
	OR EXISTS (SELECT 1 FROM quota_expiries WHERE second < $2 AND open = 0)
	OR EXISTS (SELECT 1 FROM quota_accounts a WHERE level = 'domain' AND NOT EXISTS (SELECT 1 FROM identity_domains d WHERE d.id = a.owner_id))
	OR EXISTS (SELECT 1 FROM quota_accounts a WHERE level = 'project' AND NOT EXISTS (SELECT 1 FROM identity_projects p WHERE p.id = a.owner_id))
	OR EXISTS (SELECT 1 FROM project_quotas a WHERE NOT EXISTS (SELECT 1 FROM identity_projects p WHERE p.id = a.project_id))`

const forgetExpiries = `DELETE FROM quota_expiries WHERE second < $1 AND open = 0`

const forgetDomains = `
DELETE FROM quota_accounts WHERE level = 'domain' AND owner_id NOT IN (SELECT id FROM identity_domains)`

const forgetProjects = `
DELETE FROM quota_accounts WHERE level = 'project' AND owner_id NOT IN (SELECT id FROM identity_projects)`

const forgetProjectNumbers = `
DELETE FROM project_quotas WHERE project_id NOT IN (SELECT id FROM identity_projects)`
