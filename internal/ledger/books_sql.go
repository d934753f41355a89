package ledger

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/lintel-gateway/lintel/internal/store"
)

const (
	// maxSwept is how many expired reservations are returned by one round.
	maxSwept = 256
	// maxExpired bounds those that a reader leaves out by itself. There are
	// more only when no claim was made for a minute and upkeep stands still.
	maxExpired = 10_000
)

const reservationColumns = `id, user_id, request_id, project_id, document, expire_time, state, update_time`

// document is what never changes of a reservation. It travels in one piece:
// each value of a statement costs as much as the row's.
type document struct {
	DomainID string           `json:"domain_id"`
	Region   string           `json:"region"`
	Created  int64            `json:"create_time"`
	Items    map[string]int64 `json:"items"` // in millionths
}

func scanReservation(row store.Scanner) (*Reservation, error) {
	r := &Reservation{}
	var raw []byte
	var d document
	var expires, updated int64
	if err := row.Scan(&r.ID, &r.UserID, &r.RequestID, &r.ProjectID, &raw, &expires, &r.State, &updated); err != nil {
		return nil, err
	}
	if err := json.Unmarshal(raw, &d); err != nil {
		return nil, fmt.Errorf("ledger: document of reservation %s: %w", r.ID, err)
	}
	r.DomainID, r.Region = d.DomainID, d.Region
	r.Expires, r.Created, r.Updated = store.Time(expires), store.Time(d.Created), store.Time(updated)
	r.items = make(map[string]Amount, len(d.Items))
	for key, n := range d.Items {
		r.items[key] = Amount(n)
	}
	return r, nil
}

// expired are open reservations whose time is over.
func expiredAt(ctx context.Context, q store.Querier, now time.Time, most int) ([]*Reservation, error) {
	return store.List(ctx, q, scanReservation, `
		SELECT `+reservationColumns+` FROM quota_reservations
		WHERE state = 'reserved' AND expire_time >= `+firstExpiry+` AND expire_time <= $1 ORDER BY expire_time LIMIT $2`, store.Micros(now), most)
}

func (b *books) readReservations(ctx context.Context, q store.Querier, column string, values []string) error {
	if len(values) == 0 {
		return nil
	}
	in, args := among(nil, values)
	list, err := store.List(ctx, q, scanReservation,
		`SELECT `+reservationColumns+` FROM quota_reservations WHERE `+column+in, args...)
	for _, r := range list {
		b.known(r)
	}
	return err
}

func (b *books) readProjects(ctx context.Context, q store.Querier, ids []string) error {
	if len(ids) == 0 {
		return nil
	}
	in, args := among(nil, ids)
	rows, err := q.Query(ctx, `
		SELECT p.id, p.domain_id, p.enabled * d.enabled FROM identity_projects p JOIN identity_domains d ON d.id = p.domain_id
		WHERE p.id`+in, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var id string
		var p project
		if err := rows.Scan(&id, &p.domainID, &p.enabled); err != nil {
			return err
		}
		b.projects.put(id, p)
	}
	return rows.Err()
}

// readBalances reads accounts that are not known; those without a row are known
// to have none afterwards. It asks for owners and items, in any region.
func (b *books) readBalances(ctx context.Context, q store.Querier, need accountSet) error {
	if len(need) == 0 {
		return nil
	}
	ownerIDs, keys := map[string]bool{}, map[string]bool{}
	for at := range need {
		ownerIDs[at.ownerID], keys[at.item] = true, true
	}
	owners, args := among(nil, sorted(ownerIDs))
	items, args := among(args, sorted(keys))
	rows, err := q.Query(ctx, `
		SELECT level, owner_id, region, item, quota, used, reserved FROM quota_accounts
		WHERE level IN ('project', 'domain', 'cloud') AND owner_id`+owners+` AND item`+items, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var at account
		v := &balance{}
		if err := rows.Scan(&at.level, &at.ownerID, &at.region, &at.item, &v.quota, &v.used, &v.reserved); err != nil {
			return err
		}
		if need[at] {
			b.balances.put(at, v)
		}
	}
	for at := range need {
		b.balance(at)
	}
	return rows.Err()
}

// store writes what changed: new reservations, states, balances.
func (b *books) store(ctx context.Context, tx *store.Tx) error {
	defer b.begin(b.now)
	if err := b.storeMade(ctx, tx); err != nil {
		return err
	}
	for _, state := range sorted(b.moved) {
		in, args := among([]any{state, store.Micros(b.now)}, b.moved[state])
		if err := tx.Send(ctx, `UPDATE quota_reservations SET state = $1, update_time = $2 WHERE id`+in, args...); err != nil {
			return err
		}
	}
	if err := b.storeExpiry(ctx, tx); err != nil {
		return err
	}
	accounts := make([]account, 0, len(b.changed))
	for at := range b.changed {
		accounts = append(accounts, at)
	}
	return inChunks(accounts, func(part []account) error {
		var args []any
		for _, at := range part {
			v := b.balance(at)
			args = append(args, string(at.level), at.ownerID, at.region, at.item, int64(v.quota), int64(v.used), int64(v.reserved))
		}
		// The quota is not written over: it is not a batch's to change.
		return tx.Send(ctx, `INSERT INTO quota_accounts (level, owner_id, region, item, quota, used, reserved) VALUES `+
			values(len(part), 7, 0, ``)+` ON CONFLICT (level, owner_id, region, item) DO UPDATE SET used = excluded.used, reserved = excluded.reserved`, args...)
	})
}

// storeExpiry adds to what is stored: the numbers themselves are never read.
func (b *books) storeExpiry(ctx context.Context, tx *store.Tx) error {
	return inChunks(sorted(b.expiry), func(part []int64) error {
		var args []any
		for _, at := range part {
			args = append(args, at, b.expiry[at])
		}
		return tx.Send(ctx, `INSERT INTO quota_expiries (second, open) VALUES `+values(len(part), 2, 0, ``)+`
			ON CONFLICT (second) DO UPDATE SET open = quota_expiries.open + excluded.open`, args...)
	})
}

func (b *books) storeMade(ctx context.Context, tx *store.Tx) error {
	return inChunks(b.made, func(part []*Reservation) error {
		args := []any{store.Micros(b.now)}
		for _, r := range part {
			d := document{DomainID: r.DomainID, Region: r.Region, Created: store.Micros(r.Created), Items: make(map[string]int64, len(r.items))}
			for key, n := range r.items {
				d.Items[key] = int64(n)
			}
			raw, err := json.Marshal(d)
			if err != nil {
				return err
			}
			args = append(args, r.ID, r.UserID, r.RequestID, r.ProjectID, string(raw), store.Micros(r.Expires))
		}
		return tx.Send(ctx, `INSERT INTO quota_reservations (`+reservationColumns+`) VALUES `+
			values(len(part), 6, 1, `, 'reserved', $1`), args...)
	})
}

// among is " IN ($n, …)" with its arguments behind the given ones. The list is
// filled up to a power of two with its last value, so that there are few
// different texts: PostgreSQL plans each once per connection.
func among(args []any, list []string) (string, []any) {
	n := 1
	for n < len(list) {
		n *= 2
	}
	var text strings.Builder
	text.WriteString(" IN (")
	for i := range n {
		if i > 0 {
			text.WriteString(", ")
		}
		args = append(args, list[min(i, len(list)-1)])
		text.WriteString("$" + strconv.Itoa(len(args)))
	}
	text.WriteString(")")
	return text.String(), args
}

// inChunks gives a list out in parts of 2ⁿ rows, for the same reason.
func inChunks[T any](list []T, write func([]T) error) error {
	for size := maxBatch; len(list) > 0; {
		for size > len(list) {
			size /= 2
		}
		if err := write(list[:size]); err != nil {
			return err
		}
		list = list[size:]
	}
	return nil
}

// values is "($2, $3 rest), ($4, $5 rest)" for rows of so many columns and a rest
// that is the same in all, behind the arguments that are taken already.
func values(rows, columns, taken int, rest string) string {
	var text strings.Builder
	for row := range rows {
		if row > 0 {
			text.WriteString(", ")
		}
		for column := range columns {
			if column == 0 {
				text.WriteString("($")
			} else {
				text.WriteString(", $")
			}
			text.WriteString(strconv.Itoa(taken + row*columns + column + 1))
		}
		text.WriteString(rest + ")")
	}
	return text.String()
}
