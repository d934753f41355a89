package verify

import (
	"sync"
	"time"
)

// CacheTime is how long a key or scope may be used without asking SQL again.
const CacheTime = 5 * time.Second

// cache holds up to max answers of SQL. An answer counts for CacheTime and
// while the generation is the one before it was read.
type cache[K comparable, V any] struct {
	max     int
	mu      sync.RWMutex
	entries map[K]cached[V]
}

type cached[V any] struct {
	value      V
	until      time.Time
	generation uint64
}

func newCache[K comparable, V any](size int) *cache[K, V] {
	return &cache[K, V]{max: size, entries: make(map[K]cached[V])}
}

func (c *cache[K, V]) get(k K, now time.Time, generation uint64) (V, bool) {
	c.mu.RLock()
	e, ok := c.entries[k]
	c.mu.RUnlock()
	if !ok || e.generation != generation || !now.Before(e.until) {
		var none V
		return none, false
	}
	return e.value, true
}

// put keeps an answer. In a full cache it takes the place of any other: which
// one is left to the order of maps, so that nobody can aim at it.
func (c *cache[K, V]) put(k K, v V, now time.Time, generation uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, ok := c.entries[k]; !ok && len(c.entries) >= c.max {
		for other := range c.entries {
			delete(c.entries, other)
			break
		}
	}
	c.entries[k] = cached[V]{v, now.Add(CacheTime), generation}
}
