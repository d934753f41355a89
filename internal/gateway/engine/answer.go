package engine

import (
	"errors"
	"net/http"

	"github.com/lintel-gateway/lintel/internal/gateway/call"
	"github.com/lintel-gateway/lintel/internal/gateway/http1"
	"github.com/lintel-gateway/lintel/internal/message"
)

// answer writes one answer.
type answer struct {
	k         *conn
	c         *call.Call
	head      bool // HEAD: no body whatever the answer says
	http10    bool
	keepAlive bool // HTTP/1.0 wants to be told that the connection stays
	close     bool // the connection ends with this answer

	chunked    bool
	untilClose bool  // the body ends with the connection
	pending    int64 // bytes of the body that are collected
	waited     bool  // time has passed since the caller was given some
	first      bool  // the caller was given none
}

// errCut is a body that ended before its Length.
var errCut = errors.New("engine: the answer's body ended before its length")

// write sends c.Response; an error means that the caller did not get all of it, and
// that the connection has to be closed so that it does not look whole.
//
// Everything is handed to the kernel before it returns: the strings of the response
// may live in memory that the next call reuses.
func (a *answer) write() error {
	r := &a.c.Response
	if r.Stream != nil {
		defer r.Stream.Close()
	}
	if r.Status < 200 || r.Status > 999 {
		r.Status = http.StatusInternalServerError // 1xx is not an answer
	}
	bare := r.Status == http.StatusNoContent || r.Status == http.StatusNotModified
	length := int64(-1)
	if !bare {
		length = a.length()
	}
	bare = bare || a.head
	a.frame(bare, length)
	a.waited, a.first = true, true // for the handler
	a.pace()
	a.k.c.SetOut(a.appendHead(a.room(), length))
	switch {
	case bare:
		return a.flush()
	case r.Stream == nil:
		left := length
		if err := a.piece(r.Bytes, &left); err != nil {
			return err
		}
		return a.flush()
	}
	return a.stream(length)
}

// room is where the answer is composed: behind the request, when nothing more is read of
// that and there is place for the whole answer, or in a buffer of the pool.
func (a *answer) room() []byte {
	const head = 4 << 10 // is what nearly every one needs; memory grows under the others
	if r := &a.c.Response; a.c.Room != nil && r.Stream == nil && len(r.Bytes)+head <= cap(a.c.Room) {
		return a.c.Room
	}
	return a.k.c.Out()
}

// length is the Content-Length to send, -1 for none. It comes from the body
// alone, never from a header: two lengths that disagree, or a length beside a
// coding, are how responses are split (CVE-2026-78660).
func (a *answer) length() int64 {
	r := &a.c.Response
	switch {
	case r.Stream == nil:
		return int64(len(r.Bytes))
	case r.Trailers != nil && !a.http10 && !a.head:
		return -1 // trailers need the chunked coding
	}
	return max(r.Length, -1)
}

// frame decides where the body ends.
func (a *answer) frame(bare bool, length int64) {
	if bare || length >= 0 {
		return
	}
	a.chunked = !a.http10
	a.untilClose = a.http10
	a.close = a.close || a.untilClose
}

// appendHead appends the head. Of the fields those that speak of the connection are the
// edge's alone; there is one Date.
func (a *answer) appendHead(b []byte, length int64) []byte {
	r := &a.c.Response
	b = http1.AppendStatus(b, r.Status)
	dated := false
	for i := range r.Headers {
		f := &r.Headers[i]
		if call.OfConnection(f.Name) {
			continue
		}
		dated = dated || message.EqualFold(f.Name, "Date")
		b = http1.AppendField(b, *f)
	}
	if !dated {
		b = a.k.e.date.append(b, a.k.wrote)
	}
	switch {
	case length >= 0:
		b = http1.AppendLength(b, length)
	case a.chunked:
		b = append(b, "Transfer-Encoding: chunked\r\n"...)
	}
	switch {
	case a.close:
		b = append(b, "Connection: close\r\n"...)
	case a.keepAlive:
		b = append(b, "Connection: keep-alive\r\n"...)
	}
	return append(b, "\r\n"...)
}
