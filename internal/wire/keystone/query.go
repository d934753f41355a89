package keystone

import (
	"strings"

	"github.com/lintel-gateway/lintel/internal/wire"
)

// Boolean reads a flag of the query strictly: a text that is neither true nor
// false must not count as one of them (OSSA-2026-007). Left out it is nil.
func Boolean(r *wire.Request, name string) (*bool, error) {
	var v bool
	switch s := r.Query().Get(name); strings.ToLower(s) {
	case "":
		return nil, nil
	case "true", "1":
		v = true
	case "false", "0":
	default:
		return nil, BadRequest("Invalid input for query parameter '%s': it must be true or false.", name)
	}
	return &v, nil
}
