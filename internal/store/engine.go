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
