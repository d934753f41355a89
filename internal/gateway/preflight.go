package gateway

import (
	"net/http"

	"github.com/lintel-gateway/lintel/internal/gateway/call"
	"github.com/lintel-gateway/lintel/internal/gateway/snapshot"
	"github.com/lintel-gateway/lintel/internal/message"
)

// answerPreflight answers a browser's question whether it may call an API, for
// which no API has this path and the method OPTIONS, and reports whether it did.
// The providers of this wire make such an API themselves (wire-facts §2.7), so it
// is off unless it is asked for (Options.Preflight); an API for OPTIONS or ANY
// goes first.
//
// It answers for the environment RELEASE unless the browser names another one,
// which browsers do not: a preflight request carries no fields of the page's. It
// asks for no credential, counts against no limit and reaches no backend; what it
// tells is that there is an API with CORS, which the API is public about.
func (g *Gateway) answerPreflight(c *call.Call) bool {
	r := &c.Request
	if r.Method != http.MethodOptions {
		return false
	}
	method, ok := r.Headers.Get("Access-Control-Request-Method")
	if _, origin := r.Field(call.HeaderOrigin); !ok || !origin || !known(method) {
		return false
	}
	group := g.snapshot.Group(r.Host)
	if group == nil {
		return false
	}
	r.Method = method
	p, outcome := group.Lookup(environment(c), c)
	r.Method = http.MethodOptions
	if outcome != snapshot.Found || !p.CORS {
		// What the look-up has filled in is not what was called.
		c.Target = call.Target{GroupID: group.ID(), PathParams: c.Target.PathParams[:0]}
		return false
	}
	c.Response.Status = http.StatusOK
	c.Response.Headers = append(c.Response.Headers, message.Field{Name: "Content-Type", Value: "application/json"})
	allowOrigin(c, true)
	if c.Trace != nil {
		c.Trace.Say("route: preflight for %s of API %s (%s), answered without it", method, c.Target.APIID, c.Target.APIName)
	}
	return true
}
