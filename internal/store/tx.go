package store

import (
	"context"
	"database/sql"
)

// Querier is what reading needs: a DB or a Tx.
type Querier interface {
	// Query runs a SELECT; the caller closes the rows.
	Query(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	// QueryRow runs a SELECT of one row. Scan answers ErrNotFound (not
	// sql.ErrNoRows) when there is none.
	QueryRow(ctx context.Context, query string, args ...any) Row
}

// Row is the result of QueryRow.
type Row struct {
	row *sql.Row
	err error // the question was not asked
}

// Scan copies the columns of the row, mapping errors to the kinds of this
// package.
func (r Row) Scan(dest ...any) error {
	if r.err != nil {
		return r.err
	}
	return kind(r.row.Scan(dest...))
}

// session is a transaction of an engine that has the writer's lock.
type session interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
	// send runs a statement now or before the next flush ends.
	send(ctx context.Context, query string, args []any) error
	flush(ctx context.Context) error
	// commit flushes and commits; roll undoes everything, also after a commit
	// that failed. roll after a commit does nothing.
	commit(ctx context.Context) error
	roll() error
	// mark names what the transaction found, left what it leaves once it is
	// committed; the zero Mark: that is not known. See WriteAfter.
	mark(ctx context.Context) (Mark, error)
	left() Mark
}

// Tx is a transaction. It is valid inside the function it was handed to, and
// not safe for concurrent use.
type Tx struct {
	session session
	touched []Touched
	seen    map[Touched]bool
	held    bool
}

// Held reports whether the write belongs to a batch: what the commit hook
// answers may keep its changes until the batch ends. See DB.Batch.
func (t *Tx) Held() bool { return t.held }

// Touched names a thing whose published form may have changed in a
// transaction. The store does not know what kinds mean; see CommitHook.
type Touched struct{ Kind, ID string }

// Touch marks a thing as changed. The hook that publication installed sees
// each mark once, in order, before the transaction commits.
func (t *Tx) Touch(kind, id string) {
	m := Touched{kind, id}
	if t.seen[m] {
		return
	}
	if t.seen == nil {
		t.seen = map[Touched]bool{}
	}
	t.seen[m] = true
	t.touched = append(t.touched, m)
}

// Exec runs a statement and answers the number of rows it changed.
func (t *Tx) Exec(ctx context.Context, query string, args ...any) (int64, error) {
	if err := checkText(args); err != nil {
		return 0, err
	}
	if err := t.session.flush(ctx); err != nil {
		return 0, kind(err)
	}
	res, err := t.session.ExecContext(ctx, query, args...)
	if err != nil {
		return 0, kind(err)
	}
	n, err := res.RowsAffected()
	return n, kind(err)
}

// Send runs a statement of which only a failure is of interest. Other
// statements of the transaction find its work done, but the failure may come
// from one of them, or from Write: on PostgreSQL, where each answer costs a
// round trip, statements that are sent travel together, the last with the
// commit.
func (t *Tx) Send(ctx context.Context, query string, args ...any) error {
	if err := checkText(args); err != nil {
		return err
	}
	return kind(t.session.send(ctx, query, args))
}

// Query implements Querier inside the transaction.
func (t *Tx) Query(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	if err := t.session.flush(ctx); err != nil {
		return nil, kind(err)
	}
	rows, err := t.session.QueryContext(ctx, query, searchable(args)...)
	return rows, kind(err)
}

// QueryRow implements Querier inside the transaction.
func (t *Tx) QueryRow(ctx context.Context, query string, args ...any) Row {
	if err := t.session.flush(ctx); err != nil {
		return Row{err: kind(err)}
	}
	return Row{row: t.session.QueryRowContext(ctx, query, searchable(args)...)}
}
