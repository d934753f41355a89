package wire

import (
	"net/http"
	"reflect"
)

// Access says who may call a route. There is no zero value that lets anybody
// in: a route without Access does not build.
type Access int

const (
	_ Access = iota
	// Public needs no credentials: discovery, logging in.
	Public
	// Authenticated needs valid credentials of any scope.
	Authenticated
	// Project needs a project in scope. GET and HEAD are open to every role,
	// everything else is refused to who holds only "reader".
	Project
	// Domain is for those who administer departments: an administrator of the
	// platform, or a domain in scope. There every role may GET and HEAD, and
	// everything else needs "manager". Whether the thing itself lies in that
	// domain is for the handler to see.
	Domain
	// Admin needs the role "admin".
	Admin
)

// Route is one operation. Tables of routes are package-level functions of
// their area, read from top to bottom as its table of contents.
type Route struct {
	Method  string
	Pattern string // "/v1.0/apigw/apps/{id}"; a literal segment wins over a {name}
	Action  string // "apigw:apps:create": the name in audit records, policies and OpenAPI's operationId
	Summary string // one sentence for people
	Access  Access
	Query   []Param // query parameters, all optional unless Required
	Status  int     // of a success; 0 means 200, or 204 without a body
	Errors  []*Error
	Handle  Handler
	// MaxBody bounds the request body in bytes; 0 means DefaultMaxBody, and
	// 64 KiB where the route is Public.
	MaxBody int64
	// TooLarge, when not nil, refuses a longer body in place of the dialect's
	// own refusal.
	TooLarge *Error
}

// Param is one documented query parameter.
type Param struct {
	Name     string
	Type     string // "string", "integer"
	Required bool
	Doc      string
}

// Handler is the area's part of a route with the types it speaks. Make one
// with Get, Body, Done or DoneBody.
type Handler struct {
	in, out reflect.Type // nil when there is no body
	new     func() any   // allocates the input
	call    func(r *Request, in any) (any, error)

	optional bool // an empty body is a zero input
}

// Optional is h for an operation whose request body may be left out: the
// handler then gets a zero input.
func (h Handler) Optional() Handler {
	h.optional = true
	return h
}

// Get is a handler without a request body that answers one.
func Get[Out any](f func(*Request) (Out, error)) Handler {
	return Handler{
		out:  reflect.TypeFor[Out](),
		call: func(r *Request, _ any) (any, error) { return f(r) },
	}
}

// Body is a handler with a request body that answers one.
func Body[In, Out any](f func(*Request, *In) (Out, error)) Handler {
	return Handler{
		in: reflect.TypeFor[In](), out: reflect.TypeFor[Out](),
		new:  func() any { return new(In) },
		call: func(r *Request, in any) (any, error) { return f(r, in.(*In)) },
	}
}

// Done is a handler without any body: 204.
func Done(f func(*Request) error) Handler {
	return Handler{call: func(r *Request, _ any) (any, error) { return nil, f(r) }}
}

// DoneBody is a handler with a request body and none in the answer.
func DoneBody[In any](f func(*Request, *In) error) Handler {
	return Handler{
		in:   reflect.TypeFor[In](),
		new:  func() any { return new(In) },
		call: func(r *Request, in any) (any, error) { return nil, f(r, in.(*In)) },
	}
}

// tooLarge refuses a body over the limit.
func (r *Route) tooLarge(f *Faults) *Error {
	if r.TooLarge != nil {
		return r.TooLarge
	}
	return f.TooLarge(r.maxBody())
}

// reads reports whether the route changes nothing.
func (r *Route) reads() bool { return r.Method == http.MethodGet || r.Method == http.MethodHead }

// Admits reports whether the route is open to an actor in its scope. It is deny
// by default: an Access it does not know admits nobody.
func (r *Route) Admits(a *Actor) bool {
	switch r.Access {
	case Public, Authenticated:
		return true
	case Project:
		return a.ProjectID != "" && (r.reads() || !a.ReadOnly())
	case Domain:
		return a.Admin() || a.Manages(a.ScopeDomainID) || r.reads() && a.ScopeDomainID != "" && len(a.Roles) > 0
	case Admin:
		return a.Admin()
	default:
		return false
	}
}
