package verify

import (
	"crypto/sha256"
	"sync"

	"github.com/lintel-gateway/lintel/internal/identity/bearer"
)

// checked holds the claims of up to max tokens whose signature was right. The
// key is a digest of the whole token: a token that differs in one byte is
// another one, the time of a look-up tells nothing about kept tokens, and no
// token that works lies in memory (CVE-2026-71326, CVE-2026-55670).
type checked struct {
	max     int
	mu      sync.RWMutex
	entries map[[sha256.Size]byte]*bearer.Claims
}

func newChecked(size int) *checked {
	return &checked{max: size, entries: map[[sha256.Size]byte]*bearer.Claims{}}
}

func digest(raw string) [sha256.Size]byte { return sha256.Sum256([]byte(raw)) }

func (c *checked) get(sum [sha256.Size]byte) *bearer.Claims {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.entries[sum]
}

// put keeps claims. In a full cache they take the place of any others, as in
// cache.
func (c *checked) put(sum [sha256.Size]byte, claims *bearer.Claims) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, ok := c.entries[sum]; !ok && len(c.entries) >= c.max {
		for other := range c.entries {
			delete(c.entries, other)
			break
		}
	}
	c.entries[sum] = claims
}
