package gateway

import (
	"slices"
	"strconv"
	"time"

	"github.com/lintel-gateway/lintel/internal/gateway/call"
	"github.com/lintel-gateway/lintel/internal/gateway/plan"
	"github.com/lintel-gateway/lintel/internal/message"
)

// refuse makes the gateway's own answer.
func refuse(c *call.Call, f *call.Fault) {
	c.Fault = f
	r := &c.Response
	r.Status = f.Status
	r.Headers = append(r.Headers[:0],
		message.Field{Name: "Content-Type", Value: "application/json"})
	if f == call.MethodNotAllowed {
		r.Headers = append(r.Headers, message.Field{Name: "Allow", Value: Methods}) // RFC 9110 §15.5.6
	}
	if r.Tunnel != nil {
		r.Tunnel.Close()
		r.Tunnel = nil
	}
	r.Stream, r.Trailers, r.Length = nil, nil, 0
	b := f.AppendJSON(c.Scratch(), c.ID)
	c.Keep(b)
	r.Bytes = b
}

// finishHeaders adds the fields that an answer carries whoever made it
// (wire-facts §1.1). p is nil when no route was found.
func (g *Gateway) finishHeaders(c *call.Call, p *plan.Plan) {
	r := &c.Response
	for i := range r.Headers {
		if ours(r.Headers[i].Name) {
			r.Headers = slices.DeleteFunc(r.Headers, func(f message.Field) bool { return ours(f.Name) })
			break
		}
	}
	add := func(name, value string) {
		r.Headers = append(r.Headers, message.Field{Name: name, Value: value})
	}
	add("X-Request-Id", c.ID)
	if c.Timing.BackendStatus == 0 {
		add("Server", "api-gateway")
	}
	if p != nil && p.CORS {
		allowOrigin(c, p.Preflight)
	}
	if mode, _ := c.Request.Field(call.HeaderMode); message.EqualFold(mode, "debug") {
		addLimits(c)
		if p != nil && p.Target.VersionID != "" { // a draft that is tried out has none
			add("X-Apig-Version", p.Target.VersionID)
		}
		g.addLatencies(c)
	}
}

// ours reports whether the gateway alone writes a response field. The first letter and
// the length end the search for nearly all names.
func ours(name string) bool {
	return len(name) >= len("X-Request-Id") && name[0]|0x20 == 'x' && oursX(name)
}

// oursX is ours for names that begin with an X.
func oursX(name string) bool {
	if len(name) > len(limitPrefix) && message.EqualFold(name[:len(limitPrefix)], limitPrefix) {
		return true
	}
	switch len(name) {
	case len("X-Request-Id"):
		return message.EqualFold(name, "X-Request-Id")
	case len("X-Apig-Latency"):
		return message.EqualFold(name, "X-Apig-Latency") || message.EqualFold(name, "X-Apig-Version")
	case len("X-Apig-Upstream-Latency"):
		return message.EqualFold(name, "X-Apig-Upstream-Latency")
	}
	return false
}

// cors are the fields of an answer to a browser, literally from wire-facts §2.7.
// Only the first goes on answers other than those of an API for OPTIONS. There
// is no Access-Control-Allow-Credentials.
var cors = [...]message.Field{
	{Name: "Access-Control-Allow-Origin", Value: "*"},
	{Name: "Access-Control-Allow-Headers", Value: "X-Stage,X-Sdk-Date,X-Sdk-Nonce,X-Proxy-Signed-Headers,X-Sdk-Content-Sha256,X-Forwarded-For,Authorization,Content-Type,Accept,Accept-Ranges,Cache-Control,Range"},
	{Name: "Access-Control-Expose-Headers", Value: "X-Request-Id,X-Apig-Latency,X-Apig-Upstream-Latency,X-Apig-RateLimit-Api,X-Apig-RateLimit-User,X-Apig-RateLimit-App,X-Apig-RateLimit-Ip,X-Apig-RateLimit-Api-Allenv"},
	{Name: "Access-Control-Allow-Methods", Value: "GET,POST,PUT,DELETE,HEAD,OPTIONS,PATCH"},
	{Name: "Access-Control-Max-Age", Value: "172800"},
}

// allowOrigin adds CORS fields to the answer of a call from a browser. What the
// backend set wins, field by field.
func allowOrigin(c *call.Call, preflight bool) {
	if _, ok := c.Request.Field(call.HeaderOrigin); !ok {
		return
	}
	fields := cors[:1]
	if preflight {
		fields = cors[:]
	}
	for _, f := range fields {
		if c.Response.Headers.Count(f.Name) == 0 {
			c.Response.Headers = append(c.Response.Headers, f)
		}
	}
}

// addLatencies adds the debug fields: milliseconds until the backend's header,
// or until now when no backend was asked.
func (g *Gateway) addLatencies(c *call.Call) {
	until := c.Timing.BackendHeader
	if until.IsZero() {
		until = g.clock()
	} else {
		c.Response.Headers = append(c.Response.Headers,
			message.Field{Name: "X-Apig-Upstream-Latency", Value: milliseconds(c, until.Sub(c.Timing.BackendStart))})
	}
	c.Response.Headers = append(c.Response.Headers,
		message.Field{Name: "X-Apig-Latency", Value: milliseconds(c, until.Sub(c.Started))})
}

// addLimits adds the debug fields of the limits that were asked for the call.
func addLimits(c *call.Call) {
	for i := range c.Limits {
		l := &c.Limits[i]
		c.Response.Headers = append(c.Response.Headers,
			message.Field{Name: limitField(l.Name), Value: c.Keep(l.AppendText(c.Scratch()))})
	}
}

// limitPrefix begins the names of all fields that tell of limits.
const limitPrefix = "X-Apig-RateLimit-"

// limitField is the name of the field of a limit, spelled as in wire-facts §1.1.
func limitField(limit string) string {
	switch limit {
	case "api":
		return limitPrefix + "api"
	case "user":
		return limitPrefix + "user"
	case "app":
		return limitPrefix + "app"
	case "ip":
		return limitPrefix + "ip"
	case "api-allenv":
		return limitPrefix + "api-allenv"
	}
	return limitPrefix + limit
}

func milliseconds(c *call.Call, d time.Duration) string {
	return c.Keep(strconv.AppendInt(c.Scratch(), max(d.Milliseconds(), 0), 10))
}
