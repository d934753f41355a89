package call

import "github.com/lintel-gateway/lintel/internal/message"

// heldNames stay at the gateway and have no Header of their own, as do names with
// one of heldX's beginnings.
var heldNames = []string{
	"Content-Length", "Expect", "HTTP2-Settings", "Keep-Alive", "TE", "Trailer", "Transfer-Encoding",
	"Proxy", "Proxy-Connection", "Proxy-Authenticate", "Proxy-Authorization",
	"CF-Connecting-IP", "Fastly-Client-IP", "True-Client-IP", "X-Client-IP", "X-Cluster-Client-IP", "X-Real-IP", "Forwarded",
	"X-Original-URL", "X-Rewrite-URL", "X-Request-Id", "X-Subject-Token", "X-Security-Token",
}

// heldX reports whether a name begins like those that stay whatever follows. The
// third letter ends the search for nearly all names.
func heldX(name string) bool {
	if len(name) < 3 {
		return false
	}
	switch name[2] | 0x20 {
	case 'a':
		return begins(name, "X-Apig-")
	case 'f':
		return begins(name, "X-Forwarded-")
	case 's':
		return begins(name, "X-Sdk-")
	}
	return false
}

func begins(name, prefix string) bool {
	return len(name) >= len(prefix) && message.EqualFold(name[:len(prefix)], prefix)
}

// known are all names that HeaderOf knows, by slot: what a field is is asked for
// every field of every call, and the first letter and the length end the search for
// nearly all names. Switches over the two took half as many instructions more, and one
// switch over the name in lower case still more.
var known = slots()

type knownName struct {
	name string
	is   Header
}

func slots() (t [256][]knownName) {
	add := func(name string, is Header) {
		t[slot(name)] = append(t[slot(name)], knownName{name, is})
	}
	for h, name := range headerNames {
		if name != "" {
			add(name, Header(h))
		}
	}
	for _, name := range heldNames {
		add(name, HeaderHeld)
	}
	return t
}

// slot is where a name that is not empty stands in known.
func slot(name string) uint8 { return name[0]&0x1f<<3 + uint8(len(name)) }
