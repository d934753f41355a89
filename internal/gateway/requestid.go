package gateway

import (
	"encoding/binary"
	"math/rand/v2"

	"github.com/lintel-gateway/lintel/internal/gateway/call"
	"github.com/lintel-gateway/lintel/internal/ids"
	"github.com/lintel-gateway/lintel/internal/message"
)

// requestIDs makes request ids: 32 hex characters like every identifier, from
// ChaCha8 generators that are seeded from the identifier source. They are as
// hard to guess as the seed; ids.Source itself takes a lock, a system call and
// three allocations, which is too much for every call. A generator stays with the
// pooled call that used it first: a pool of their own took 120 instructions a call.
type requestIDs struct{ source *ids.Source }

// next returns an id that is valid until the call ends.
func (r *requestIDs) next(c *call.Call) string {
	g := c.Random
	if g == nil {
		g = rand.NewChaCha8([32]byte(r.source.Bytes(32)))
		c.Random = g
	}
	var id [16]byte
	binary.BigEndian.PutUint64(id[:], g.Uint64())
	binary.BigEndian.PutUint64(id[8:], g.Uint64())
	text := c.Scratch()[:2*len(id)]
	message.Hex16((*[2 * len(id)]byte)(text), &id)
	return c.Keep(text)
}
