package http1

import (
	"github.com/lintel-gateway/lintel/internal/message"
)

// parser reads the fields of one head in one pass, and learns from them what this
// package has to know.
type parser struct {
	s        string // begins with a head, and ends with an empty line: its own or a later one
	at       int    // where the next field begins; at last, the end of the head
	most     int    // fields, of which one more is read so that it is noticed
	minor    int    // of the version 1.x
	response bool
	trailer  bool    // nothing of what is read frames anything
	framing  Framing // by value, so that heads do not have to live on the heap

	host        string
	hosts       int
	expects     bool // 100-continue
	otherExpect bool
	keepAlive   bool
	upgrade     bool
	otherCoding bool
	more        bool
}

// learned are the lengths of the names that learn knows, one bit each.
const learned = 1<<len("Host") | 1<<len("Expect") | 1<<len("Upgrade") | 1<<len("Connection") |
	1<<len("Content-Length") | 1<<len("Transfer-Encoding")

// fields appends the fields. Every search ends at the carriage return of the
// line at the latest, because names and values hold none.
func (p *parser) fields(out message.Fields) (message.Fields, error) {
	s, i := p.s, p.at
	for s[i] != '\r' {
		if len(out) > p.most {
			p.more = true
			return out, nil
		}
		colon := name(s, i)
		if colon <= i {
			return out, BadField
		}
		f := message.Field{Name: s[i:colon]}
		begin := colon + 1
		for blank(s[begin]) {
			begin++
		}
		end := text(s, begin)
		if end < 0 {
			return out, BadField
		}
		i = end + 2
		for end > begin && blank(s[end-1]) {
			end--
		}
		f.Value = s[begin:end]
		if n := len(f.Name); learned>>n&1 != 0 && !p.trailer {
			if err := p.learn(f.Name, f.Value); err != nil {
				return out, err
			}
		}
		out = append(out, f)
	}
	if s[i+1] != '\n' {
		return out, BadField
	}
	p.at = i + 2
	return out, nil
}

// learn takes from a field what frames the message. The first letter tells the names
// apart from nearly all others of the same length.
func (p *parser) learn(name, value string) error {
	switch name[0] | 0x20 {
	case 'h':
		if !p.response && message.EqualFold(name, "Host") {
			p.host = value
			p.hosts++
		}
	case 'e':
		if message.EqualFold(name, "Expect") && value != "" {
			if message.EqualFold(value, "100-continue") {
				p.expects = true
			} else {
				p.otherExpect = true
			}
		}
	case 'u':
		if message.EqualFold(name, "Upgrade") {
			p.upgrade = true
		}
	case 'c':
		if message.EqualFold(name, "Connection") {
			p.connection(value)
		} else if message.EqualFold(name, "Content-Length") {
			return p.length(value)
		}
	case 't':
		if message.EqualFold(name, "Transfer-Encoding") {
			return p.coding(value)
		}
	}
	return nil
}

// length reads a Content-Length. A request may repeat the same one (RFC 9110
// §8.6); a backend that repeats it is not one whose connection is kept.
func (p *parser) length(value string) error {
	const digits = 18 // of a number that 64 bits hold
	if value == "" || len(value) > digits || p.framing.Chunked || p.otherCoding {
		return BadFraming
	}
	var n int64
	for i := range len(value) {
		if !digit(value[i]) {
			return BadFraming
		}
		n = n*10 + int64(value[i]-'0')
	}
	if p.framing.Length >= 0 && (p.response || p.framing.Length != n) {
		return BadFraming
	}
	p.framing.Length = n
	return nil
}

// coding reads a Transfer-Encoding. One that is not known is refused as such only
// when the head is otherwise right.
func (p *parser) coding(value string) error {
	if p.framing.Length >= 0 || p.framing.Chunked || p.minor == 0 {
		return BadFraming
	}
	if message.EqualFold(value, "chunked") {
		p.framing.Chunked = true
	} else {
		p.otherCoding = true
	}
	return nil
}

// connection looks for the two options that concern the connection itself.
func (p *parser) connection(value string) {
	for begin := 0; begin <= len(value); {
		end := begin
		for end < len(value) && value[end] != ',' {
			end++
		}
		switch option := trim(value[begin:end]); len(option) {
		case len("close"):
			p.framing.Close = p.framing.Close || message.EqualFold(option, "close")
		case len("keep-alive"):
			p.keepAlive = p.keepAlive || message.EqualFold(option, "keep-alive")
		}
		begin = end + 1
	}
}

func trim(s string) string {
	for s != "" && blank(s[0]) {
		s = s[1:]
	}
	for s != "" && blank(s[len(s)-1]) {
		s = s[:len(s)-1]
	}
	return s
}
