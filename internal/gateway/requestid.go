package gateway

import (
	"encoding/binary"
	"math/rand/v2"
	"sync"

	"github.com/lintel-gateway/lintel/internal/gateway/call"
	"github.com/lintel-gateway/lintel/internal/ids"
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
	high, low := g.Uint64(), g.Uint64()
	r.pool.Put(g)
	return c.Keep(appendHex(appendHex(c.Scratch(), high), low))
}

// appendHex appends the 16 digits of n, eight at a time: a loop over digits is a
// third of what making an id costs.
func appendHex(dst []byte, n uint64) []byte {
	dst = binary.BigEndian.AppendUint64(dst, digits(uint32(n>>32)))
	return binary.BigEndian.AppendUint64(dst, digits(uint32(n)))
}

// digits returns the eight hex digits of n as the bytes of a word. Each half byte
// is moved into a byte of its own; '0' is added to all and the distance to 'a'
// to those above 9.
func digits(n uint32) uint64 {
	x := uint64(n)
	x = (x | x<<16) & 0x0000ffff0000ffff
	x = (x | x<<8) & 0x00ff00ff00ff00ff
	x = (x | x<<4) & 0x0f0f0f0f0f0f0f0f
	letters := (x + 0x0606060606060606) >> 4 & 0x0101010101010101
	return x + 0x3030303030303030 + letters*('a'-'0'-10)
}
