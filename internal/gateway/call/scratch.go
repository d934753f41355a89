package call

import "unsafe"

// scratch is the memory in which a call builds strings: the outbound path and
// query, header values, the request id. Building into it costs no allocation
// once the call has been used before.
type scratch struct {
	text []byte // built so far
	body []byte // buffered request body
}

// A chunk of scratch memory is replaced by a larger one as soon as less than
// spare is left, so that after a few calls a pooled call builds everything in
// its one chunk.
const (
	firstChunk = 4 << 10
	spare      = 512
)

// Scratch returns an empty slice at the end of the call's scratch memory, with room
// for at least 512 bytes (spare). Append
// to it and hand the result to Keep before asking for another.
func (c *Call) Scratch() []byte {
	t := &c.scratch.text
	if cap(*t)-len(*t) < spare {
		*t = make([]byte, 0, max(firstChunk, 2*cap(*t)))
	}
	return (*t)[len(*t):]
}

// Keep turns what was appended to Scratch into a string that lives as long as
// the call.
//
// When append had to move, the moved slice becomes the scratch memory; strings
// built earlier keep the old one alive for as long as they are referenced.
func (c *Call) Keep(b []byte) string {
	if len(b) == 0 {
		return ""
	}
	old := c.scratch.text
	if unsafe.SliceData(b) == unsafe.SliceData(old[len(old):cap(old)]) {
		c.scratch.text = old[:len(old)+len(b)]
	} else {
		c.scratch.text = b
	}
	return unsafe.String(&b[0], len(b))
}

func (s *scratch) reset() {
	s.text = wiped(s.text)
	s.body = wiped(s.body)
}

func wiped(b []byte) []byte {
	if cap(b) > keepBytes {
		return nil
	}
	if poison {
		for i := range b {
			b[i] = '!'
		}
	} else {
		clear(b)
	}
	return b[:0]
}
