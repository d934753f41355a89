package engine

import (
	"sync/atomic"
	"time"

	"github.com/lintel-gateway/lintel/internal/gateway/http1"
)

// date is the Date field of answers that have none. It is made once a second: making
// it costs more than the rest of a head.
type date struct{ line atomic.Pointer[dateLine] }

// dateForm is that of RFC 9110 §5.6.7.
const dateForm = "Mon, 02 Jan 2006 15:04:05 GMT"

type dateLine struct {
	text  string
	until http1.Instant // when the second ends
}

// append appends the whole line.
func (d *date) append(b []byte, now http1.Instant) []byte {
	l := d.line.Load()
	if l == nil || now >= l.until {
		wall := time.Now()
		l = &dateLine{
			text:  "Date: " + wall.UTC().Format(dateForm) + "\r\n",
			until: http1.Now().Add(time.Second - time.Duration(wall.Nanosecond())),
		}
		d.line.Store(l)
	}
	return append(b, l.text...)
}
