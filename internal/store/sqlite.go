package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	_ "modernc.org/sqlite" // the driver "sqlite"
)

// oldestSQLite is the first release without two faults that corrupt data in
// WAL mode and after a rollback (3.51.3 and 3.53.4 repaired them).
const oldestSQLite = "3.53.4"

// readers bounds the read connections of SQLite. Readers do not wait for the
// writer in WAL mode, so this is about memory: each keeps up to 2 MB of pages.
const readers = 8

// undoInMemory is for statements that write several rows: what undoes them is a
// temporary file as soon as it is larger than 64 KB. Making, writing and deleting
// it was a tenth of the time of a batch of quota claims.
const undoInMemory = "temp_store(MEMORY)"

// writerCache is 16 MB, at most, of the pages that the writer has read: the 2 MB of SQLite's
// default hold less than the inner pages of the tables of 100,000 APIs, and every write read
// them again.
const writerCache = "cache_size(-16384)"

func openSQLite(ctx context.Context, path string) (*DB, error) {
	path, err := prepareFile(path)
	if err != nil {
		return nil, err
	}
	// The writer is opened first: it turns the file to WAL, which the readers
	// then find. It is a single connection.
	write, err := sqlitePool(path, 1, "immediate",
		"busy_timeout(5000)", "journal_mode(WAL)", "synchronous(FULL)", "foreign_keys(1)",
		"journal_size_limit(67108864)", foldAtLatest, undoInMemory, writerCache)
	if err != nil {
		return nil, err
	}
	read, err := sqlitePool(path, readers, "deferred",
		"busy_timeout(5000)", "query_only(1)", "wal_autocheckpoint(0)")
	if err != nil {
		return nil, errors.Join(err, write.Close())
	}
	db := newDB(SQLite, read, write)
	db.prepared = newPrepared(write)
	if err := checkSQLite(ctx, write); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	fold, err := sqlitePool(path, 1, "deferred", "busy_timeout(0)", "synchronous(FULL)", "wal_autocheckpoint(0)")
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	db.folding = newFolder(fold)
	return db, nil
}

// prepareFile creates the database file for its owner alone. SQLite gives its
// -wal and -shm files the mode of the database file.
func prepareFile(path string) (string, error) {
	if path == "" || strings.HasPrefix(path, ":memory:") {
		return "", errors.New("store: sqlite: a file path is needed, as in sqlite:/var/lib/lintel/lintel.db")
	}
	abs, err := filepath.Abs(path)
	if err != nil {
		return "", fmt.Errorf("store: sqlite: %w", err)
	}
	f, err := os.OpenFile(abs, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return "", fmt.Errorf("store: sqlite: %w", err)
	}
	err = f.Chmod(0o600) // also for a file that was there before, or a loose umask
	if err = errors.Join(err, f.Close()); err != nil {
		return "", fmt.Errorf("store: sqlite: %w", err)
	}
	return abs, nil
}

func sqlitePool(path string, size int, lock string, pragmas ...string) (*sql.DB, error) {
	dsn := url.URL{Scheme: "file", Path: path, RawQuery: url.Values{
		"_pragma": pragmas,
		"_txlock": {lock},
		"_dqs":    {"0"}, // "x" is an identifier only, as on PostgreSQL
	}.Encode()}
	pool, err := sql.Open("sqlite", dsn.String())
	if err != nil {
		return nil, fmt.Errorf("store: sqlite: %w", err)
	}
	pool.SetMaxOpenConns(size)
	pool.SetMaxIdleConns(size)
	return pool, nil
}

// checkSQLite reads back what the rest of the package relies on: a pragma that
// does not take effect is silent in SQLite (WAL, for one, on a network disk).
func checkSQLite(ctx context.Context, write *sql.DB) error {
	var version, mode string
	var sync, keys int
	row := write.QueryRowContext(ctx, `SELECT sqlite_version(), j.journal_mode, s.synchronous, f.foreign_keys
		FROM pragma_journal_mode AS j, pragma_synchronous AS s, pragma_foreign_keys AS f`)
	if err := row.Scan(&version, &mode, &sync, &keys); err != nil {
		return fmt.Errorf("store: sqlite: %w", kind(err))
	}
	switch {
	case olderVersion(version, oldestSQLite):
		return fmt.Errorf("store: sqlite %s has faults that corrupt data; at least %s is needed", version, oldestSQLite)
	case mode != "wal":
		return fmt.Errorf("store: sqlite: journal mode is %q, want wal; keep the database on a local disk", mode)
	case sync != 2 || keys != 1:
		return fmt.Errorf("store: sqlite: synchronous is %d and foreign_keys is %d, want 2 and 1", sync, keys)
	}
	return nil
}

// olderVersion reports whether dotted version a comes before b.
func olderVersion(a, b string) bool {
	as, bs := strings.Split(a, "."), strings.Split(b, ".")
	for i := range bs {
		var x, y int
		if i < len(as) {
			x, _ = strconv.Atoi(as[i])
		}
		y, _ = strconv.Atoi(bs[i])
		if x != y {
			return x < y
		}
	}
	return false
}
