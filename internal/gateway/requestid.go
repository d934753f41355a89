package gateway

import (
	"github.com/lintel-gateway/lintel/internal/gateway/call"
	"github.com/lintel-gateway/lintel/internal/ids"
)

// requestIDs makes request ids: 32 hex characters like every identifier, from
// generators that are seeded from the identifier source. ids.Source itself takes a lock,
// a system call and three allocations, which is too much for every call. A generator stays
// with the pooled call that used it first: a pool of their own took 120 instructions a call.
type requestIDs struct{ source *ids.Source }

// next returns an id that is valid until the call ends.
func (r *requestIDs) next(c *call.Call) string {
	if c.IDs == nil {
		c.IDs = call.NewIDs([32]byte(r.source.Bytes(32)))
	}
	return c.IDs.Next()
}
