package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

// Bounds of PostgreSQL. The pool is small because a management plane is; two
// nodes stay far below the server's default of 100 connections.
const (
	poolSize         = 16
	poolIdle         = 4
	connectTimeout   = 5 * time.Second
	statementTimeout = "30000" // ms; also bounds the wait for the writer lock
	idleInTxTimeout  = "60000" // ms; a hung node must not keep the writer lock
)

func openPostgreSQL(ctx context.Context, url string) (*DB, error) {
	pool, err := postgresPool(url, statementTimeout)
	if err != nil {
		return nil, err
	}
	db := newDB(PostgreSQL, pool, pool)
	db.migrator = func() (*sql.DB, error) { return postgresPool(url, "0") }
	if err := pool.PingContext(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("store: postgresql: %w", kind(err)), db.Close())
	}
	return db, nil
}

func postgresPool(url, timeout string) (*sql.DB, error) {
	c, err := pgx.ParseConfig(url)
	if err != nil {
		return nil, fmt.Errorf("store: postgresql: %w", err) // pgx masks the password
	}
	// The simple protocol writes values into the SQL text, which has been the
	// way into two injections (CVE-2024-27304, CVE-2026-41889).
	if c.DefaultQueryExecMode == pgx.QueryExecModeSimpleProtocol {
		return nil, errors.New("store: postgresql: default_query_exec_mode=simple_protocol is not accepted; leave it out")
	}
	if c.ConnectTimeout == 0 || c.ConnectTimeout > connectTimeout {
		c.ConnectTimeout = connectTimeout
	}
	for name, value := range map[string]string{
		"application_name":                    "lintel",
		"statement_timeout":                   timeout,
		"idle_in_transaction_session_timeout": idleInTxTimeout,
	} {
		if _, set := c.RuntimeParams[name]; !set {
			c.RuntimeParams[name] = value
		}
	}
	pool := stdlib.OpenDB(*c)
	pool.SetMaxOpenConns(poolSize)
	pool.SetMaxIdleConns(poolIdle)
	pool.SetConnMaxIdleTime(5 * time.Minute)
	pool.SetConnMaxLifetime(time.Hour) // so that a fail-over is followed in the end
	return pool, nil
}
