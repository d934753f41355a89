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
type Row struct{ row *sql.Row }

// Scan copies the columns of the row, mapping errors to the kinds of this
// package.
func (r Row) Scan(dest ...any) error { return kind(r.row.Scan(dest...)) }

// Tx is a transaction. It is valid inside the function it was handed to, and
// not safe for concurrent use.
type Tx struct {
	tx      *sql.Tx
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
	res, err := t.tx.ExecContext(ctx, query, args...)
	if err != nil {
		return 0, kind(err)
	}
	n, err := res.RowsAffected()
	return n, kind(err)
}

// Query implements Querier inside the transaction.
func (t *Tx) Query(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	rows, err := t.tx.QueryContext(ctx, query, searchable(args)...)
	return rows, kind(err)
}

// QueryRow implements Querier inside the transaction.
func (t *Tx) QueryRow(ctx context.Context, query string, args ...any) Row {
	return Row{t.tx.QueryRowContext(ctx, query, searchable(args)...)}
}
