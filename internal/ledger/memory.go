package ledger

import (
	"context"
	"math"
	"time"

	"github.com/lintel-gateway/lintel/internal/store"
)

const (
	// The bounds of what a batch leaves to the next: twice as many of each may
	// be kept. A reservation is committed soon after it was made, or long after,
	// and then it is read.
	maxKeptReservations = 2048
	maxKeptProjects     = 1024
	maxKeptBalances     = 4096
)

// memory is what the batch before knew when it was committed. It is used only
// while nobody else has written anything to the database (store.WriteAfter), so
// there is nothing in it that could be out of date: neither a quota, nor a
// project that was disabled, nor what another node took. Without it a batch
// begins with six questions, which were a third of its time.
//
// It belongs to the one batch under way.
type memory struct {
	books *books // nil: nothing is known
	mark  store.Mark
}

// take answers the books of the batch before, or new ones, and forgets them: a
// batch that fails may have changed them.
func (m *memory) take() (*books, store.Mark) {
	b, mark := m.books, m.mark
	*m = memory{}
	return b, mark
}

func (m *memory) keep(b *books, mark store.Mark) {
	if mark == (store.Mark{}) {
		return
	}
	b.byID.age(maxKeptReservations)
	b.byRequest.age(maxKeptReservations)
	b.projects.age(maxKeptProjects)
	b.balances.age(maxKeptBalances)
	*m = memory{b, mark}
}

// kept is a map that is bounded by ageing: what was used since it was last half
// full stays.
type kept[K comparable, V any] struct{ young, old map[K]V }

func newKept[K comparable, V any]() kept[K, V] { return kept[K, V]{young: map[K]V{}} }

func (k *kept[K, V]) get(key K) (v V, ok bool) {
	if v, ok = k.young[key]; ok {
		return v, true
	}
	if v, ok = k.old[key]; ok {
		k.young[key] = v
	}
	return v, ok
}

func (k *kept[K, V]) put(key K, v V) { k.young[key] = v }

// age is called between two batches: nothing is lost that one has begun with.
func (k *kept[K, V]) age(most int) {
	if len(k.young) > most {
		k.old, k.young = k.young, map[K]V{}
	}
}

// never is later than every time.
const never = math.MaxInt64

// second is the row of quota_expiries that a time belongs to.
func second(at time.Time) int64 { return store.Micros(at) / 1_000_000 }

// firstExpiry is the second in which the first open reservation expires: a
// search by expire_time begins there, not among those that have long ended.
// Without one it is later than every time.
const firstExpiry = `(SELECT COALESCE(MIN(second), 9000000000000) * 1000000 FROM quota_expiries WHERE open > 0)`

// nextExpiry is when the first open reservation expires, never without any.
func nextExpiry(ctx context.Context, q store.Querier) (at int64, err error) {
	err = q.QueryRow(ctx, `
		SELECT COALESCE(MIN(expire_time), $1) FROM quota_reservations WHERE state = 'reserved' AND expire_time >= `+firstExpiry, int64(never)).Scan(&at)
	return at, err
}
