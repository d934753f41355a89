package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// kind puts an engine's error under a kind of this package, keeping the
// original in the chain. It looks at the error alone, so that it also serves
// the errors that sql.Rows keep to themselves until the end.
func kind(err error) error {
	if err == nil {
		return nil
	}
	if errors.Is(err, sql.ErrNoRows) {
		return ErrNotFound
	}
	if k := classify(err); k != nil && !errors.Is(err, k) {
		return fmt.Errorf("%w: %w", k, err)
	}
	return err
}

// closed is the text of an error that database/sql does not export: a request
// that comes while the process is shutting down.
const closed = "sql: database is closed"

func classify(err error) error {
	var lite *sqlite.Error
	if errors.As(err, &lite) {
		return classifySQLite(lite.Code())
	}
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return classifyPostgreSQL(pg.Code)
	}
	// A caller that went away is not the database's fault; one that ran out of
	// time was kept waiting by it.
	if errors.Is(err, context.Canceled) {
		return nil
	}
	var connect *pgconn.ConnectError
	var network net.Error
	switch {
	case pgconn.SafeToRetry(err):
		return ErrUnavailable
	case errors.As(err, &connect), errors.As(err, &network),
		errors.Is(err, context.DeadlineExceeded),
		err.Error() == closed,
		errors.Is(err, driver.ErrBadConn), errors.Is(err, sql.ErrConnDone),
		errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return ErrUnavailable
	}
	return nil
}

func classifySQLite(code int) error {
	switch code {
	case sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY:
		return ErrDuplicate
	// ON DELETE RESTRICT reports itself as a trigger; we have no others.
	case sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY, sqlite3.SQLITE_CONSTRAINT_TRIGGER:
		return ErrInUse
	}
	switch code & 0xff { // the primary code
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_NOMEM,
		sqlite3.SQLITE_READONLY, sqlite3.SQLITE_INTERRUPT, sqlite3.SQLITE_IOERR,
		sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_FULL, sqlite3.SQLITE_CANTOPEN,
		sqlite3.SQLITE_PROTOCOL, sqlite3.SQLITE_NOTADB:
		return ErrUnavailable
	}
	return nil
}

// classifyPostgreSQL goes by SQLSTATE, see appendix A of PostgreSQL's manual.
func classifyPostgreSQL(state string) error {
	switch state {
	case "23505": // unique_violation
		return ErrDuplicate
	case "23503", "23001": // foreign_key_violation, restrict_violation
		return ErrInUse
	case "25006", // read_only_sql_transaction: a standby
		"25P03", // idle_in_transaction_session_timeout
		"3D000", // invalid_catalog_name
		"55P03": // lock_not_available
		return ErrUnavailable
	}
	switch state[:min(2, len(state))] {
	case "08", // connection exception
		"28", // invalid authorization: the password was changed under us
		"40", // serialisation failure, deadlock
		"53", // out of disk, memory, connections
		"57", // shut down, cancelled, statement_timeout
		"58": // system error
		return ErrUnavailable
	}
	return nil
}
