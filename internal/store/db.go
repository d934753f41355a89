package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
)

// Options say how to open a database.
type Options struct {
	// Schemas are the schema folders of all areas: files named
	// NNNN_name.sql at the root of each, numbers unique over all of them.
	Schemas []fs.FS
}

// DB is an open database. It is safe for concurrent use.
type DB struct {
	engine   Engine
	read     *sql.DB
	write    *sql.DB                 // the same as read on PostgreSQL
	migrator func() (*sql.DB, error) // nil: write serves
	writer   chan struct{}           // full while a write runs
	commit   CommitHook
	release  func() // nil: nothing is held
	held     bool   // by a batch; under writer
	// folding moves what SQLite has committed into the database file, beside
	// the writer; nil on PostgreSQL.
	folding *folder
	// prepared are the writer's statements that came back; nil on PostgreSQL.
	prepared *prepared
	// versions counts what was committed to SQLite; under writer.
	versions versions
}

// CommitHook runs inside the transaction after its function returned, when
// something was touched. It may read and write through tx; an error rolls
// everything back. The function it answers, if any, runs after the commit and
// before the next write begins, so changes leave this process in the order in
// which they were committed.
type CommitHook func(ctx context.Context, tx *Tx, touched []Touched) (committed func(), err error)

// OnCommit installs the hook. It is called once, before the first Write.
func (db *DB) OnCommit(hook CommitHook) { db.commit = hook }

// Engine says which engine serves the database.
func (db *DB) Engine() Engine { return db.engine }

// Query implements Querier.
func (db *DB) Query(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	rows, err := db.read.QueryContext(ctx, query, searchable(args)...)
	return rows, kind(err)
}

// QueryRow implements Querier.
func (db *DB) QueryRow(ctx context.Context, query string, args ...any) Row {
	return Row{row: db.read.QueryRowContext(ctx, query, searchable(args)...)}
}

// Write runs fn in the one write transaction. When fn, the hook or the commit
// fails nothing is kept. fn must not call Write and must not keep tx.
//
// An ErrUnavailable from Write may mean that the connection was lost while the
// commit was under way; only reading again tells whether it took place.
func (db *DB) Write(ctx context.Context, fn func(tx *Tx) error) error {
	return db.transact(ctx, fn, manner{})
}

// manner says how a write differs from others.
type manner struct {
	held bool  // its changes wait for the end of their batch
	left *Mark // is wanted, see WriteAfter
}

func (db *DB) transact(ctx context.Context, fn func(tx *Tx) error, how manner) (err error) {
	// A channel, not a mutex: who waits here for longer than its context
	// lives must be let go.
	select {
	case db.writer <- struct{}{}:
		defer func() { <-db.writer }()
	case <-ctx.Done():
		return fmt.Errorf("store: wait for the writer: %w", kind(ctx.Err()))
	}
	if !how.held {
		// Whatever this write reads or decides, what a batch has committed
		// before it is in force.
		db.letGo()
	}
	session, err := db.begin(ctx, how.left != nil)
	if err != nil {
		return kind(err)
	}
	defer func() { // also when fn panics
		if rerr := session.roll(); rerr != nil {
			err = errors.Join(err, fmt.Errorf("store: roll back: %w", kind(rerr)))
		}
	}()
	committed, err := db.run(ctx, &Tx{session: session, held: how.held}, fn)
	if err == nil {
		err = kind(session.commit(ctx))
	}
	if err != nil {
		// database/sql rolls back by itself when ctx ends, and then only says
		// that the transaction is over.
		if errors.Is(err, sql.ErrTxDone) && ctx.Err() != nil {
			err = kind(ctx.Err())
		}
		return err
	}
	if how.left != nil {
		*how.left = session.left()
	}
	db.folding.wrote()
	db.prepared.learn(ctx)
	if committed != nil {
		db.held = db.held || how.held
		committed()
	}
	return nil
}

// begin waits until there is a transaction that is the only one that writes.
func (db *DB) begin(ctx context.Context, marked bool) (session, error) {
	if db.engine == PostgreSQL {
		return beginPostgreSQL(ctx, db.write, marked)
	}
	tx, err := db.write.BeginTx(ctx, nil)
	if err != nil {
		return nil, err
	}
	return &liteSession{Tx: tx, prepared: db.prepared, versions: &db.versions, asked: map[string]bool{}}, nil
}

// run is what happens inside the transaction.
func (db *DB) run(ctx context.Context, tx *Tx, fn func(tx *Tx) error) (committed func(), err error) {
	if err := fn(tx); err != nil {
		return nil, err
	}
	if db.commit == nil || len(tx.touched) == 0 {
		return nil, nil
	}
	return db.commit(ctx, tx, tx.touched)
}

// Close releases the connections. The writer goes last, so that SQLite folds
// its log into the database file.
func (db *DB) Close() error {
	err := errors.Join(db.folding.close(), db.read.Close())
	if db.write != db.read {
		err = errors.Join(err, db.write.Close())
	}
	return err
}
