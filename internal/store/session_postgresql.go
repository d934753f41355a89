package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
)

// begin starts a transaction and waits until it is the only one that writes, in
// one round trip. The advisory lock stands for "the writer"; it is tied to the
// transaction, so it is given back only when the commit is visible to others,
// and also when we die. Its number only has to differ from that of other users
// of the database; it spells "lintel" in ASCII.
const begin = "BEGIN; SELECT pg_advisory_xact_lock(119200080487788)"

// rollTimeout bounds how long a connection may take to roll back before it is
// given up, which has the same effect.
const rollTimeout = 5 * time.Second

// commitTimeout bounds the commit and the statements that travel with it.
const commitTimeout = 30 * time.Second

// beginAttempts is how often begin is tried when connections of the pool turn
// out to be broken, as database/sql does it.
const beginAttempts = 3

// postgresSession is a transaction of PostgreSQL. It is not a sql.Tx, because
// that has no way to send several statements at once.
type postgresSession struct {
	conn   *sql.Conn
	queued *pgx.Batch
	over   bool
	// found is the mark at the beginning, and own the number of the transaction,
	// "" when it wrote nothing: for WriteAfter alone.
	found Mark
	own   string
}

// beginPostgreSQL also reads the mark when it is wanted, in the same round trip.
func beginPostgreSQL(ctx context.Context, pool *sql.DB, marked bool) (session, error) {
	text := begin
	if marked {
		text += "; " + selectMark
	}
	for attempt := 1; ; attempt++ {
		conn, err := pool.Conn(ctx)
		if err != nil {
			return nil, err
		}
		broken := false
		s := &postgresSession{conn: conn}
		err = onPostgreSQL(conn, func(c *pgx.Conn) error {
			results, err := c.PgConn().Exec(ctx, text).ReadAll()
			broken = c.IsClosed()
			if err == nil && marked {
				row := results[len(results)-1].Rows[0]
				s.found, err = readMark(string(row[0]), string(row[1]))
			}
			return err
		})
		if err == nil {
			return s, nil
		}
		err = errors.Join(err, s.roll())
		if !broken || ctx.Err() != nil || attempt == beginAttempts {
			return nil, err
		}
	}
}

func onPostgreSQL(conn *sql.Conn, fn func(*pgx.Conn) error) error {
	return conn.Raw(func(driver any) error { return fn(driver.(*stdlib.Conn).Conn()) })
}

func (s *postgresSession) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	return s.conn.ExecContext(ctx, query, args...)
}

func (s *postgresSession) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	return s.conn.QueryContext(ctx, query, args...)
}

func (s *postgresSession) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	return s.conn.QueryRowContext(ctx, query, args...)
}

func (s *postgresSession) send(_ context.Context, query string, args []any) error {
	if s.queued == nil {
		s.queued = &pgx.Batch{}
	}
	s.queued.Queue(query, args...)
	return nil
}

func (s *postgresSession) flush(ctx context.Context) error {
	batch := s.queued
	if batch == nil {
		return nil
	}
	s.queued = nil
	return onPostgreSQL(s.conn, func(c *pgx.Conn) error { return c.SendBatch(ctx, batch).Close() })
}

// commit sends the commit along with what is queued. After a statement that
// fails the server passes over the rest, the commit with it.
func (s *postgresSession) commit(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	// From here on a client that goes away changes nothing: a commit that took
	// place and was not heard of would not be distributed.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), commitTimeout)
	defer cancel()
	var outcome string
	if err := s.askOwn(ctx); err != nil {
		return err
	}
	if err := s.send(ctx, "COMMIT", nil); err != nil {
		return err
	}
	last := s.queued.QueuedQueries[s.queued.Len()-1]
	last.Exec(func(tag pgconn.CommandTag) error { outcome = tag.String(); return nil })
	if err := s.flush(ctx); err != nil {
		return err
	}
	s.over = true
	// A transaction in which a statement failed that nobody cared for.
	if outcome != "COMMIT" {
		return errors.Join(fmt.Errorf("store: postgresql: the commit was answered with %s", outcome), s.conn.Close())
	}
	return s.conn.Close()
}

// roll gives the connection back. The pool itself throws away one that is
// broken or still in a transaction.
func (s *postgresSession) roll() error {
	if s.over {
		return nil
	}
	s.over = true
	ctx, cancel := context.WithTimeout(context.Background(), rollTimeout)
	defer cancel()
	err := onPostgreSQL(s.conn, func(c *pgx.Conn) error {
		if c.IsClosed() || c.PgConn().TxStatus() == 'I' {
			return nil
		}
		return c.PgConn().Exec(ctx, "ROLLBACK").Close()
	})
	return errors.Join(err, s.conn.Close())
}
