package statistics

import (
	"context"
	"time"

	calls "github.com/lintel-gateway/lintel/internal/statistics"
	"github.com/lintel-gateway/lintel/internal/store"
)

const (
	retention = 7 * 24 * time.Hour
	// maxPruned bounds how many minutes one Prune forgets: an hour that was
	// missed is made up for in a minute.
	maxPruned = 60
)

// Flush stores what the gateway of this process has counted. What cannot be
// stored is kept and stored with the next Flush.
func (a *Area) Flush(ctx context.Context) error {
	return a.Calls.Drain(func(rows []calls.Row) error {
		now := store.Micros(a.Clock())
		groups := groupSums(rows)
		return a.DB.Write(ctx, func(tx *store.Tx) error {
			if err := addMinutes(ctx, tx, ofAPIs, rows, now); err != nil {
				return err
			}
			return addMinutes(ctx, tx, ofGroups, groups, now)
		})
	})
}

// groupSums adds rows up by group and minute. The id of what it answers is the
// group's.
func groupSums(rows []calls.Row) []calls.Row {
	type key struct {
		group  string
		minute int64
	}
	at := map[key]int{}
	var groups []calls.Row
	for i := range rows {
		k := key{rows[i].GroupID, rows[i].Minute}
		place, found := at[k]
		if !found {
			place = len(groups)
			at[k] = place
			groups = append(groups, calls.Row{APIID: k.group, Minute: k.minute})
		}
		groups[place].Add(&rows[i].Sums)
	}
	return groups
}

// Prune forgets what is older than seven days, a minute in each transaction,
// so that other writers get their turn.
func (a *Area) Prune(ctx context.Context) error {
	horizon := calls.MinuteOf(a.Clock().Add(-retention))
	for range maxPruned {
		oldest, err := oldestMinute(ctx, a.DB)
		if err != nil || oldest == 0 || oldest >= horizon {
			return err
		}
		if err := a.DB.Write(ctx, func(tx *store.Tx) error { return deleteMinute(ctx, tx, oldest) }); err != nil {
			return err
		}
	}
	return nil
}
