package http1

import (
	"bytes"
	"unsafe"

	"github.com/lintel-gateway/lintel/internal/message"
)

// Refusal is a message that cannot be accepted. Where it ends is not known:
// nothing may be read behind it.
type Refusal struct {
	Status int // with which a request is answered
	Reason string
}

func (r *Refusal) Error() string { return "http1: " + r.Reason }

// The refusals. Each is declared once.
var (
	BadLine       = &Refusal{400, "the first line of the head is malformed"}
	BadField      = &Refusal{400, "a header field is malformed"}
	BadHost       = &Refusal{400, "the Host field is missing, repeated or malformed"}
	BadFraming    = &Refusal{400, "the length of the body is not clear"}
	BadChunk      = &Refusal{400, "the chunked coding is malformed"}
	OtherHost     = &Refusal{400, "the request line and the Host field name different hosts"}
	OtherVersion  = &Refusal{505, "the HTTP version is not supported"}
	OtherCoding   = &Refusal{501, "the transfer coding is not supported"}
	OtherExpect   = &Refusal{417, "the expectation is not supported"}
	HeadTooLarge  = &Refusal{431, "the head is too large"}
	TooManyBefore = &Refusal{502, "too many informational responses"}
)

// Framing says where the body of a message ends.
type Framing struct {
	Length  int64 // of the body; -1 when the head does not say
	Chunked bool
	Close   bool // the connection ends with this message
}

// Request is the head of a request. Its strings lie in the Conn's buffer.
type Request struct {
	Framing
	Method, Target, Host string
	Minor                int // of the version 1.x
	Expects              bool
	Upgrade              bool
	KeepAlive            bool // asked for in HTTP/1.0
	Size                 int  // bytes of the head
	// More says that there are more fields than were asked for; those beyond were
	// not looked at, so that Framing is not known either and Close is set.
	More bool
}

// Response is the head of a response. Its strings lie in the Conn's buffer.
type Response struct {
	Framing
	Status, Minor int
	// UntilClose says that the body ends with the connection.
	UntilClose bool
	// Bodiless says that there is no body, whatever Framing says of the one that
	// there would be (HEAD, 204, 304, 101).
	Bodiless bool
}

var (
	endOfHead = []byte("\r\n\r\n")
	preface   = []byte("PRI * HTTP/2.0\r\n\r\n")
)

// provisional is what has come, with an end of a head written behind it, so that it
// can be parsed before anybody knows whether the head is whole: nearly always it is,
// and looking for its end first costs as much as a third of the parsing. When parsing ends
// in what has come, that was a head. When it does not, or fails, it was perhaps cut,
// and head goes about it slowly. It answers nothing when there is no room.
func (c *Conn) provisional() string {
	if c.w-c.r < 2 || c.w+len(endOfHead) > len(c.buf) {
		return ""
	}
	n := copy(c.buf[c.w:], endOfHead)
	return unsafe.String(&c.buf[c.r], c.w-c.r+n)
}

// use takes the head of n bytes away from what was read.
func (c *Conn) use(n int) {
	c.r += n
	c.pin = c.r
}

// head waits for a whole head of at most limit bytes and returns it where it lies.
func (c *Conn) head(limit int) (string, error) {
	seen := 0
	for {
		b := c.buf[c.r:c.w]
		if i := bytes.Index(b[seen:], endOfHead); i >= 0 && seen+i+4 <= limit {
			return unsafe.String(&b[0], seen+i+4), nil
		}
		// Without this a head with bare line feeds would be waited for.
		if !endings(b, seen) {
			return "", BadField
		}
		if len(b) >= limit {
			return "", HeadTooLarge
		}
		seen = max(0, len(b)-3)
		if err := c.fill(); err != nil {
			return "", err
		}
	}
}

// endings reports whether every line feed from seen on has its carriage return.
func endings(b []byte, seen int) bool {
	for {
		i := bytes.IndexByte(b[seen:], '\n')
		if i < 0 {
			return true
		}
		seen += i
		if seen == 0 || b[seen-1] != '\r' {
			return false
		}
		seen++
	}
}

// ReadRequest waits for the head of a request, of at most limit bytes, appends
// its fields to fields, Host included, but no more than most and one, and returns them.
// An error that is no *Refusal is the connection's.
func (c *Conn) ReadRequest(h *Request, fields message.Fields, most, limit int) (message.Fields, error) {
	if _, err := c.skipEmptyLine(); err != nil {
		return fields, err
	}
	if c.w-c.r == 1 { // Await reads one byte where there is no raw
		if err := c.fill(); err != nil {
			return fields, err
		}
	}
	if s := c.provisional(); s != "" {
		out, err := h.parse(s, fields, most)
		if err == nil && !h.More && h.Size <= min(c.w-c.r, limit) {
			c.use(h.Size)
			c.later, c.skipped = true, false
			return out, nil
		}
	}
	s, err := c.head(limit)
	if err != nil {
		return fields, err
	}
	c.use(len(s))
	c.later, c.skipped = true, false
	return h.parse(s, fields, most)
}

// parse reads the head that s begins with.
func (h *Request) parse(s string, fields message.Fields, most int) (message.Fields, error) {
	*h = Request{Framing: Framing{Length: -1}, Size: len(s)}
	at, err := h.line(s)
	if err != nil {
		return fields, err
	}
	p := parser{s: s, at: at, most: len(fields) + most, framing: h.Framing, minor: h.Minor}
	if fields, err = p.fields(fields); err != nil {
		return fields, err
	}
	if p.more {
		h.More, h.Framing = true, Framing{Length: -1, Close: true}
		return fields, nil
	}
	h.Size, h.Framing = p.at, p.framing
	return fields, h.settle(&p)
}

// HTTP2 reports whether the first message is the preface of HTTP/2 by prior
// knowledge (RFC 9113 §3.4). It waits for as much of it as comes, and uses up
// nothing: Unused has it.
func (c *Conn) HTTP2() (bool, error) {
	for !c.later {
		n := min(c.Buffered(), len(preface))
		if string(c.buf[c.r:c.r+n]) != string(preface[:n]) {
			return false, nil
		}
		if n == len(preface) {
			return true, nil
		}
		if err := c.fill(); err != nil {
			return false, err
		}
	}
	return false, nil
}

// Unused is what was read and not used, valid until the next read.
func (c *Conn) Unused() []byte { return c.buf[c.r:c.w] }

// line parses the request line and returns where the next begins.
func (h *Request) line(s string) (int, error) {
	i := 0
	for is(s[i], token) {
		i++
	}
	if i == 0 || s[i] != ' ' {
		return 0, BadLine
	}
	h.Method = s[:i]
	begin := i + 1
	i = visible(s, begin)
	if i == begin || s[i] != ' ' {
		return 0, BadLine
	}
	h.Target = s[begin:i]
	const version = "HTTP/1.1\r\n"
	v := s[i+1:]
	switch {
	case len(v) < len(version) || v[:5] != "HTTP/" || v[6] != '.' || v[8:10] != "\r\n" || !digit(v[5]) || !digit(v[7]):
		return 0, BadLine
	case v[5] != '1':
		return 0, OtherVersion
	case v[7] > '1':
		return 0, BadLine // HTTP/1.2 and later do not exist
	}
	h.Minor = int(v[7] - '0')
	return i + 1 + len(version), nil
}

// settle judges what the fields say together.
func (h *Request) settle(p *parser) error {
	switch {
	case p.hosts > 1, p.hosts == 0 && h.Minor > 0, p.hosts > 0 && !allOf(p.host, hostChar):
		return BadHost
	case (h.Chunked || h.Length > 0) && h.Method == "CONNECT":
		// It has no content (RFC 9110 §9.3.6): to some readers the bytes behind its
		// head are those of a tunnel, to others a body (test/differential).
		return BadFraming
	case p.otherCoding:
		return OtherCoding
	case p.otherExpect:
		return OtherExpect
	}
	h.Host, h.Upgrade = p.host, p.upgrade
	h.Expects = p.expects && h.Minor > 0
	if h.Minor == 0 {
		h.Close = !p.keepAlive || h.Close
		h.KeepAlive = !h.Close
	}
	return h.origin()
}

// origin compares the host of an absolute target with the Host field: who goes by
// the one and who goes by the other must be at the same site (RFC 9112 §3.2.2).
func (h *Request) origin() error {
	if h.Target[0] == '/' {
		return nil
	}
	for i := 0; i+2 < len(h.Target); i++ {
		switch c := h.Target[i]; {
		case c == ':' && h.Target[i+1:i+3] == "//":
			rest := h.Target[i+3:]
			end := 0
			for end < len(rest) && rest[end] != '/' && rest[end] != '?' {
				end++
			}
			if !message.EqualFold(rest[:end], h.Host) {
				return OtherHost
			}
			return nil
		case c == '/' || c == '?' || c == ':':
			return nil
		}
	}
	return nil
}

// ReadResponse waits for the head of a response, of at most limit bytes, and
// appends its fields to fields, at most most. Informational responses but 101 are passed
// over; limit bounds each head. method is that of the request: an answer to HEAD has
// no body.
func (c *Conn) ReadResponse(h *Response, fields message.Fields, method string, most, limit int) (message.Fields, error) {
	for range maxInformational {
		out, err := c.readResponse(h, fields, method, most, limit)
		switch {
		case err != nil:
			return fields, err
		case h.Status >= 200 || h.Status == 101:
			return out, nil
		case h.Chunked || h.Length > 0:
			// It has no body (RFC 9110 §15.2), and says that it has. What comes next
			// is a head to one reader and a body to the other.
			return fields, BadFraming
		}
		c.Next()
	}
	return fields, TooManyBefore
}

func (c *Conn) readResponse(h *Response, fields message.Fields, method string, most, limit int) (message.Fields, error) {
	if s := c.provisional(); s != "" {
		out, size, err := h.parse(s, fields, method, most)
		if err == nil && size <= min(c.w-c.r, limit) {
			c.use(size)
			return out, nil
		}
	}
	s, err := c.head(limit)
	if err != nil {
		return fields, err
	}
	c.use(len(s))
	out, _, err := h.parse(s, fields, method, most)
	return out, err
}

// parse reads the head that s begins with, and returns its size besides.
func (h *Response) parse(s string, fields message.Fields, method string, most int) (message.Fields, int, error) {
	*h = Response{Framing: Framing{Length: -1}}
	at, err := h.line(s)
	if err != nil {
		return fields, 0, err
	}
	p := parser{s: s, at: at, most: len(fields) + most, framing: h.Framing, minor: h.Minor, response: true}
	out, err := p.fields(fields)
	switch {
	case err != nil:
		return fields, 0, err
	case p.more || len(out)-len(fields) > most:
		return fields, 0, HeadTooLarge
	case p.otherCoding:
		return fields, 0, OtherCoding
	}
	h.Framing = p.framing
	h.settle(&p, method)
	return out, p.at, nil
}

// maxInformational is how many heads are read for one response.
const maxInformational = 6

// line parses the status line and returns where the next begins. The reason
// may be missing, with its space (RFC 9112 §4 wants the space; many leave it out).
func (h *Response) line(s string) (int, error) {
	const least = "HTTP/1.1 200\r\n"
	if len(s) < len(least) || s[:7] != "HTTP/1." || s[7] != '0' && s[7] != '1' || s[8] != ' ' ||
		!digit(s[9]) || !digit(s[10]) || !digit(s[11]) || s[9] == '0' || s[12] != ' ' && s[12] != '\r' {
		return 0, BadLine
	}
	h.Minor = int(s[7] - '0')
	h.Status = int(s[9]-'0')*100 + int(s[10]-'0')*10 + int(s[11]-'0')
	i := text(s, 12)
	if i < 0 {
		return 0, BadLine
	}
	return i + 2, nil
}

// settle says where the body ends (RFC 9112 §6.3).
func (h *Response) settle(p *parser, method string) {
	if h.Minor == 0 {
		h.Close = !p.keepAlive || h.Close
	}
	switch {
	case method == "HEAD" || h.Status == 304:
		h.Bodiless = true
	case h.Status == 204 || h.Status == 101:
		h.Bodiless = true
		// Nor may it say that it has one (RFC 9112 §6.1). A backend that does may
		// send it too, behind what everybody takes for the end.
		h.Close = h.Close || h.Chunked || h.Length > 0
		h.Chunked, h.Length = false, 0
	case !h.Chunked && h.Length < 0:
		h.UntilClose, h.Close = true, true
	}
}
