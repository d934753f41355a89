package accounts

import (
	"strings"

	"github.com/lintel-gateway/lintel/internal/wire"
	"github.com/lintel-gateway/lintel/internal/wire/keystone"
)

// filter says what of a collection is wanted; empty fields do not filter.
type filter struct {
	// viewer is who sees only what concerns it. It comes from the credentials
	// and is a condition of the query itself (CVE-2019-19687).
	viewer                       string
	id, name, domainID, parentID string
	enabled                      *bool
	// nothing is set when the filter cannot match.
	nothing bool
}

// viewer is the caller, or "" for an administrator, who sees everything.
func viewer(r *wire.Request) string {
	if r.Actor.Admin() {
		return ""
	}
	return r.Actor.UserID
}

func userFilter(r *wire.Request) (filter, error) {
	enabled, err := boolean(r, "enabled")
	q := r.Query()
	return filter{viewer: viewer(r), name: q.Get("name"), domainID: q.Get("domain_id"), enabled: enabled}, err
}

func projectFilter(r *wire.Request) (filter, error) {
	f, err := userFilter(r)
	if err != nil {
		return f, err
	}
	f.parentID = r.Query().Get("parent_id")
	isDomain, err := boolean(r, "is_domain")
	f.nothing = isDomain != nil && *isDomain
	return f, err
}

// boolean reads a flag of the query strictly: a text that is neither true nor
// false must not count as one of them (OSSA-2026-007).
func boolean(r *wire.Request, name string) (*bool, error) {
	var v bool
	switch s := r.Query().Get(name); strings.ToLower(s) {
	case "":
		return nil, nil
	case "true", "1":
		v = true
	case "false", "0":
	default:
		return nil, keystone.BadRequest("Invalid input for query parameter '%s': it must be true or false.", name)
	}
	return &v, nil
}
