package wire

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"time"
)

// Request is one request to one of our own APIs after the shared steps.
type Request struct {
	HTTP  *http.Request
	ID    string // X-Request-Id, 32 hex
	Actor Actor
	Route *Route
	// Chinese is set when the client sent X-Language: zh-cn.
	Chinese bool

	query  url.Values
	header http.Header // of the response
	status int         // overrides Route.Status when not 0
	audit  string      // id of the resource touched, for the audit record
}

// Context ends when the client goes away or the time of the request is over.
func (r *Request) Context() context.Context { return r.HTTP.Context() }

// Path is the value of a {name} of the pattern. Ids are not checked here: an
// id that cannot exist is simply not found.
func (r *Request) Path(name string) string { return r.HTTP.PathValue(name) }

// Query holds the decoded query.
func (r *Request) Query() url.Values {
	if r.query == nil {
		r.query = r.HTTP.URL.Query()
	}
	return r.query
}

// SetHeader sets a header of the answer.
func (r *Request) SetHeader(name, value string) { r.header.Set(name, value) }

// SetStatus answers with another status than the route's.
func (r *Request) SetStatus(status int) { r.status = status }

// Touched names the resource that a write concerned, for the audit record.
func (r *Request) Touched(id string) { r.audit = id }

// Actor is a verified identity with its scope. The project of a resource comes
// from here alone, never from a parameter.
type Actor struct {
	UserID, UserName       string
	DomainID, DomainName   string // of the user
	ProjectID, ProjectName string // scope; "" when not project-scoped
	ScopeDomainID          string // scope; "" when not domain-scoped
	Roles                  []string
	Credential             string // "token" | "aksk" | "bearer"
	IssuedAt, ExpiresAt    time.Time
	AuditID                string // of the token
	AccessKey              string // of an AK/SK signature
	// CredentialID is the application credential behind a token, "" without
	// one. Restricted ones may not make credentials of any kind.
	CredentialID string
	Restricted   bool
}

// Has reports whether the actor holds a role in its scope.
func (a *Actor) Has(role string) bool { return slices.Contains(a.Roles, role) }

// Admin reports whether the actor administers the platform: it sees the
// resources of every project.
func (a *Actor) Admin() bool { return a.Has("admin") }

// Manages reports whether the actor administers a domain: that domain is in
// its scope and it holds "manager" there, or it administers the platform.
func (a *Actor) Manages(domainID string) bool {
	return a.Admin() || domainID != "" && a.ScopeDomainID == domainID && a.Has("manager")
}

// ReadOnly reports whether the actor may only read.
func (a *Actor) ReadOnly() bool { return !a.Has("admin") && !a.Has("manager") && !a.Has("member") }
