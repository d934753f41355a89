package call

import (
	"github.com/lintel-gateway/lintel/internal/message"
	"github.com/lintel-gateway/lintel/internal/signature"
)

// MaxFields bounds the header fields of a request. 128 KB of header hold 20,000
// fields, and every policy scans the list.
const MaxFields = 128

// Header is what a request field is to the gateway. Names are compared once a
// call, when the gateway checks the fields; everyone else asks by Header.
type Header uint8

const (
	HeaderOther Header = iota // of no interest: passes

	HeaderOrigin
	HeaderUserAgent

	// From here to HeaderPayload: fields that decide about security or routing.
	// Each may come once, because of two readers one takes the first and one
	// the last.
	HeaderAuthorization
	HeaderContentType

	// From here on: fields that stay at the gateway.
	HeaderHost
	HeaderStage
	HeaderUpgrade
	HeaderDate
	HeaderToken
	HeaderAppCode
	HeaderPayload

	HeaderMode  // whether debug latencies are wanted
	HeaderTrace // the key by which an administrator watches the call
	HeaderHops  // gateways of this kind that the call has passed
	HeaderForwardedFor
	HeaderConnection
	HeaderHeld // any other that stays

	headers // their number
)

// headerNames are the names in their usual spelling.
var headerNames = [headers]string{
	HeaderHost: "Host", HeaderStage: "X-Stage", HeaderUpgrade: "Upgrade", HeaderDate: "X-Sdk-Date",
	HeaderContentType: "Content-Type", HeaderToken: "X-Auth-Token", HeaderAuthorization: "Authorization",
	HeaderAppCode: "X-Apig-AppCode", HeaderPayload: "X-Sdk-Content-Sha256",
	HeaderMode: "X-Apig-Mode", HeaderTrace: "X-Apig-Trace", HeaderOrigin: "Origin", HeaderUserAgent: "User-Agent", HeaderForwardedFor: "X-Forwarded-For",
	HeaderConnection: "Connection", HeaderHops: "X-Apig-Hops",
}

func (h Header) String() string { return headerNames[h] }

// Singular reports whether a request may carry the field once only.
func (h Header) Singular() bool { return HeaderAuthorization <= h && h <= HeaderPayload }

// Held reports whether the field stays at the gateway (policy/identity says
// why).
func (h Header) Held() bool { return h >= HeaderHost }

// HeaderOf returns which field a name is, in any letter case.
func HeaderOf(name string) Header {
	if name == "" {
		return HeaderOther
	}
	for _, k := range known[slot(name)] {
		if message.EqualFold(name, k.name) {
			return k.is
		}
	}
	if name[0]|0x20 == 'x' && heldX(name) {
		return HeaderHeld
	}
	return HeaderOther
}

// index is what is known of the fields of a request. It stays with a pooled call:
// as long as requests have the same names as the one before, it needs not be made
// again (Layout). Nothing in it is believed but for the first known fields.
type index struct {
	layout message.Layout
	kinds  [MaxFields]Header // of Headers[i]
	first  [headers]uint8    // where in Headers one stands first, plus one
	before before

	passing   uint64               // a bit for each of the first 64 fields that does not stay
	settled   bool                 // passing says all, but for what Connection names
	workspace *signature.Workspace // nil: no call with this memory was signed
}

// Familiar reports whether the fields have the names of the request before, by
// which then everything is known that Note was told about them.
func (r *Request) Familiar() bool {
	_, same := r.Measure()
	return same
}

// Measure is Familiar, and how many bytes the names and values of a familiar request have.
func (r *Request) Measure() (size int, familiar bool) {
	if r.index == nil {
		return 0, false
	}
	values, same := r.index.layout.Measure(r.Headers)
	if !same {
		return 0, false
	}
	r.known, r.familiar = uint8(len(r.Headers)), true
	return values + r.index.layout.Size(), true
}

// Fresh forgets what was known of fields, before the first Note.
func (r *Request) Fresh() {
	if r.index == nil {
		r.index = new(index)
	}
	r.familiar = false
	r.index.layout.Forget()
	r.index.kinds, r.index.first = [MaxFields]Header{}, [headers]uint8{}
	r.known = MaxFields
}

// Learn keeps what was noted of all fields for requests with the same names. Only
// names may have decided about it.
func (r *Request) Learn() {
	r.index.layout.Learn(r.Headers)
	r.known = uint8(len(r.Headers))
	r.index.passing, r.index.settled = 0, len(r.Headers) <= 64
	connections := 0
	for i := range r.Headers {
		h := r.index.kinds[i]
		if !h.Held() {
			r.index.passing |= 1 << (i & 63)
		} else if h == HeaderConnection {
			connections++
		}
	}
	if connections > 1 {
		r.index.settled = false
	}
}

// Passing has a bit for each field of a familiar request that is not Held. It reports
// false where it does not know: then each field is to be looked at. It says nothing about
// the names in the value of Connection, which comes once at most when it reports true.
func (r *Request) Passing() (fields uint64, known bool) {
	if !r.familiar || !r.index.settled {
		return 0, false
	}
	return r.index.passing, true
}

// Layout is what is remembered of the names of the fields of a familiar request, nil
// of any other: what is found out about names that come once is not worth keeping,
// and keeping it took 3,300 instructions of such a call.
func (r *Request) Layout() *message.Layout {
	if !r.familiar || int(r.known) != len(r.Headers) {
		return nil
	}
	return &r.index.layout
}

// Workspace is memory to verify a signature in, which stays with a pooled call; nil for a
// request of which nothing was noted.
func (r *Request) Workspace() *signature.Workspace {
	if r.index == nil {
		return nil
	}
	if r.index.workspace == nil {
		r.index.workspace = signature.NewWorkspace()
	}
	return r.index.workspace
}

// Note remembers that Headers[i] is h, and reports whether it is the first. A
// field that is not noted is HeaderOther.
func (r *Request) Note(i int, h Header) (first bool) {
	r.index.kinds[i] = h
	if r.index.first[h] != 0 {
		return false
	}
	r.index.first[h] = uint8(i + 1)
	return true
}

// Index notes the fields, of which there are at most MaxFields. The gateway does
// the same while it checks them; whoever changes Headers by other ways calls
// Index.
func (r *Request) Index() {
	r.Fresh()
	for i := range r.Headers[:min(len(r.Headers), MaxFields)] {
		r.Note(i, HeaderOf(r.Headers[i].Name))
	}
}

// Field returns the first value of a field, and whether there is one.
func (r *Request) Field(h Header) (string, bool) {
	if r.known == 0 {
		return "", false
	}
	i := int(r.index.first[h]) - 1
	if i < 0 || i >= len(r.Headers) {
		return "", false
	}
	return r.Headers[i].Value, true
}

// Kind returns what Headers[i] is.
func (r *Request) Kind(i int) Header {
	if r.known == 0 {
		return HeaderOther
	}
	return r.index.kinds[i]
}
