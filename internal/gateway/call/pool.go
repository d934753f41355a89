package call

import (
	"context"
	"sync"

	"github.com/lintel-gateway/lintel/internal/message"
)

// What one pooled call may keep between calls. The usual call needs a few
// hundred bytes; a rare large one must not stay in the pool for ever.
const (
	keepFields = 256
	keepBytes  = 64 << 10
)

var pool = sync.Pool{New: func() any { return new(Call) }}

// Acquire returns an empty call. ctx ends when the caller goes away.
func Acquire(ctx context.Context) *Call {
	c := pool.Get().(*Call)
	c.ctx = ctx
	c.live = true
	return c
}

// Release empties the call and gives it back. Everything that was reached
// through the call is invalid from here on; a binary built with the race
// detector overwrites it, so that a string kept too long is seen in tests.
//
// Release panics when the call was released before: two owners of one call
// would show one caller's data to another.
func Release(c *Call) {
	if !c.live {
		panic("call: released twice")
	}
	spareBody := c.spareBody
	if c.body != nil {
		c.body.Close()
		if c.body.settled {
			spareBody = c.body
		}
	}
	c.vacate()
	if c.kept != nil {
		c.kept.Free()
	}
	// What is kept waits beside the call while the call is cleared as one block.
	scratch := c.scratch
	scratch.reset()
	query, headers := emptied(c.Request.Query), emptied(c.Request.Headers)
	params, authorizer := emptied(c.Target.PathParams), emptied(c.Authorizer)
	limits := c.Limits[:0]
	index := c.Request.index
	out, response := emptied(c.Out.Headers), emptied(c.Response.Headers)
	random := c.Random
	*c = Call{}
	c.scratch, c.spareBody, c.Random = scratch, spareBody, random
	c.Request.Query, c.Request.Headers, c.Request.index = query, headers, index
	c.Target.PathParams, c.Authorizer, c.Limits = params, authorizer, limits
	c.Out.Headers, c.Response.Headers = out, response
	pool.Put(c)
}

// emptied clears the whole capacity, because policies shorten lists in place
// and leave fields of the call behind the length.
func emptied(f message.Fields) message.Fields {
	if n := cap(f); n == 0 || n > keepFields {
		return nil
	}
	f = f[:cap(f)]
	clear(f)
	return f[:0]
}
