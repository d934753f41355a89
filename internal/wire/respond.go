package wire

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strconv"
)

// keptBuffer bounds the buffers that are kept for the next answer.
const keptBuffer = 64 << 10

// keep gives a buffer back.
func (x *exchange) keep(buf *bytes.Buffer) {
	if buf.Cap() <= keptBuffer {
		buf.Reset()
		x.buffers.Put(buf)
	}
}

// encode writes v as JSON without the HTML escaping that would turn the & of
// a URL into \u0026.
func encode(buf *bytes.Buffer, v any) error {
	enc := json.NewEncoder(buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return err
	}
	buf.Truncate(buf.Len() - 1) // Encode ends with a line break.
	return nil
}

// write sends a success with a body. net/http leaves the body out for HEAD.
// The pagers of gophercloud and golangsdk read a page as JSON only when the
// type begins with application/json (wire-facts §0.3).
func (x *exchange) write(kind string, body []byte) {
	h := x.w.Header()
	h.Set("Content-Type", kind)
	h.Set("Content-Length", strconv.Itoa(len(body)))
	x.w.WriteHeader(x.status)
	if x.req.HTTP.Method == http.MethodHead {
		return
	}
	_, _ = x.w.Write(body) // The client has gone; nothing is left to tell.
}
