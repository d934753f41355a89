package store

import (
	"context"
	"database/sql"
	"sync"
	"time"
)

const (
	// foldEvery is the least time between two checkpoints: a burst of writes is
	// folded together.
	foldEvery = time.Second
	// foldTimeout bounds one checkpoint; what is left comes with the next.
	foldTimeout = 10 * time.Second
	// foldAtLatest is when the writer folds by itself, in pages of 4 KB: while
	// somebody always writes, checkpoints beside it may never come to the end of
	// the log.
	foldAtLatest = "wal_autocheckpoint(16000)"
)

// folder runs SQLite's checkpoints on a connection of its own. Run by the
// writer, every seventieth write would wait 10 ms for the disk while it holds up
// all others. The 99th percentile of creating an API among 100,000 was 10.8 ms
// then; with a checkpoint every 50 ms it is 6.9, every 250 ms 3.9 to 6.0, every
// second 3.3 to 4.1 with a stall of 100 ms at each.
type folder struct {
	pool *sql.DB
	work chan struct{} // has room for one: there is something to fold
	stop chan struct{}
	done sync.WaitGroup
	end  sync.Once
}

func newFolder(pool *sql.DB) *folder {
	f := &folder{pool: pool, work: make(chan struct{}, 1), stop: make(chan struct{})}
	f.done.Go(f.run)
	return f
}

// wrote is called after each commit.
func (f *folder) wrote() {
	if f == nil {
		return
	}
	select {
	case f.work <- struct{}{}:
	default:
	}
}

func (f *folder) run() {
	for {
		select {
		case <-f.stop:
			return
		case <-f.work:
		}
		select {
		case <-f.stop:
			return
		case <-time.After(foldEvery):
		}
		f.fold()
	}
}

// fold copies what no reader needs any more. A failure is not an error: the
// next one, or the writer, does the same again.
func (f *folder) fold() {
	ctx, cancel := context.WithTimeout(context.Background(), foldTimeout)
	defer cancel()
	_, _ = f.pool.ExecContext(ctx, "PRAGMA wal_checkpoint(PASSIVE)")
}

// close ends the folder. It may be called again.
func (f *folder) close() error {
	if f == nil {
		return nil
	}
	f.end.Do(func() { close(f.stop) })
	f.done.Wait()
	return f.pool.Close()
}
