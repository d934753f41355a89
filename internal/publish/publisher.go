package publish

import (
	"context"
	"embed"
	"fmt"
	"io/fs"

	"github.com/lintel-gateway/lintel/internal/definition"
	"github.com/lintel-gateway/lintel/internal/store"
)

//go:embed schema/*.sql
var schema embed.FS

// Schema is this package's part of the database schema.
func Schema() fs.FS { return store.Schema(schema) }

// Contributor reads the rows of one thing as a value of package definition, or
// nil when the thing is not published (any more). It only reads.
type Contributor func(ctx context.Context, q store.Querier, id string) (any, error)

// Options are what a Publisher needs.
type Options struct {
	// Contributors has one entry per kind.
	Contributors map[definition.Kind]Contributor
	// Check is the dry build of records that will be applied together. Its error
	// refuses the write and reaches the client when it is a wire error.
	Check func([]definition.Record) error
	// Distribute carries committed records to the gateways. It is called in
	// commit order, one call at a time, and does not fail: a gateway that
	// misses records finds them again by comparing with All.
	Distribute func([]definition.Record)
}

// Publisher is the commit hook of the store.
type Publisher struct {
	o    Options
	held []definition.Record // of a batch, committed and not distributed; under the store's writer
}

// New makes a publisher.
func New(o Options) *Publisher { return &Publisher{o: o} }

// Commit implements store.CommitHook.
func (p *Publisher) Commit(ctx context.Context, tx *store.Tx, touched []store.Touched) (func(), error) {
	var changed []definition.Record
	var last uint64
	for _, t := range touched {
		r, given, err := p.record(ctx, tx, definition.Key{Kind: definition.Kind(t.Kind), ID: t.ID})
		if err != nil {
			return nil, err
		}
		last = given
		if r != nil {
			changed = append(changed, *r)
		}
	}
	if len(changed) == 0 {
		return nil, nil
	}
	if err := p.check(changed); err != nil {
		return nil, fmt.Errorf("publish: %w", err)
	}
	if err := save(ctx, tx, changed, last); err != nil {
		return nil, err
	}
	return func() {
		p.held = append(p.held, changed...)
		if !tx.Held() {
			p.Release()
		}
	}, nil
}

// check is the dry build. Gateways do not know yet what a batch holds; when
// that may be what stands in the way (a path that one API of the batch left and
// another takes), they are told and asked again.
func (p *Publisher) check(changed []definition.Record) error {
	err := p.o.Check(changed)
	if err != nil && len(p.held) > 0 {
		p.Release()
		err = p.o.Check(changed)
	}
	return err
}

// Release distributes what batches hold. The store calls it, with no write
// under way.
func (p *Publisher) Release() {
	if held := p.held; len(held) > 0 {
		p.held = nil
		p.o.Distribute(held)
	}
}

// record makes the record of a touched key, or nil when it did not change,
// and answers the revision that was given last.
func (p *Publisher) record(ctx context.Context, tx *store.Tx, key definition.Key) (r *definition.Record, last uint64, err error) {
	contribute := p.o.Contributors[key.Kind]
	if contribute == nil {
		return nil, 0, fmt.Errorf("publish: no contributor for kind %q", key.Kind)
	}
	value, err := contribute(ctx, tx, key.ID)
	if err != nil {
		return nil, 0, fmt.Errorf("publish: %s: %w", key, err)
	}
	r = &definition.Record{Key: key}
	if value != nil {
		if r.Body, err = definition.Encode(value); err != nil {
			return nil, 0, err
		}
	}
	old, last, err := loadHash(ctx, tx, key)
	if err != nil {
		return nil, 0, err
	}
	switch {
	case r.Deleted() && old == "":
		return nil, last, nil
	case !r.Deleted() && old == r.Hash():
		return nil, last, nil
	}
	return r, last, nil
}

// All answers every record in revision order, and the revision that was given
// last, for a gateway that starts or has fallen behind. What a gateway holds and
// All does not list was withdrawn at last or before.
func All(ctx context.Context, q store.Querier) (records []definition.Record, last uint64, err error) {
	return loadAll(ctx, q)
}

// Surpass makes the database's revisions newer than floor when they are not: a
// database restored from a backup knows less than its gateways, which would
// take its records for old ones. Every record gets a new revision then.
func Surpass(ctx context.Context, db *store.DB, floor uint64) error {
	return db.Write(ctx, func(tx *store.Tx) error { return surpass(ctx, tx, floor) })
}
