package call

import (
	"net/netip"
	"strings"
	"unsafe"

	"github.com/lintel-gateway/lintel/internal/message"
)

// before is what was worked out for the call before with the same memory and is true
// of the next one that comes to the same host or from the same address: most calls of
// a connection do. It is compared by all of its input, never believed.
type before struct {
	host      []byte // as it came, at most maxHost
	canonical int    // how many bytes of it are the canonical one
	client    netip.Addr
	text      [39]byte // of the client: an IPv6 address without a zone has no more
	length    uint8    // of text
}

// maxHost bounds the host that is kept: the longest name of DNS and a port.
const maxHost = 253 + len(".:65535")

// HostOfCallBefore returns the canonical form of Host, and whether it is known because
// the call before came to the same one: to work it out takes 170 instructions.
func (r *Request) HostOfCallBefore() (canonical string, same bool) {
	if r.index == nil || string(r.index.before.host) != r.Host {
		return "", false
	}
	return r.Host[:r.index.before.canonical], r.Host != ""
}

// LearnHost keeps the canonical form of Host for the next call. One that is not a
// beginning of what came, such as a name in upper case, is worked out each time.
func (r *Request) LearnHost(canonical string) {
	if r.index == nil || len(r.Host) > maxHost || !strings.HasPrefix(r.Host, canonical) {
		return
	}
	b := &r.index.before
	b.host, b.canonical = append(b.host[:0], r.Host...), len(canonical)
}

// AppendClient appends Client as text; it is valid.
func (r *Request) AppendClient(dst []byte) []byte {
	if r.index == nil || !r.learnClient() {
		return message.AppendAddr(dst, r.Client)
	}
	b := &r.index.before
	return append(dst, b.text[:b.length]...)
}

// learnClient makes sure that before holds the text of Client, and reports whether it
// can.
func (r *Request) learnClient() bool {
	b := &r.index.before
	if b.client != r.Client {
		var room [len(b.text)]byte
		text := message.AppendAddr(room[:0], r.Client)
		if len(text) > len(b.text) {
			return false
		}
		b.client, b.length = r.Client, uint8(copy(b.text[:], text))
	}
	return true
}

// ClientText is Request.Client as text, "" when it is not valid. It is valid until the call
// ends or its Client changes: it lies beside the layout, from where copying it took 90
// instructions.
func (c *Call) ClientText() string {
	r := &c.Request
	switch {
	case !r.Client.IsValid():
		return ""
	case poison || r.index == nil || !r.learnClient(): // a poisoned call shows who keeps it too long
		return c.Keep(r.AppendClient(c.Scratch()))
	}
	b := &r.index.before
	return unsafe.String(&b.text[0], int(b.length))
}
