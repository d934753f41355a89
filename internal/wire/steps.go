package wire

import (
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/lintel-gateway/lintel/internal/message"
)

// findRoute refuses unclean paths, unknown ones and wrong methods.
func (x *exchange) findRoute() error {
	r := x.req.HTTP
	path, err := canonical(r)
	if err != nil {
		x.dialect = x.dialectOf(r.URL.Path)
		return x.dialect.Faults.BadPath.With(err.Error())
	}
	e, values, allow := x.table.find(r.Method, path)
	if e == nil {
		x.dialect = x.dialectOf(path)
		if len(allow) == 0 {
			return x.dialect.Faults.NoRoute
		}
		x.w.Header().Set("Allow", strings.Join(allow, ", "))
		return x.dialect.Faults.WrongMethod
	}
	x.dialect = e.dialect
	if err := e.bind(r, values); err != nil {
		return x.dialect.Faults.BadPath
	}
	x.route, x.req.Route, r.Pattern = e.route, e.route, e.route.Pattern
	return nil
}

// refuseForeignPages refuses what a browser writes on behalf of another
// origin. The management listener sits on loopback, where any page that an
// operator visits could reach it.
func (x *exchange) refuseForeignPages() error {
	if err := x.origins.Check(x.req.HTTP); err != nil {
		return x.dialect.Faults.CrossOrigin.Because(err)
	}
	return nil
}

// limitBody refuses by the announced length, and bounds what is read later.
func (x *exchange) limitBody() error {
	limit := x.route.maxBody()
	x.body = body{exchange: x, limit: limit}
	if x.req.HTTP.ContentLength > limit {
		x.w.Header().Set("Connection", "close")
		return x.route.tooLarge(&x.dialect.Faults)
	}
	return nil
}

// readQuery refuses what net/url drops in silence, and characters that no
// column and no log can hold.
func (x *exchange) readQuery() error {
	raw := x.req.HTTP.URL.RawQuery
	if raw == "" {
		x.req.query = url.Values{}
		return nil
	}
	pairs, err := message.ParseQuery(nil, raw)
	if err != nil {
		return x.dialect.Faults.BadQuery(strings.TrimPrefix(err.Error(), "request query "))
	}
	x.req.query = make(url.Values, len(pairs))
	for _, p := range pairs {
		if !utf8.ValidString(p.Name) || !utf8.ValidString(p.Value) || strings.Contains(p.Name+p.Value, "\x00") {
			return x.dialect.Faults.BadQuery("has a value that is not UTF-8 text")
		}
		x.req.query.Add(p.Name, p.Value)
	}
	return nil
}

// authenticate finds out who calls. Public routes have no actor, even when the
// request carries credentials.
func (x *exchange) authenticate() error {
	if x.route.Access == Public {
		x.admitted = true
		return nil
	}
	actor, err := x.Authenticate(x.req.HTTP, x.body.read)
	if err != nil {
		if x.body.fault != nil { // The body was at fault, not the credentials.
			return x.body.fault
		}
		return err
	}
	x.req.Actor, x.admitted = actor, true
	return nil
}

// authorise refuses who the route is not open to.
func (x *exchange) authorise() error {
	actor := &x.req.Actor
	if x.route.Access == Project && actor.ProjectID == "" {
		return &AuthError{Refusal: NoProject, Detail: "the credentials have no project in scope"}
	}
	if !x.route.Admits(actor) {
		return x.dialect.Faults.Forbidden(x.route, actor)
	}
	return nil
}

// decode reads the body into the handler's own type.
func (x *exchange) decode() error {
	h := &x.route.Handle
	if h.new == nil {
		return nil
	}
	raw, err := x.body.read()
	if err != nil {
		return x.body.fault
	}
	x.in = h.new()
	if in, ok := x.in.(*Raw); ok {
		*in = raw
		return nil
	}
	if len(raw) == 0 && h.optional {
		return nil
	}
	return decode(&x.dialect.Faults, raw, x.in)
}
