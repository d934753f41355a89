package wire

import (
	"net/http"
	"strings"
)

// DefaultMaxBody bounds a request body in bytes. It is ten times what any
// ordinary operation needs, and little enough for a body of nonsense to be
// refused in 20 ms; routes that carry files set more.
const DefaultMaxBody = 1 << 20

// Dialect is one of the wire languages: its routes, its error bodies and its
// words for the refusals that the shared steps make.
type Dialect struct {
	Name    string // "apigw": also the name of its OpenAPI document
	Title   string
	Version string
	// Prefixes are the path prefixes whose unknown paths answer in this dialect.
	Prefixes []string
	Routes   []Route

	// WriteError writes e; the request id header is already set.
	WriteError func(w http.ResponseWriter, id string, e *Error)
	// Headers, when not nil, adds the dialect's own headers to every answer,
	// just before it is written.
	Headers func(h http.Header, r *http.Request, id string, status int)
	// ErrorBody is a value of the type that WriteError encodes, for the
	// OpenAPI document.
	ErrorBody any
	// Faults are the dialect's errors for the shared steps.
	Faults Faults
}

// Faults are a dialect's errors for what the shared steps refuse. All are set.
type Faults struct {
	NoRoute     *Error
	WrongMethod *Error
	BadPath     *Error                                  // unclean or malformed path
	BadQuery    func(detail string) *Error              // malformed, not UTF-8, too many parameters
	BadBody     func(detail string) *Error              // malformed, duplicate keys, too deep
	WrongType   func(field, want string) *Error         // right JSON, wrong type in a field
	TooLarge    func(limit int64) *Error                // body over the limit
	Credentials func(e *AuthError) *Error               // 401
	Forbidden   func(route *Route, actor *Actor) *Error // 403
	CrossOrigin *Error                                  // 403: a browser wrote from a foreign page
	Internal    *Error                                  // 500: anything unknown, its text only in the log
	Unavailable *Error                                  // database away, or out of time
}

// missing names what the dialect lacks to answer every refusal, or nothing.
func (d *Dialect) missing() []string {
	f := &d.Faults
	var names []string
	for _, part := range []struct {
		name string
		set  bool
	}{
		{"Name", d.Name != ""}, {"Prefixes", len(d.Prefixes) > 0}, {"WriteError", d.WriteError != nil},
		{"NoRoute", f.NoRoute != nil}, {"WrongMethod", f.WrongMethod != nil}, {"BadPath", f.BadPath != nil},
		{"BadQuery", f.BadQuery != nil}, {"BadBody", f.BadBody != nil}, {"WrongType", f.WrongType != nil},
		{"TooLarge", f.TooLarge != nil}, {"Credentials", f.Credentials != nil}, {"Forbidden", f.Forbidden != nil},
		{"CrossOrigin", f.CrossOrigin != nil}, {"Internal", f.Internal != nil}, {"Unavailable", f.Unavailable != nil},
	} {
		if !part.set {
			names = append(names, part.name)
		}
	}
	return names
}

// owns is the length of the longest prefix of the dialect that path lies
// under, or -1. "/v3" owns /v3 and /v3/users, not /v30.
func (d *Dialect) owns(path string) int {
	longest := -1
	for _, p := range d.Prefixes {
		if path == p || strings.HasPrefix(path, strings.TrimSuffix(p, "/")+"/") {
			longest = max(longest, len(p))
		}
	}
	return longest
}
