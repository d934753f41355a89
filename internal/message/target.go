package message

import "strings"

// SplitTarget splits the target of a request line into path and query, without a
// decision about either. Of an absolute target the authority is gone: whoever has read
// the head has seen that it says what Host says.
func SplitTarget(target string) (path, query string) {
	path = target
	if i := strings.IndexByte(target, '?'); i >= 0 {
		path, query = target[:i], target[i+1:]
	}
	if path != "" && path[0] == '/' {
		return path, query
	}
	_, rest, ok := strings.Cut(path, "://")
	if !ok {
		return path, query // "*", or CONNECT's authority
	}
	if i := strings.IndexByte(rest, '/'); i >= 0 {
		return rest[i:], query
	}
	return "/", query
}
