package plan

import "github.com/lintel-gateway/lintel/internal/gateway/call"

// unserved stands in a plan where this version has no policy or backend for
// what a definition asks. The API can be published, so that management is
// complete; each call of it is refused, because to pass it on without the
// policy would be to let everybody in.
type unserved struct{ fault *call.Fault }

// notServed names the field as on the wire of the v1.0 reference.
func notServed(field, value string) *unserved {
	return &unserved{call.NotServed.With(field + " " + value + " is not served by this gateway yet")}
}

// Apply implements Policy.
func (u *unserved) Apply(*call.Call) *call.Fault { return u.fault }

// Send implements Backend.
func (u *unserved) Send(*call.Call) *call.Fault { return u.fault }
