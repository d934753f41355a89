package call

import "github.com/lintel-gateway/lintel/internal/message"

// held reports whether a field without a Header of its own stays at the gateway.
// It is asked for most fields of every call: one or two letters and the length
// end the search for nearly all names (one switch over the name in lower case
// took four times the instructions).
func held(name string) bool {
	if name == "" {
		return false
	}
	switch name[0] | 0x20 {
	case 'c':
		return is(name, "Content-Length") || is(name, "CF-Connecting-IP")
	case 'e':
		return is(name, "Expect")
	case 'f':
		return is(name, "Forwarded") || is(name, "Fastly-Client-IP")
	case 'h':
		return is(name, "HTTP2-Settings")
	case 'k':
		return is(name, "Keep-Alive")
	case 'p':
		return is(name, "Proxy") || is(name, "Proxy-Connection") ||
			is(name, "Proxy-Authenticate") || is(name, "Proxy-Authorization")
	case 't':
		return is(name, "TE") || is(name, "Trailer") || is(name, "Transfer-Encoding") || is(name, "True-Client-IP")
	case 'x':
		return len(name) > 2 && name[1] == '-' && heldX(name)
	}
	return false
}

// heldX is held for names that begin with "X-".
func heldX(name string) bool {
	switch name[2] | 0x20 {
	case 'a':
		return begins(name, "X-Apig-")
	case 'c':
		return is(name, "X-Client-IP") || is(name, "X-Cluster-Client-IP")
	case 'f':
		return begins(name, "X-Forwarded-")
	case 'o':
		return is(name, "X-Original-URL")
	case 'r':
		return is(name, "X-Real-IP") || is(name, "X-Request-Id") || is(name, "X-Rewrite-URL")
	case 's':
		return begins(name, "X-Sdk-") || is(name, "X-Subject-Token") || is(name, "X-Security-Token")
	}
	return false
}

func is(name, wanted string) bool { return message.EqualFold(name, wanted) }

func begins(name, prefix string) bool {
	return len(name) >= len(prefix) && is(name[:len(prefix)], prefix)
}
