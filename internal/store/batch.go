package store

import "context"

// Batch is a run of writes whose changes leave this process together.
type Batch struct{ db *DB }

// OnBatch installs what lets go of the changes that batches hold. It is called
// once, before the first Batch.
func (db *DB) OnBatch(release func()) { db.release = release }

// Batch runs fn and then lets go of what its writes held, also when fn fails
// or panics: what is committed is committed. Each write of the batch is a
// transaction of its own. Somebody else's write in between lets go of what is
// held so far, so nobody decides on a state that is not in force yet.
func (db *DB) Batch(fn func(b *Batch) error) error {
	defer func() {
		db.writer <- struct{}{} // not under a context: what is committed must get out
		defer func() { <-db.writer }()
		db.letGo()
	}()
	return fn(&Batch{db})
}

// Write is DB.Write, its changes held.
func (b *Batch) Write(ctx context.Context, fn func(tx *Tx) error) error {
	return b.db.transact(ctx, fn, manner{held: b.db.release != nil})
}

// letGo is called by whoever has the writer.
func (db *DB) letGo() {
	if db.held {
		db.held = false
		db.release()
	}
}
