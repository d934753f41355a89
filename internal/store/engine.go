package store

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
)

// Engine is a kind of database.
type Engine string

const (
	SQLite     Engine = "sqlite"
	PostgreSQL Engine = "postgresql"
)

// writerLock is the advisory lock that stands for "the writer" on PostgreSQL.
// The number only has to differ from that of other users of the database; it
// spells "lintel" in ASCII.
const writerLock = 0x6c696e74656c

// lockWriter waits until tx is the only write transaction. SQLite has one
// writer connection and begins with BEGIN IMMEDIATE, so there is nothing left
// to wait for. On PostgreSQL the lock is tied to the transaction: it is given
// back only when the commit is visible to others, and also when we die.
func (e Engine) lockWriter(ctx context.Context, tx *Tx) error {
	if e != PostgreSQL {
		return nil
	}
	_, err := tx.Exec(ctx, "SELECT pg_advisory_xact_lock($1)", int64(writerLock))
	return err
}

// Open opens the database that url names, "sqlite:<path>" or "postgres://…",
// and brings its schema up to date. Closing is the caller's.
func Open(ctx context.Context, url string, o Options) (*DB, error) {
	db, err := connect(ctx, url)
	if err != nil {
		return nil, err
	}
	if err := migrate(ctx, db, o.Schemas); err != nil {
		db.Close()
		return nil, err
	}
	return db, nil
}

func connect(ctx context.Context, url string) (*DB, error) {
	scheme, rest, _ := strings.Cut(url, ":")
	switch scheme {
	case "sqlite":
		return openSQLite(ctx, rest)
	case "postgres", "postgresql":
		return openPostgreSQL(ctx, url)
	}
	// The rest of the text is left out: it may hold a password.
	return nil, fmt.Errorf("store: database %q…: unknown scheme; use sqlite:<path> or postgres://user@host/name", scheme)
}

func newDB(engine Engine, read, write *sql.DB) *DB {
	return &DB{engine: engine, read: read, write: write, writer: make(chan struct{}, 1)}
}
