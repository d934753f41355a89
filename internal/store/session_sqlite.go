package store

import (
	"context"
	"database/sql"
	"errors"
)

// liteSession is a transaction of SQLite. There is one writer connection and
// it begins with BEGIN IMMEDIATE, so it has the writer's lock. Nothing travels:
// what is sent runs at once.
type liteSession struct{ *sql.Tx }

func (s liteSession) send(ctx context.Context, query string, args []any) error {
	_, err := s.ExecContext(ctx, query, args...)
	return err
}

func (liteSession) flush(context.Context) error { return nil }

func (s liteSession) commit(context.Context) error { return s.Commit() }

func (s liteSession) roll() error {
	if err := s.Rollback(); !errors.Is(err, sql.ErrTxDone) {
		return err
	}
	return nil
}
