package store

import (
	"context"
	"database/sql"
	"errors"
)

// liteSession is a transaction of SQLite. There is one writer connection and
// it begins with BEGIN IMMEDIATE, so it has the writer's lock. Nothing travels:
// what is sent runs at once.
type liteSession struct {
	*sql.Tx
	prepared *prepared
	versions *versions
	// asked are the questions of this transaction. Their rows may still be
	// open, and a kept statement has one cursor only: a second time, the text
	// is parsed.
	asked map[string]bool
}

// whole is the context of one statement: it is begun for as long as somebody waits for
// it, and runs to its end then. To be able to break one off the driver starts a
// goroutine for each, which was a third of the processor time of a write of short
// ones (BenchmarkWrite: 94 to 120 µs, 72 to 84 without) and kept waking the other
// core. A write that nobody waits for any more ends between two statements.
func whole(ctx context.Context) context.Context {
	if ctx.Err() != nil {
		return ctx
	}
	return context.WithoutCancel(ctx)
}

// statement is the kept statement of a text, nil when it has to be parsed.
func (s *liteSession) statement(ctx context.Context, query string, question bool) *sql.Stmt {
	if s.asked[query] {
		return nil
	}
	if question {
		s.asked[query] = true
	}
	kept := s.prepared.of(query)
	if kept == nil {
		return nil
	}
	return s.StmtContext(ctx, kept)
}

func (s *liteSession) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	ctx = whole(ctx)
	if kept := s.statement(ctx, query, false); kept != nil {
		return kept.ExecContext(ctx, args...)
	}
	return s.Tx.ExecContext(ctx, query, args...)
}

func (s *liteSession) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	ctx = whole(ctx)
	if kept := s.statement(ctx, query, true); kept != nil {
		return kept.QueryContext(ctx, args...)
	}
	return s.Tx.QueryContext(ctx, query, args...)
}

func (s *liteSession) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	ctx = whole(ctx)
	if kept := s.statement(ctx, query, true); kept != nil {
		return kept.QueryRowContext(ctx, args...)
	}
	return s.Tx.QueryRowContext(ctx, query, args...)
}

func (s *liteSession) send(ctx context.Context, query string, args []any) error {
	_, err := s.ExecContext(ctx, query, args...)
	return err
}

func (*liteSession) flush(context.Context) error { return nil }

func (s *liteSession) commit(context.Context) error {
	s.versions.ours++ // also when it fails: it may have taken place
	return s.Commit()
}

func (s *liteSession) roll() error {
	if err := s.Rollback(); !errors.Is(err, sql.ErrTxDone) {
		return err
	}
	return nil
}
