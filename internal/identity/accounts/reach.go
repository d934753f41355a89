package accounts

import "github.com/lintel-gateway/lintel/internal/wire"

// Reach is how far an actor's eyes or hands go. It is made from verified
// credentials alone and is a condition of every query and change, so that what
// is out of reach is not found (CVE-2019-19687). The zero value reaches
// nothing.
type Reach struct {
	All      bool   // the whole platform
	DomainID string // everything of this department
	UserID   string // this user, its own projects and groups
}

// Everywhere is the reach of the platform itself.
var Everywhere = Reach{All: true}

// Seen is what an actor may see: everything as an administrator, a department
// with any role in its scope, and always itself.
func Seen(a *wire.Actor) Reach {
	r := Reach{All: a.Admin(), UserID: a.UserID}
	if a.ScopeDomainID != "" && len(a.Roles) > 0 {
		r.DomainID = a.ScopeDomainID
	}
	return r
}

// Managed is what an actor may change: everything as an administrator, and a
// department of which it is the manager.
func Managed(a *wire.Actor) Reach {
	r := Reach{All: a.Admin()}
	if a.Manages(a.ScopeDomainID) {
		r.DomainID = a.ScopeDomainID
	}
	return r
}

// Domain reports whether everything of a domain is within reach.
func (r Reach) Domain(id string) bool { return r.All || id != "" && r.DomainID == id }

// User reports whether a user is within reach.
func (r Reach) User(u *User) bool { return r.Domain(u.DomainID) || u.ID != "" && r.UserID == u.ID }
