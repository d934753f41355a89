package gateway

import (
	"encoding/binary"
	"math/rand/v2"
	"sync"

	"github.com/lintel-gateway/lintel/internal/gateway/call"
	"github.com/lintel-gateway/lintel/internal/ids"
	"github.com/lintel-gateway/lintel/internal/message"
)

// requestIDs makes request ids: 32 hex characters like every identifier, from
// ChaCha8 generators that are seeded from the identifier source. They are as
// hard to guess as the seed; ids.Source itself takes a lock, a system call and
// three allocations, which is too much for every call.
type requestIDs struct{ pool sync.Pool }

func newRequestIDs(source *ids.Source) *requestIDs {
	return &requestIDs{sync.Pool{New: func() any {
		return rand.NewChaCha8([32]byte(source.Bytes(32)))
	}}}
}

// next returns an id that is valid until the call ends.
func (r *requestIDs) next(c *call.Call) string {
	g := r.pool.Get().(*rand.ChaCha8)
	var id [16]byte
	binary.BigEndian.PutUint64(id[:], g.Uint64())
	binary.BigEndian.PutUint64(id[8:], g.Uint64())
	r.pool.Put(g)
	var text [32]byte
	message.Hex16(&text, &id)
	return c.Keep(append(c.Scratch(), text[:]...))
}
