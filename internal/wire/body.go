package wire

import (
	"bytes"
	"errors"
	"io"
	"net/http"
)

// body reads the request body at most once, when somebody asks.
type body struct {
	exchange *exchange
	limit    int64
	done     bool
	bytes    []byte
	fault    *Error
}

// firstRead bounds what is allocated on the word of a Content-Length.
const firstRead = 64 << 10

// read answers the whole body. Its error is a refusal of the dialect. The
// context cannot interrupt a read, so the connection gets a deadline.
func (b *body) read() ([]byte, error) {
	if b.done {
		return b.result()
	}
	b.done = true
	x := b.exchange
	r := x.req.HTTP
	if r.Body == nil || r.Body == http.NoBody {
		return nil, nil
	}
	if deadline, ok := r.Context().Deadline(); ok {
		// Writers in memory have no deadlines and need none.
		_ = http.NewResponseController(x.w).SetReadDeadline(deadline)
	}
	var buf bytes.Buffer
	buf.Grow(int(min(max(r.ContentLength, 0), firstRead)) + bytes.MinRead)
	_, err := io.Copy(&buf, http.MaxBytesReader(x.w, r.Body, b.limit))
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		b.fault = x.route.tooLarge(&x.dialect.Faults)
	case err != nil:
		b.fault = x.dialect.Faults.BadBody("the body could not be read to its end").Because(err)
	default:
		b.bytes = buf.Bytes()
	}
	return b.result()
}

// result avoids an error interface that holds a nil *Error.
func (b *body) result() ([]byte, error) {
	if b.fault != nil {
		return nil, b.fault
	}
	return b.bytes, nil
}
