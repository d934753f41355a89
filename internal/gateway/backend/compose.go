package backend

import (
	"io"

	"github.com/lintel-gateway/lintel/internal/gateway/call"
	"github.com/lintel-gateway/lintel/internal/gateway/http1"
	"github.com/lintel-gateway/lintel/internal/message"
)

// compose collects in the connection the head of what the call sends, and of the body
// what is there, as long as it fits into one buffer. What is left is for the upload
// that it returns; nil when nothing is. An error is that of the caller's body.
//
// Names of fields go out as they came; the case of their letters means nothing.
func (l *link) compose(c *call.Call) (*upload, error) {
	o := &c.Out
	b := c.Room
	if b == nil {
		b = l.conn.Out()
	}
	b = http1.AppendRequest(b, o.Method, o.Path, o.RawQuery)
	host := o.Host
	if host == "" {
		host = o.Address
	}
	b = http1.AppendHost(b, host)
	for i := range o.Headers {
		if f := &o.Headers[i]; !ofMessage(f.Name) {
			b = http1.AppendField(b, *f)
		}
	}
	b = append(b, hopsFields[c.Request.Hops]...)
	switch {
	case c.Request.WebSocket:
		b = append(b, "Connection: Upgrade\r\nUpgrade: websocket\r\n"...)
	case grpc(c):
		b = append(b, "TE: trailers\r\n"...) // without which a gRPC server refuses the call
	}
	if !hasBody(c) {
		if usesBody(o.Method) {
			b = http1.AppendLength(b, 0)
		}
		l.conn.SetOut(append(b, "\r\n"...))
		return nil, nil
	}
	return l.composeBody(c, b)
}

func hasBody(c *call.Call) bool { return c.Request.Body != nil && c.Request.BodyLength != 0 }

// usesBody reports whether a request without a body has to say so (RFC 9110 §8.6).
func usesBody(method string) bool { return method == "POST" || method == "PUT" || method == "PATCH" }

func (l *link) composeBody(c *call.Call, b []byte) (*upload, error) {
	length := c.Request.BodyLength
	if length > 0 {
		b = http1.AppendLength(b, length)
	} else {
		b = append(b, "Transfer-Encoding: chunked\r\n"...)
	}
	b = append(b, "\r\n"...)
	body, ok := c.Request.Body.(call.Pieces)
	if !ok {
		body = &unpieced{src: c.Request.Body}
	}
	const frame = 16 // of a chunk and of the last, in bytes
	var piece []byte
	for {
		var err error
		piece, err = body.Next(false)
		room := cap(b) - len(b) - frame
		switch {
		case err == io.EOF && length < 0:
			l.conn.SetOut(http1.AppendLastChunk(b, nil))
			c.SettleBody()
			return nil, nil
		case err != nil:
			return nil, err
		case length >= 0 && int64(len(piece)) > length:
			return nil, errLength
		case len(piece) == 0, len(piece) > room:
			l.conn.SetOut(b)
			return &upload{body: body, length: length, piece: piece}, nil
		case length < 0:
			b = http1.AppendChunk(b, piece)
			continue
		}
		b = append(b, piece...)
		if length -= int64(len(piece)); length == 0 {
			l.conn.SetOut(b)
			c.SettleBody()
			return nil, nil
		}
	}
}

// unpieced is a body that hands out no memory of its own.
type unpieced struct {
	src io.Reader
	buf [4 << 10]byte
}

// Next implements call.Pieces.
func (b *unpieced) Next(wait bool) ([]byte, error) {
	if !wait {
		return nil, nil
	}
	n, err := b.src.Read(b.buf[:])
	if n > 0 {
		return b.buf[:n], nil // who fails once fails again
	}
	return nil, err
}

// ofMessage reports whether a field speaks of one message on one connection, of
// which only this package knows, or of gateways passed. They cannot come from a
// caller (package gateway holds them back); a definition can make up anything.
func ofMessage(name string) bool {
	switch len(name) {
	case len("Host"):
		return message.EqualFold(name, "Host")
	case len("Trailer"):
		return message.EqualFold(name, "Trailer") || message.EqualFold(name, "Upgrade")
	case len("Connection"):
		return message.EqualFold(name, "Connection") || message.EqualFold(name, "Keep-Alive")
	case len(headerHops):
		return message.EqualFold(name, headerHops)
	case len("Content-Length"):
		return message.EqualFold(name, "Content-Length")
	case len("Transfer-Encoding"):
		return message.EqualFold(name, "Transfer-Encoding")
	}
	return false
}

// hopsFields are the fields that say how many gateways the call has passed, by
// Request.Hops.
var hopsFields = func() (fields []string) {
	for _, n := range hops {
		fields = append(fields, headerHops+": "+n+"\r\n")
	}
	return fields
}()
