package ledger

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"time"

	"github.com/lintel-gateway/lintel/internal/store"
)

const (
	// maxWaiting bounds the claims that wait, those under way not counted. At a
	// hundred batches a second it is more than the deadline of a request holds.
	maxWaiting = 4096
	// maxBatch bounds the claims of one transaction, and with it the number of
	// parameters of its statements and the time that others wait for the writer.
	maxBatch = 256
	// lull is how long nobody has come when the next batch begins, and gathering
	// how long it waits at most for those who come.
	lull, gathering = 100 * time.Microsecond, 500 * time.Microsecond
	// batchTimeout ends a transaction whose database does not answer.
	batchTimeout = 10 * time.Second
)

// combiner lets claims that arrive together share a transaction. There is one
// writer at a time and a commit costs a write to the disk: one after the other,
// the last of 64 claimers would wait for 64 commits.
//
// With 64 claimers a batch took 69 to 86 µs of this process for each claim on
// SQLite; it takes 35 to 39 (bench/README.md). What helped: what undoes a statement in memory, not in a
// file (store), statements that are not parsed again (store), memory, and
// waiting for those who come back. What did not: leaving out the index by
// project (within the noise on both engines), no garbage collection (the 99th
// percentile stayed), and checkpoints, of which the one beside takes 3 to 8 ms a
// second and is not where the slow batches are: those wait for the disk.
//
// Its goroutine lives only while claims wait. The zero value with run set is
// ready.
type combiner struct {
	// run decides and stores a batch. An error means that nothing was stored.
	run func(ctx context.Context, batch []*claim) error

	mu      sync.Mutex
	waiting []*claim
	working bool
	closed  bool
	work    sync.WaitGroup
}

// do waits until a claim was decided, at most as long as ctx. A claim whose
// caller has gone away is not begun; one under way may still take place, and
// asking again with its request id tells.
func (c *combiner) do(ctx context.Context, cl *claim) error {
	cl.ctx, cl.done = ctx, make(chan struct{})
	if err := c.queue(cl); err != nil {
		return err
	}
	select {
	case <-cl.done:
		return cl.err
	case <-ctx.Done():
		if errors.Is(ctx.Err(), context.DeadlineExceeded) {
			return fmt.Errorf("ledger: the claim took too long: %w", store.ErrUnavailable)
		}
		return fmt.Errorf("ledger: wait for the claim: %w", ctx.Err())
	}
}

func (c *combiner) queue(cl *claim) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.closed:
		return errClosed
	case len(c.waiting) >= maxWaiting:
		return errBusy
	}
	c.waiting = append(c.waiting, cl)
	if !c.working {
		c.working = true
		c.work.Go(c.drain)
	}
	return nil
}

// drain runs batches until nothing waits.
func (c *combiner) drain() {
	for batch := c.next(); len(batch) > 0; batch = c.next() {
		ctx, cancel := context.WithTimeout(context.Background(), batchTimeout)
		err := c.run(ctx, batch)
		cancel()
		for _, cl := range batch {
			cl.finish(err)
		}
		c.gather(len(batch))
	}
}

// gather lets those come who were answered and ask again at once: without them
// the next batch would be half as large, and each of two paid for by all. It
// ends when all are there, when nobody comes any more, or after a while.
func (c *combiner) gather(answered int) {
	begun := time.Now()
	last, came := begun, 0
	for time.Since(last) < lull && time.Since(begun) < gathering {
		runtime.Gosched()
		c.mu.Lock()
		n := len(c.waiting)
		c.mu.Unlock()
		if n >= answered {
			return
		}
		if n > came {
			last, came = time.Now(), n
		}
	}
}

// next takes what waits, up to a batch, without those whose callers have gone.
func (c *combiner) next() []*claim {
	c.mu.Lock()
	defer c.mu.Unlock()
	n := min(len(c.waiting), maxBatch)
	batch := make([]*claim, 0, n)
	for len(c.waiting) > 0 && len(batch) < n {
		cl := c.waiting[0]
		c.waiting[0], c.waiting = nil, c.waiting[1:]
		if cl.ctx.Err() == nil {
			batch = append(batch, cl)
		}
	}
	if len(batch) == 0 {
		c.waiting, c.working = nil, false
	}
	return batch
}

// close refuses what waits and what comes, and waits for the batch under way.
func (c *combiner) close() {
	c.mu.Lock()
	c.closed = true
	waiting := c.waiting
	c.waiting = nil
	c.mu.Unlock()
	for _, cl := range waiting {
		cl.finish(errClosed)
	}
	c.work.Wait()
}
