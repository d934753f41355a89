package http1

import (
	"github.com/lintel-gateway/lintel/internal/message"
)

// parser reads the fields of one head in one pass, and learns from them what this
// package has to know.
type parser struct {
	s        string // the head, with the empty line that ends it
	at       int
	most     int // fields, of which one more is read so that it is noticed
	minor    int // of the version 1.x
	response bool
	trailer  bool // nothing of what is read frames anything
	framing  *Framing

	host        string
	hosts       int
	expect      string
	keepAlive   bool
	upgrade     bool
	otherCoding bool
	more        bool
}

// fields appends the fields. Every search ends at the carriage return of the
// line at the latest, because names and values hold none.
func (p *parser) fields(out message.Fields) (message.Fields, error) {
	s, i := p.s, p.at
	for s[i] != '\r' {
		if len(out) > p.most {
			p.more = true
			return out, nil
		}
		begin := i
		for is(s[i], token) {
			i++
		}
		if i == begin || s[i] != ':' {
			return out, BadField
		}
		name := s[begin:i]
		i++
		for blank(s[i]) {
			i++
		}
		begin = i
		i = text(s, i)
		if s[i] != '\r' || s[i+1] != '\n' {
			return out, BadField
		}
		end := i
		for end > begin && blank(s[end-1]) {
			end--
		}
		i += 2
		value := s[begin:end]
		if !p.trailer {
			if err := p.learn(name, value); err != nil {
				return out, err
			}
		}
		out = append(out, message.Field{Name: name, Value: value})
	}
	if i+2 != len(s) {
		return out, BadField
	}
	return out, nil
}

// learn takes from a field what frames the message. Lengths of names end the
// search for nearly all.
func (p *parser) learn(name, value string) error {
	switch len(name) {
	case len("Host"):
		if !p.response && message.EqualFold(name, "Host") {
			p.host = value
			p.hosts++
		}
	case len("Expect"):
		if message.EqualFold(name, "Expect") {
			p.expect = value
		}
	case len("Upgrade"):
		if message.EqualFold(name, "Upgrade") {
			p.upgrade = true
		}
	case len("Connection"):
		if message.EqualFold(name, "Connection") {
			p.connection(value)
		}
	case len("Content-Length"):
		if message.EqualFold(name, "Content-Length") {
			return p.length(value)
		}
	case len("Transfer-Encoding"):
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
