package call

import "github.com/lintel-gateway/lintel/internal/message"

// OfConnection reports whether a field of an answer belongs to the edge, whoever set
// it: it speaks of this connection or of this message's framing, of which only the edge
// knows. Lengths end the search for nearly all names.
func OfConnection(name string) bool {
	switch len(name) {
	case len("TE"):
		return message.EqualFold(name, "TE")
	case len("Trailer"):
		return message.EqualFold(name, "Trailer") || message.EqualFold(name, "Upgrade")
	case len("Connection"):
		return message.EqualFold(name, "Connection") || message.EqualFold(name, "Keep-Alive")
	case len("Content-Length"):
		return message.EqualFold(name, "Content-Length") || message.EqualFold(name, "HTTP2-Settings")
	case len("Proxy-Connection"):
		return message.EqualFold(name, "Proxy-Connection")
	case len("Transfer-Encoding"):
		return message.EqualFold(name, "Transfer-Encoding")
	}
	return false
}
