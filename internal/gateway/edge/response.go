package edge

import (
	"errors"
	"io"
	"math"
	"net/http"
	"net/textproto"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/lintel-gateway/lintel/internal/gateway/call"
)

// response writes one answer.
type response struct {
	w    http.ResponseWriter
	rc   *http.ResponseController
	c    *call.Call
	head bool // HEAD: no body whatever the answer says
	// http2 streams get their write deadline here; HTTP/1 gets it from the guard.
	http2   bool
	http10  bool
	timeout time.Duration
	armed   time.Time
}

// errCut is a body that ended before its Length.
var errCut = errors.New("edge: the answer's body ended before its length")

// write sends c.Response; an error means that the caller did not get all of it. Everything
// is handed to the kernel (HTTP/1) or to the connection's frame writer (HTTP/2)
// before it returns: the strings of the response may live in memory that the
// next call reuses, and net/http would otherwise write a short answer only after the
// handler has returned.
func (o *response) write(reusable bool) error {
	r := &o.c.Response
	if r.Stream != nil {
		defer r.Stream.Close()
	}
	if r.Status < 200 || r.Status > 999 {
		// 1xx is not an answer, and net/http panics beyond 999.
		r.Status = http.StatusInternalServerError
	}
	empty := r.Status == http.StatusNoContent || r.Status == http.StatusNotModified
	length := int64(-1)
	if !empty {
		length = o.length()
	}
	values := takeValues(len(r.Headers))
	defer values.put()
	o.header(values, length, reusable)
	o.arm()
	o.w.WriteHeader(r.Status)
	err := o.body(empty || o.head, length)
	if err == nil {
		err = o.rc.Flush()
	}
	return err
}

// length is the Content-Length to send, -1 for none. It comes from the body
// alone, never from a header: two lengths that disagree, or a length beside a
// coding, are how responses are split (CVE-2026-78660).
func (o *response) length() int64 {
	r := &o.c.Response
	switch {
	case r.Stream == nil:
		return int64(len(r.Bytes))
	case r.Trailers != nil && !o.http2 && !o.http10 && !o.head:
		return -1 // HTTP/1 carries trailers in chunked coding only
	}
	return max(r.Length, -1)
}

// header fills the header of the response.
func (o *response) header(values *values, length int64, reusable bool) {
	h := o.w.Header()
	for i := range o.c.Response.Headers {
		f := &o.c.Response.Headers[i]
		name, value := textproto.CanonicalMIMEHeaderKey(f.Name), f.Value
		if owned(name) {
			continue
		}
		if o.http2 {
			// HPACK keeps names and values in the connection's table for later
			// answers, when the memory of this call has become another's.
			name, value = strings.Clone(name), strings.Clone(value)
		}
		if have, ok := h[name]; ok {
			h[name] = append(have, value)
			continue
		}
		h[name] = values.one(value)
	}
	if _, ok := h["Content-Type"]; !ok {
		h["Content-Type"] = nil // or net/http guesses one
	}
	if length >= 0 {
		h["Content-Length"] = values.one(strconv.FormatInt(length, 10))
	}
	if !reusable {
		h["Connection"] = values.one("close")
	}
}

// owned reports whether a header field belongs to the edge. A name with a colon would
// be one of net/http's own marks for trailers.
func owned(name string) bool {
	return call.OfConnection(name) || strings.IndexByte(name, ':') >= 0
}

func (o *response) body(bare bool, length int64) error {
	r := &o.c.Response
	switch {
	case bare:
		return nil
	case r.Stream == nil:
		n, err := o.w.Write(r.Bytes)
		r.Sent += int64(n)
		return err
	}
	if err := o.stream(length); err != nil {
		return err
	}
	if r.Trailers != nil {
		h := o.w.Header()
		for _, f := range r.Trailers() {
			// Written after the call has been released.
			h.Add(http.TrailerPrefix+textproto.CanonicalMIMEHeaderKey(strings.Clone(f.Name)), strings.Clone(f.Value))
		}
	}
	return nil
}

// stream copies the body. Without a length it may be a conversation (events, or
// messages of an RPC), so that every piece goes out at once, the head first.
func (o *response) stream(length int64) error {
	r := &o.c.Response
	live := length < 0 || r.Trailers != nil
	if live {
		if err := o.rc.Flush(); err != nil {
			return err
		}
	}
	buf := buffers.Get().(*[writeBlock]byte)
	defer buffers.Put(buf)
	left := length
	if length < 0 {
		left = math.MaxInt64
	}
	for left > 0 {
		n, err := r.Stream.Read(buf[:min(left, int64(len(buf)))])
		if n > 0 {
			o.arm()
			m, werr := o.w.Write(buf[:n])
			r.Sent += int64(m)
			left -= int64(n)
			if werr == nil && live {
				werr = o.rc.Flush()
			}
			if werr != nil {
				return werr
			}
		}
		if err == io.EOF {
			break
		}
		if err != nil {
			return err
		}
	}
	if length >= 0 && left > 0 {
		return errCut
	}
	return nil
}

// arm moves the write deadline of an HTTP/2 stream: a caller that opens no
// window holds the stream, not the connection, so that no deadline of the connection
// would end it.
func (o *response) arm() {
	if !o.http2 {
		return
	}
	until := time.Now().Add(o.timeout)
	if !o.armed.Before(until) {
		return
	}
	o.armed = until.Add(o.timeout / 4)
	o.rc.SetWriteDeadline(o.armed)
}

var buffers = sync.Pool{New: func() any { return new([writeBlock]byte) }}

// values is the memory of a header's value lists: one slice per response instead
// of one per field.
type values struct{ all []string }

var valuesPool = sync.Pool{New: func() any { return new(values) }}

func takeValues(fields int) *values {
	v := valuesPool.Get().(*values)
	if need := fields + 2; cap(v.all) < need {
		v.all = make([]string, 0, need)
	}
	return v
}

func (v *values) one(s string) []string {
	n := len(v.all)
	v.all = append(v.all, s)
	return v.all[n : n+1 : n+1]
}

func (v *values) put() {
	clear(v.all)
	v.all = v.all[:0]
	valuesPool.Put(v)
}
