package accesskeys

import (
	"context"
	"sync"
	"time"

	"github.com/lintel-gateway/lintel/internal/store"
)

// maxPending bounds the uses that wait to be written; more are dropped.
const maxPending = 10000

// uses holds when keys were used since the last Flush.
type uses struct {
	mu      sync.Mutex
	pending map[string]int64
}

// Used notes that a key was used. It takes no I/O.
func (a *Area) Used(access string, now time.Time) {
	minute := store.Micros(now.Truncate(time.Minute))
	a.uses.mu.Lock()
	defer a.uses.mu.Unlock()
	if _, ok := a.uses.pending[access]; ok || len(a.uses.pending) < maxPending {
		a.uses.pending[access] = minute
	}
}

// Flush writes the uses that were noted. When it fails they are lost: they
// inform people and decide nothing.
func (a *Area) Flush(ctx context.Context) error {
	a.uses.mu.Lock()
	pending := a.uses.pending
	a.uses.pending = map[string]int64{}
	a.uses.mu.Unlock()
	if len(pending) == 0 {
		return nil
	}
	return a.DB.Write(ctx, func(tx *store.Tx) error {
		for access, at := range pending {
			if _, err := tx.Exec(ctx, updateUse, at, access); err != nil {
				return err
			}
		}
		return nil
	})
}
