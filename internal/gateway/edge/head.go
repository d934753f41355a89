package edge

import "bytes"

// head reads up to the end of a head and returns how many bytes it took; false
// when the byte after them must be refused.
func (f *framing) head(p []byte) (int, bool) {
	for i := 0; i < len(p); i++ {
		switch f.state {
		case inValue:
			// The bulk of every head: one search per line instead of a
			// decision per byte.
			n := bytes.IndexByte(p[i:], '\n')
			if n < 0 {
				f.cr = p[len(p)-1] == '\r'
				return len(p), true
			}
			if n > 0 {
				f.cr = p[i+n-1] == '\r'
			}
			i += n
			if !f.cr {
				return i, false
			}
			f.state = atLine
		case atHeadLF:
			if p[i] != '\n' || f.connect && (f.coded || f.left > 0) {
				return i, false
			}
			f.endHead()
			return i + 1, true
		default:
			if !f.step(p[i]) {
				return i, false
			}
		}
	}
	return len(p), true
}

// step reads one byte of a head.
func (f *framing) step(c byte) bool {
	switch f.state {
	case atStart:
		if (c == '\r' || c == '\n') && f.blanks > 0 {
			f.blanks--
			return true
		}
		f.begin()
		return f.method(c)
	case inMethod:
		return f.method(c)
	case atTarget, inScheme, atSlash1, atSlash2, inAuthority, inTarget:
		return f.target(c)
	case inVersion:
		return f.version(c)
	case atLF:
		f.state = atLine
		return c == '\n'
	case atLine:
		if c == '\r' {
			f.state = atHeadLF
			return true
		}
		f.wordLen, f.preface, f.state = 0, false, inName
		return c != ':' && f.name(c)
	case inName:
		return f.name(c)
	case inLength:
		return f.contentLength(c)
	case inCoding:
		return f.coding(c)
	default:
		return f.host(c)
	}
}

func (f *framing) begin() {
	*f = framing{h2c: f.h2c, later: f.later, authority: f.authority[:0], state: inMethod}
}

func (f *framing) method(c byte) bool {
	if c != ' ' {
		f.push(c)
		return c > ' ' && c < 0x7f
	}
	f.state, f.post, f.connect = atTarget, f.is("POST"), f.is("CONNECT")
	return f.wordLen > 0
}

func (f *framing) push(c byte) {
	if f.wordLen < len(f.word) {
		f.word[f.wordLen] = c
	}
	f.wordLen++
}

func (f *framing) is(word string) bool {
	return f.wordLen == len(word) && string(f.word[:len(word)]) == word
}

// target reads the request target. Only one thing of it matters here: an
// authority. net/http routes an absolute target by its authority and drops the
// Host field, so that a filter in front that went by Host has judged another
// site than the one that answers.
func (f *framing) target(c byte) bool {
	if c < ' ' || c == 0x7f {
		return false
	}
	first := f.state == atTarget
	if c == ' ' {
		f.state, f.pos = inVersion, 0
		return !first
	}
	f.asterisk = first && c == '*'
	switch f.state {
	case atTarget:
		f.state = inScheme
		if c == '/' || c == '*' {
			f.state = inTarget
		}
	case inScheme:
		if c == ':' {
			f.state = atSlash1
		}
	case atSlash1:
		f.state = inTarget
		if c == '/' {
			f.state = atSlash2
		}
	case atSlash2:
		f.state = inTarget
		if c == '/' {
			f.state, f.absolute = inAuthority, true
		}
	case inAuthority:
		if c == '/' || c == '?' {
			f.state = inTarget
			return true
		}
		f.authority = append(f.authority, lower(c))
		return len(f.authority) <= maxAuthority
	}
	return true
}

// version reads "HTTP/1.1" and its CR. HTTP/1.2 and later do not exist. Another
// major version is net/http's to refuse, with 505; HTTP/2's is the preface.
func (f *framing) version(c byte) bool {
	const form = "HTTP/d.d\r"
	want := form[f.pos]
	f.pos++
	switch f.pos {
	case len("HTTP/d"):
		f.final = c != '1'
		f.preface = c == '2' && f.asterisk && f.is("PRI")
		return '0' <= c && c <= '9'
	case len("HTTP/d.d"):
		f.http10 = c == '0'
		f.preface = f.preface && c == '0'
		if f.preface {
			return f.h2c && !f.later
		}
		return c == '0' || c == '1' || f.final && '0' <= c && c <= '9'
	case len(form):
		f.state = atLF
	}
	return c == want
}

// name reads a field name and, at its colon, decides what the field is to us.
// The refusals for a second framing field happen here, before net/http can see
// the field.
func (f *framing) name(c byte) bool {
	if c != ':' {
		f.push(lower(c))
		return c > ' ' && c < 0x7f
	}
	f.state, f.cr, f.pos, f.blank = inValue, false, 0, false
	switch {
	case f.is("content-length"):
		f.state, f.digits, f.value = inLength, 0, 0
		return !f.coded
	case f.is("transfer-encoding"):
		f.state = inCoding
		f.final = f.final || f.coded
		f.coded = true
		return !f.measured && !f.http10
	case f.is("host") && f.absolute:
		f.state = inHost
	}
	return true
}

// contentLength reads a Content-Length. net/http accepts a repeated field when
// the values agree; so must this.
func (f *framing) contentLength(c byte) bool {
	switch {
	case '0' <= c && c <= '9':
		f.digits++
		f.value = f.value*10 + int64(c-'0')
		return !f.blank && f.value < maxLength
	case c == ' ' || c == '\t':
		f.blank = f.digits > 0
		return true
	case c != '\r' || f.digits == 0 || f.measured && f.value != f.left:
		return false
	}
	f.measured, f.left, f.state = true, f.value, atLF
	return true
}

// coding reads a Transfer-Encoding. net/http knows "chunked" alone and answers
// anything else with 501 and closes, so that nothing may follow.
func (f *framing) coding(c byte) bool {
	const chunked = "chunked"
	switch {
	case c == '\r':
		f.final = f.final || f.pos != len(chunked)
		f.state = atLF
	case c == '\n':
		return false
	case c == ' ' || c == '\t':
		f.blank = f.pos > 0
	case f.pos < len(chunked) && lower(c) == chunked[f.pos] && !f.blank:
		f.pos++
	default:
		f.final = true
	}
	return true
}

// host compares the Host field with the authority of an absolute target. They
// must be the same text but for case (RFC 9112 §3.2.2 has the sender copy it).
func (f *framing) host(c byte) bool {
	switch {
	case c == '\r':
		f.state = atLF
		return f.pos == len(f.authority)
	case c == ' ' || c == '\t':
		f.blank = f.pos > 0
		return true
	}
	if f.blank || f.pos == len(f.authority) || f.authority[f.pos] != lower(c) {
		return false
	}
	f.pos++
	return true
}
