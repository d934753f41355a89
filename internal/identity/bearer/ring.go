package bearer

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/lintel-gateway/lintel/internal/clock"
	"github.com/lintel-gateway/lintel/internal/identity/tokens"
	"github.com/lintel-gateway/lintel/internal/ids"
	"github.com/lintel-gateway/lintel/internal/secret"
	"github.com/lintel-gateway/lintel/internal/store"
)

const (
	// CacheTime is how long keys are used without asking SQL again.
	CacheTime = 5 * time.Second
	// RotateAfter is how long a key signs.
	RotateAfter = 90 * 24 * time.Hour
	// MaxKeys bounds the keys that there are for rotations by hand; those by
	// time go on.
	MaxKeys = 12
	// keep is how long a retired key is published at least: as long as a token
	// made with a key pair lives, and a while for nodes that had not yet heard.
	keep = MaxCycle*24*time.Hour + time.Hour
	// loadTime bounds one reading of the keys.
	loadTime = 2 * time.Second
	// maxUnknown bounds the kids that are remembered as nobody's.
	maxUnknown = 1024
)

// RingDeps is what a Ring works with.
type RingDeps struct {
	DB      *store.DB
	IDs     *ids.Source
	Clock   clock.Clock
	Sealer  *secret.Sealer
	Revoked *tokens.Revocations
}

// Ring signs tokens and checks them with the keys of the installation. It is
// safe for concurrent use.
type Ring struct {
	RingDeps
	making sync.Mutex // one key is made at a time
	spare  *row       // made and not stored yet; guarded by making

	reading sync.Mutex
	begun   atomic.Uint64 // readings that were begun
	held    atomic.Pointer[keys]

	mu      sync.Mutex
	unknown map[string]moment // kids that are nobody's
}

// moment is when something was found out.
type moment struct {
	until      time.Time
	generation uint64
}

func (m moment) counts(now time.Time, generation uint64) bool {
	return m.generation == generation && now.Before(m.until)
}

// keys is what was read at once. It is never changed.
type keys struct {
	moment
	number uint64 // of the reading
	byID   map[string]*key
	sorted []*key // youngest first
	active *key   // nil: none was made yet
}

// NewRing returns a ring. It reads nothing yet.
func NewRing(d RingDeps) *Ring {
	return &Ring{RingDeps: d, unknown: map[string]moment{}}
}

// current is the keys as they are now, or were CacheTime ago at most.
func (r *Ring) current(ctx context.Context) (*keys, error) {
	if k := r.held.Load(); k != nil && k.counts(r.Clock(), r.Revoked.Generation()) {
		return k, nil
	}
	return r.read(ctx)
}

// read reads the keys. Whoever waits for a reading that began after it asked
// takes that one's result: however many ask, readings run one after the other.
func (r *Ring) read(ctx context.Context) (*keys, error) {
	asked := r.begun.Load()
	r.reading.Lock()
	defer r.reading.Unlock()
	before := r.held.Load()
	if before != nil && before.number > asked {
		return before, nil
	}
	next := &keys{
		number: r.begun.Add(1), byID: map[string]*key{},
		moment: moment{r.Clock().Add(CacheTime), r.Revoked.Generation()},
	}
	ctx, cancel := context.WithTimeout(ctx, loadTime)
	defer cancel()
	rows, err := store.List(ctx, r.DB, scanKey, selectKeys, maxLoaded)
	if err != nil {
		return nil, fmt.Errorf("bearer: read the signing keys: %w", err)
	}
	for _, row := range rows {
		k, err := before.same(&row), error(nil)
		if k == nil {
			if k, err = row.open(r.Sealer); err != nil {
				return nil, err
			}
		}
		next.byID[k.id], next.sorted = k, append(next.sorted, k)
		if k.signer != nil {
			next.active = k
		}
	}
	r.held.Store(next)
	return next, nil
}

// same is the key of a row if it is there in the same state: to open one anew
// takes longer than to read it.
func (k *keys) same(r *row) *key {
	if k == nil || k.byID[r.kid] == nil || (k.byID[r.kid].signer == nil) != (r.retired != 0) {
		return nil
	}
	return k.byID[r.kid]
}

// find answers the key with the id, nil without one. A key that another node
// made a moment ago costs one reading.
func (r *Ring) find(ctx context.Context, kid string) (*key, error) {
	held, err := r.current(ctx)
	if err != nil || held.byID[kid] != nil {
		return held.get(kid), err
	}
	now, generation := r.Clock(), r.Revoked.Generation()
	r.mu.Lock()
	known := r.unknown[kid].counts(now, generation)
	r.mu.Unlock()
	if known {
		return nil, nil
	}
	if held, err = r.read(ctx); err != nil || held.byID[kid] != nil {
		return held.get(kid), err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.unknown) >= maxUnknown {
		clear(r.unknown)
	}
	r.unknown[kid] = moment{now.Add(CacheTime), generation}
	return nil, nil
}

func (k *keys) get(kid string) *key {
	if k == nil {
		return nil
	}
	return k.byID[kid]
}

// Holds reports whether the key with the id is still one of ours: what it
// signed counts no longer once it was removed. It takes I/O only when the keys
// must be read again.
func (r *Ring) Holds(ctx context.Context, kid string) (bool, error) {
	held, err := r.current(ctx)
	return held.get(kid) != nil, err
}

// signing is the active key, made if there is none.
func (r *Ring) signing(ctx context.Context) (*key, error) {
	held, err := r.current(ctx)
	if err != nil || held.active != nil {
		return held.signs(), err
	}
	r.making.Lock()
	defer r.making.Unlock()
	if held, err = r.current(ctx); err != nil || held.active != nil {
		return held.signs(), err
	}
	if err := r.replace(ctx, func(active time.Time) bool { return active.IsZero() }, false); err != nil {
		return nil, err
	}
	if held, err = r.read(ctx); err != nil {
		return nil, err
	}
	if held.active == nil {
		return nil, fmt.Errorf("bearer: there is no signing key although one was made")
	}
	return held.active, nil
}

func (k *keys) signs() *key {
	if k == nil {
		return nil
	}
	return k.active
}
