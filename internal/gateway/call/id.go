package call

import (
	"math/rand/v2"
	"unsafe"

	"github.com/lintel-gateway/lintel/internal/message"
)

// IDs makes ids of calls: 32 hex characters. The second half of each is drawn from a
// ChaCha8 generator, the first one is for IDs.together ids in a row, so that one needs
// half the random bytes and half the digits. Two calls with the same id take two
// generators with the same 64 random bits and then the same 64 again. Who has
// seen ids has 64 bits to guess of the next.
type IDs struct {
	random rand.ChaCha8
	left   int // so many more have this first half
	text   [32]byte
}

// together is how many ids in a row have the same first half.
const together = 64

// NewIDs returns a generator; the ids are as hard to guess as the seed.
func NewIDs(seed [32]byte) *IDs {
	g := &IDs{}
	g.random.Seed(seed)
	return g
}

// Next returns an id that is valid until the next one or until the call that it is for
// ends, in whose memory it lies.
func (g *IDs) Next() string {
	if g.left == 0 {
		g.draw((*[16]byte)(g.text[:16]))
		g.left = together
	}
	g.left--
	g.draw((*[16]byte)(g.text[16:]))
	return unsafe.String(&g.text[0], len(g.text))
}

func (g *IDs) draw(half *[16]byte) {
	n := g.random.Uint64()
	message.Hex8(half, (*[8]byte)(unsafe.Pointer(&n)))
}

// spoil makes an id that is kept too long visible.
func (g *IDs) spoil() {
	g.left = 0
	for i := range g.text {
		g.text[i] = '!'
	}
}
