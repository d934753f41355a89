package store

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"
)

// Mark names what a transaction left behind, see WriteAfter. The zero Mark
// names nothing.
type Mark struct {
	server string // which run of the server; SQLite has none
	count  uint64
}

// WriteAfter is Write that also tells fn whether the database is as the
// WriteAfter that answered mark left it: alone is true only when nobody, in this
// process or another, has committed anything since. What that one read and wrote
// still holds then, and need not be read again. It answers the mark for the next
// one, the zero Mark when it does not know.
//
// SQLite's single writer counts its commits and asks for those of others
// (data_version). On PostgreSQL alone means that one transaction ended since and
// that it was ours; other databases of the server count as well.
func (db *DB) WriteAfter(ctx context.Context, mark Mark, fn func(tx *Tx, alone bool) error) (left Mark, err error) {
	err = db.transact(ctx, func(tx *Tx) error {
		found, err := tx.session.mark(ctx)
		if err != nil {
			return kind(err)
		}
		return fn(tx, mark != Mark{} && mark == found)
	}, manner{left: &left})
	if err != nil {
		return Mark{}, err
	}
	return left, nil
}

// versions counts what was committed to a database of SQLite; under the writer.
type versions struct {
	ours   uint64 // commits of the writer
	others int64  // data_version: changes with the commits of other connections, seen by this one
}

const selectOthers = "PRAGMA data_version"

func (s *liteSession) mark(ctx context.Context) (Mark, error) {
	var others int64
	if err := s.QueryRowContext(ctx, selectOthers).Scan(&others); err != nil {
		return Mark{}, err
	}
	if others != s.versions.others {
		s.versions.others = others
		s.versions.ours++ // a number that no mark has
	}
	return s.versions.found(), nil
}

// found is never the zero Mark.
func (v *versions) found() Mark { return Mark{server: "sqlite", count: v.ours} }

func (s *liteSession) left() Mark { return s.versions.found() }

// selectMark answers, once the lock is ours, which transactions have ended.
// pg_current_snapshot is "xmin:xmax:xip": with xmin = xmax and nothing behind,
// all before that number have ended and none from it on.
//
// The time when the server started is for one that lost commits, like a standby
// that takes over: there the numbers begin again.
const selectMark = "SELECT pg_current_snapshot()::text, pg_postmaster_start_time()::text"

const selectOwn = "SELECT COALESCE(pg_current_xact_id_if_assigned()::text, '')"

func (s *postgresSession) mark(context.Context) (Mark, error) { return s.found, nil }

// readMark is the zero Mark when somebody is under way.
func readMark(snapshot, server string) (Mark, error) {
	low, rest, _ := strings.Cut(snapshot, ":")
	if rest != low+":" {
		return Mark{}, nil
	}
	count, err := strconv.ParseUint(low, 10, 64)
	if err != nil {
		return Mark{}, fmt.Errorf("store: postgresql: the snapshot %q is no number: %w", snapshot, err)
	}
	return Mark{server, count}, nil
}

// askOwn puts the question for the transaction's own number before the commit.
func (s *postgresSession) askOwn(ctx context.Context) error {
	if s.found == (Mark{}) {
		return nil
	}
	if err := s.send(ctx, selectOwn, nil); err != nil {
		return err
	}
	last := s.queued.QueuedQueries[s.queued.Len()-1]
	last.QueryRow(func(row pgx.Row) error { return row.Scan(&s.own) })
	return nil
}

// left is what a transaction finds that comes next, when none came in between.
// One that wrote nothing has no number.
func (s *postgresSession) left() Mark {
	if s.own == "" {
		return s.found
	}
	if s.own != strconv.FormatUint(s.found.count, 10) {
		return Mark{} // somebody else has ended, or is under way
	}
	return Mark{server: s.found.server, count: s.found.count + 1}
}
