package edge

// framing follows the HTTP/1 messages of one connection byte by byte: where
// each head ends and how its body is framed, and nothing more. It accepts the
// grammar of RFC 9112 without the leniencies for old senders (bare LF, folded
// lines), because a leniency is a second reading of the same bytes, and it keeps
// no more of a message than it must compare.
//
// It may be laxer than net/http in what does not move a boundary (characters of
// names and values, chunk extensions, trailer contents), since net/http refuses
// that itself. It must never find a boundary where net/http finds none; FuzzFraming
// holds the two against each other.
type framing struct {
	state state

	// h2c permits the HTTP/2 preface as the first message.
	h2c   bool
	later bool // a message came before
	// blanks is how many CR or LF may still come before the request line:
	// net/http drops up to four after a POST.
	blanks int

	// The head being read.
	word      [len("transfer-encoding")]byte // method or lower-case field name
	wordLen   int                            // true length, word holds what fits
	pos       int                            // inside the version, the host or the coding
	http10    bool
	asterisk  bool // the target is "*"
	preface   bool // the request line is that of HTTP/2's preface
	post      bool
	connect   bool // has no content (RFC 9110 §9.3.6): haproxy takes its body for a tunnel's bytes
	final     bool // net/http answers with a refusal and closes: nothing may follow
	absolute  bool
	authority []byte // of an absolute target, lower case
	coded     bool   // Transfer-Encoding was seen
	measured  bool   // Content-Length was seen
	digits    int
	value     int64 // of the Content-Length or the chunk size being read
	blank     bool  // white space followed the value
	cr        bool  // the byte before was CR

	left int64 // of the body or chunk
}

// state is where in a message the next byte belongs.
type state uint8

const (
	atStart state = iota
	inMethod
	atTarget
	inScheme
	atSlash1
	atSlash2
	inAuthority
	inTarget
	inVersion
	atLF // after the CR of a line
	atLine
	inName
	inValue
	inLength
	inCoding
	inHost
	atHeadLF // after the CR of the empty line
	// Body.
	inBody
	atSize
	inSize
	inSizeBlank
	inExtension
	atSizeLF
	inChunk
	atChunkCR
	atChunkLF
	atTrailer
	inTrailer
	atTrailerLF
	// No more to follow.
	passing // HTTP/2
	ended   // a message that net/http refuses has ended
)

// verdict is what scan found.
type verdict uint8

const (
	follow verdict = iota // all bytes belong to messages that may pass
	pass                  // this connection speaks HTTP/2 from here on
	refuse                // the head must be refused at the byte returned
	lost                  // the body is malformed at the byte returned
	end                   // nothing may follow the byte before the one returned
)

// maxAuthority bounds what is kept of an absolute target: a name of DNS's 253
// octets, a port and userinfo that will be refused anyway.
const maxAuthority = 272

// maxLength bounds a Content-Length and a chunk size well below overflow.
const maxLength = 1 << 60

// scan reads p and returns how many of its bytes the verdict covers.
func (f *framing) scan(p []byte) (int, verdict) {
	for i := 0; i < len(p); {
		switch {
		case f.state < inBody:
			n, ok := f.head(p[i:])
			i += n
			if !ok {
				return i, refuse
			}
		case f.state == passing:
			return len(p), pass
		case f.state == ended:
			return i, end
		case f.state == inBody || f.state == inChunk:
			n := min(int64(len(p)-i), f.left)
			f.left -= n
			i += int(n)
			if f.left > 0 {
				break
			}
			if f.state == inBody {
				f.state = atStart
			} else {
				f.state = atChunkCR
			}
		default:
			n, ok := f.chunk(p[i:])
			i += n
			if !ok {
				return i, lost
			}
		}
	}
	return len(p), follow
}

// endHead decides what follows the head.
func (f *framing) endHead() {
	f.later = true
	f.blanks = 0
	if f.post {
		f.blanks = 4
	}
	switch {
	case f.preface:
		f.state = passing
	case f.final:
		f.state = ended
	case f.coded:
		f.state = atSize
	case f.left > 0:
		f.state = inBody
	default:
		f.state = atStart
	}
}

func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c + ('a' - 'A')
	}
	return c
}
