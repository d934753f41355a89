package http1

import (
	"bytes"
	"errors"
	"io"
	"math"
	"os"
	"strings"
	"unsafe"

	"github.com/lintel-gateway/lintel/internal/message"
)

// Bounds of what frames a chunked body.
const (
	maxSizeLine  = 4 << 10  // with its extensions and its end
	maxExtension = 16 << 10 // of all extensions of a body together
	maxTrailer   = 16 << 10 // all trailers of a body
	maxTrailers  = 64
	maxSize      = 15 // hexadecimal digits
)

// Body reads one body from a Conn, in pieces that lie in the buffer of the Conn.
// The zero value has ended.
type Body struct {
	c        *Conn
	at       place
	chunked  bool
	toClose  bool
	left     int64 // of the body or of the chunk
	extended int   // bytes of extensions so far
	err      error
	// Trailers are the fields behind a chunked body, once it has ended. They have
	// memory of their own.
	Trailers message.Fields
	keep     bool
}

// place is where in a body its next byte belongs.
type place uint8

const (
	ended place = iota
	inData
	atSize
	behindChunk
	inTrailers
)

// Request makes b the body of a request whose head was read from c. Trailers are
// checked and dropped.
func (b *Body) Request(c *Conn, f *Framing) {
	*b = Body{c: c, chunked: f.Chunked, left: max(f.Length, 0)}
	b.begin()
}

// Response makes b the body of a response whose head was read from c.
func (b *Body) Response(c *Conn, h *Response) {
	if *b = (Body{}); h.Bodiless {
		return
	}
	*b = Body{c: c, chunked: h.Chunked, left: max(h.Length, 0), toClose: h.UntilClose, keep: true}
	if b.toClose {
		b.left = math.MaxInt64
	}
	b.begin()
}

// Nothing makes b the body of an answer that has none, whatever its head says.
func (b *Body) Nothing() { *b = Body{} }

func (b *Body) begin() {
	switch {
	case b.chunked:
		b.at, b.left = atSize, 0
	case b.left > 0:
		b.at = inData
	}
}

// Ended reports whether the body was read to its end. Its Conn can carry another
// message then, unless the body ended with the connection.
func (b *Body) Ended() bool { return b.at == ended && b.err == nil }

// Next returns the next piece, which is valid until the next call. Without wait
// it returns nil when none is there; with wait it reads once more, until the Conn's
// deadline. At the end it answers io.EOF.
//
// Errors: a *Refusal for bad chunks, io.ErrUnexpectedEOF when the connection ended
// too early, or the connection's. After a deadline and after ErrInterrupted reading
// may go on.
func (b *Body) Next(wait bool) ([]byte, error) {
	for {
		switch {
		case b.err != nil:
			return nil, b.err
		case b.at == ended:
			return nil, io.EOF
		case b.at == inData:
			if p := b.piece(); p != nil {
				return p, nil
			}
		default:
			moved, err := b.frame()
			if err != nil {
				b.err = err
				return nil, err
			}
			if moved {
				continue
			}
		}
		if !wait {
			return nil, nil
		}
		if err := b.c.fill(); err != nil {
			if err = b.broken(err); err != nil {
				return nil, err
			}
		}
	}
}

// piece takes what is there of the data.
func (b *Body) piece() []byte {
	c := b.c
	n := int(min(b.left, int64(c.w-c.r)))
	if n == 0 {
		return nil
	}
	p := c.buf[c.r : c.r+n]
	c.r += n
	if b.left -= int64(n); b.left == 0 {
		b.at = ended
		if b.chunked {
			b.at = behindChunk
		}
	}
	return p
}

// broken says what an error of the connection means for the body; nil: it has
// ended with it.
func (b *Body) broken(err error) error {
	switch {
	case err == io.EOF && b.toClose:
		b.at = ended
		return nil
	case err == io.EOF:
		err = io.ErrUnexpectedEOF
	case err == ErrInterrupted, errors.Is(err, os.ErrDeadlineExceeded):
		return err
	}
	b.err = err
	return err
}

// frame reads what stands between data: it reports whether it has got further,
// or needs more bytes.
func (b *Body) frame() (bool, error) {
	c := b.c
	there := c.buf[c.r:c.w]
	switch b.at {
	case behindChunk:
		if len(there) < 2 {
			return false, nil
		}
		if there[0] != '\r' || there[1] != '\n' {
			return false, BadChunk
		}
		c.r += 2
		b.at = atSize
		return true, nil
	case atSize:
		return b.size(there)
	}
	return b.trailers(there)
}

// size reads the line before a chunk (RFC 9112 §7.1).
func (b *Body) size(there []byte) (bool, error) {
	end := bytes.IndexByte(there, '\n')
	if end < 0 {
		if len(there) >= maxSizeLine {
			return false, BadChunk
		}
		return false, nil
	}
	if end == 0 || there[end-1] != '\r' || end+1 >= maxSizeLine {
		return false, BadChunk
	}
	line := there[:end-1]
	var n int64
	i := 0
	for ; i < len(line); i++ {
		d, ok := hexadecimal(line[i])
		if !ok {
			break
		}
		n = n<<4 | int64(d)
	}
	if i == 0 || i > maxSize || !b.extension(line[i:]) {
		return false, BadChunk
	}
	b.c.r += end + 1
	b.left, b.at = n, inData
	if n == 0 {
		b.at = inTrailers
	}
	return true, nil
}

// extension checks what stands behind a size: nothing, or what begins with a
// semicolon and holds no control character, which another reader might take for the
// end of the line. Nor may a space come first, though RFC 9112 §7.1.1 bids us to take
// one: net/http does not, and nobody sends one. It is not passed on.
func (b *Body) extension(rest []byte) bool {
	if len(rest) == 0 {
		return true
	}
	b.extended += len(rest)
	if rest[0] != ';' || b.extended > maxExtension {
		return false
	}
	for _, c := range rest {
		if c < ' ' && c != '\t' || c == 0x7f {
			return false
		}
	}
	return true
}

// trailers reads the fields behind the last chunk.
func (b *Body) trailers(there []byte) (bool, error) {
	n := 2
	if len(there) < 2 || there[0] != '\r' || there[1] != '\n' {
		n = bytes.Index(there, endOfHead) + len(endOfHead)
	}
	switch {
	case n < len(endOfHead) && n != 2:
		if len(there) > maxTrailer || !endings(there, 0) {
			return false, BadChunk
		}
		return false, nil
	case n > maxTrailer:
		return false, BadChunk
	}
	p := parser{s: unsafe.String(&there[0], n), most: maxTrailers, trailer: true}
	fields, err := p.fields(nil)
	if err != nil || p.more || p.at != n {
		return false, BadChunk
	}
	if b.keep {
		for _, f := range fields {
			b.Trailers = append(b.Trailers, message.Field{Name: strings.Clone(f.Name), Value: strings.Clone(f.Value)})
		}
	}
	b.c.r += n
	b.at = ended
	return true, nil
}

// Read implements io.Reader.
func (b *Body) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	piece, err := b.Next(true)
	n := copy(p, piece)
	if n < len(piece) {
		b.Back(len(piece) - n)
	}
	return n, err
}

// Back gives the last n bytes, at least one, of the last piece back.
func (b *Body) Back(n int) {
	b.c.r -= n
	b.left += int64(n)
	b.at = inData
}

func hexadecimal(c byte) (byte, bool) {
	switch {
	case '0' <= c && c <= '9':
		return c - '0', true
	case 'a' <= c|0x20 && c|0x20 <= 'f':
		return c | 0x20 - 'a' + 10, true
	}
	return 0, false
}
