package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

// migrate brings the schema up to date. Each area numbers its files within
// its own range, so a second file of an early area comes after the first of a
// late one in time, though not in number: goose must accept that. It works
// because a schema file touches the tables of its own area only.
func migrate(ctx context.Context, db *DB, schemas []fs.FS) (err error) {
	files, err := merge(db.engine, schemas)
	if err != nil || len(files) == 0 {
		return err
	}
	dialect, pool := goose.DialectSQLite3, db.write
	options := []goose.ProviderOption{
		goose.WithAllowOutofOrder(true),
		goose.WithDisableGlobalRegistry(true),
		goose.WithLogger(goose.NopLogger()),
	}
	if db.engine == PostgreSQL {
		// Two nodes may start at once. goose's lock belongs to the session, so
		// it is gone with the node that held it.
		locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 60))
		if err != nil {
			return fmt.Errorf("store: migrate: %w", err)
		}
		dialect, options = goose.DialectPostgres, append(options, goose.WithSessionLocker(locker))
	}
	if db.migrator != nil { // without the time limit of ordinary statements
		if pool, err = db.migrator(); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, pool.Close()) }()
	}
	return up(ctx, dialect, pool, files, options)
}

func up(ctx context.Context, dialect goose.Dialect, pool *sql.DB, files merged, options []goose.ProviderOption) error {
	provider, err := goose.NewProvider(dialect, pool, files, options...)
	if err != nil {
		return fmt.Errorf("store: migrate: %w", err)
	}
	// The provider is not closed: that would close the pool.
	_, err = provider.Up(ctx)
	var partial *goose.PartialError
	if errors.As(err, &partial) {
		return fmt.Errorf("store: migrate: %s: %w", partial.Failed.Source.Path, kind(partial.Err))
	}
	if err != nil {
		return fmt.Errorf("store: migrate: %w", kind(err))
	}
	return nil
}

// schemaName is how schema files are called: 0010_groups.sql. One for a single
// engine, 0161_ledger_room.postgresql.sql, may only tune: what is stored and
// asked for stays the same on both.
var schemaName = regexp.MustCompile(`^(\d{4})_[a-z0-9_]+(?:\.(sqlite|postgresql))?\.sql$`)

// merged is one folder made of the schema files of all areas.
type merged map[string]fs.FS

// merge refuses what goose would overlook: a file it cannot number, and one
// number given out twice.
func merge(engine Engine, schemas []fs.FS) (merged, error) {
	all, numbers := merged{}, map[string]string{}
	for _, schema := range schemas {
		entries, err := fs.ReadDir(schema, ".")
		if err != nil {
			return nil, fmt.Errorf("store: read schema files: %w", err)
		}
		for _, entry := range entries {
			name := entry.Name()
			number := schemaName.FindStringSubmatch(name)
			if number == nil {
				return nil, fmt.Errorf("store: schema file %q: want a name like 0010_groups.sql", name)
			}
			if other, taken := numbers[number[1]]; taken {
				return nil, fmt.Errorf("store: schema files %q and %q have the same number", other, name)
			}
			numbers[number[1]] = name
			if only := number[2]; only == "" || only == string(engine) {
				all[name] = schema
			}
		}
	}
	return all, nil
}

// Open implements fs.FS.
func (m merged) Open(name string) (fs.File, error) {
	schema, ok := m[name]
	if !ok {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return schema.Open(name)
}

// Glob implements fs.GlobFS, which is how goose finds files.
func (m merged) Glob(pattern string) (names []string, err error) {
	for name := range m {
		ok, err := path.Match(pattern, name)
		if err != nil {
			return nil, err
		}
		if ok {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names, nil
}
