package call

import (
	"context"
	"unsafe"

	"github.com/lintel-gateway/lintel/internal/message"
)

// What one pooled call may keep between calls. The usual call needs a few
// hundred bytes; a rare large one must not stay in the pool for ever.
const (
	keepFields = 256
	keepBytes  = 64 << 10
)

// pooled is a call and the first memory of its lists, beside it so that both are emptied
// at once: a list of its own memory each took 60 instructions a list to empty. A list
// that needs more than its part moves to memory of its own, which it keeps.
type pooled struct {
	Call
	room
}

type room struct {
	query, params, response [6]message.Field
	headers, out            [16]message.Field
}

func newPooled() *pooled {
	p := new(pooled)
	p.Request.Query, p.Request.Headers = p.query[:0], p.headers[:0]
	p.Target.PathParams, p.Out.Headers, p.Response.Headers = p.params[:0], p.out[:0], p.response[:0]
	return p
}

// Acquire returns an empty call. ctx ends when the caller goes away.
func Acquire(ctx context.Context) *Call {
	c := &take().Call
	c.ctx = ctx
	c.live = true
	return c
}

// Release empties the call and gives it back. Everything that was reached
// through the call is invalid from here on; a binary built with the race
// detector overwrites it, so that a string kept too long is seen in tests.
//
// Release panics when the call was released before, or does not come from Acquire: two
// owners of one call would show one caller's data to another.
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
	p := (*pooled)(unsafe.Pointer(c)) // it is the first field, or the call were not live
	// What is kept waits beside the call while the call is cleared as one block.
	scratch := c.scratch
	scratch.reset()
	index, ids := c.Request.index, c.IDs
	if poison && ids != nil {
		ids.spoil()
	}
	authorizer, limits := emptied(c.Authorizer), c.Limits[:0]
	query, headers := fitted(c.Request.Query, p.query[:0]), fitted(c.Request.Headers, p.headers[:0])
	params, out := fitted(c.Target.PathParams, p.params[:0]), fitted(c.Out.Headers, p.out[:0])
	response := fitted(c.Response.Headers, p.response[:0])
	// By the runtime's wide stores, where an assignment goes by half as many bytes. From 2 KB on
	// the runtime has the processor repeat one of eight bytes, which is why there are two.
	clear(unsafe.Slice(c, 1))
	clear(unsafe.Slice(&p.room, 1))
	c.scratch, c.spareBody, c.IDs = scratch, spareBody, ids
	c.Request.index, c.Authorizer, c.Limits = index, authorizer, limits
	c.Request.Query, c.Request.Headers = query, headers
	c.Target.PathParams, c.Out.Headers, c.Response.Headers = params, out, response
	put(p)
}

// fitted is the memory in which a list begins the next time: its own, emptied, when it
// needed more than the room beside the call.
func fitted(f, room message.Fields) message.Fields {
	if cap(f) > cap(room) {
		if own := emptied(f); own != nil {
			return own
		}
	}
	return room
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
