package gateway

import (
	"log/slog"
	"net/netip"
	"runtime/debug"
	"strings"

	"github.com/lintel-gateway/lintel/internal/clock"
	"github.com/lintel-gateway/lintel/internal/gateway/answer"
	"github.com/lintel-gateway/lintel/internal/gateway/call"
	"github.com/lintel-gateway/lintel/internal/gateway/livetrace"
	"github.com/lintel-gateway/lintel/internal/gateway/plan"
	"github.com/lintel-gateway/lintel/internal/gateway/snapshot"
	"github.com/lintel-gateway/lintel/internal/ids"
	"github.com/lintel-gateway/lintel/internal/message"
)

// release is the environment of a call that names none (wire-facts §2.2).
const release = "RELEASE"

// Options of a Gateway. All but Live, TrustedProxies, Preflight and Record are needed.
type Options struct {
	Snapshot *snapshot.Snapshot
	Answers  *answer.Answers // groups' own words for faults
	IDs      *ids.Source
	Clock    clock.Clock
	Log      *slog.Logger
	// TrustedProxies are believed about who called them: ForwardedHops, from 1,
	// says which entry of X-Forwarded-For that is, counted from the end. None: the
	// client is the TCP peer.
	TrustedProxies []netip.Prefix
	ForwardedHops  int
	// Preflight says that preflight requests to APIs with CORS are answered for
	// which there is no API.
	Preflight bool
	// Live knows the keys of calls that an administrator watches; nil: nobody
	// watches any.
	Live *livetrace.Keys
	// Record is called once per call, after its answer was written. What it
	// keeps of the call it clones.
	Record func(*call.Call)
}

// Gateway serves calls. It is safe for concurrent use.
type Gateway struct {
	snapshot *snapshot.Snapshot
	answers  *answer.Answers
	ids      *requestIDs
	clock    clock.Clock
	log      *slog.Logger
	live     *livetrace.Keys
	proxies  proxies
	record   func(*call.Call)

	preflight bool
}

// New makes a gateway over the APIs of a snapshot.
func New(o Options) *Gateway {
	return &Gateway{o.Snapshot, o.Answers, &requestIDs{o.IDs}, o.Clock, o.Log, o.Live, proxies{o.TrustedProxies, o.ForwardedHops}, o.Record, o.Preflight}
}

// Serve fills c.Response: with the backend's answer, or with the fault for which
// there was none.
func (g *Gateway) Serve(c *call.Call) {
	c.ID = g.ids.next(c)
	p, fault := g.serve(c)
	if fault != nil {
		refuse(c, fault)
		response := "" // the default one of the group, if the host leads to one
		if p != nil {
			response = p.ResponseID
		}
		g.answers.Word(c, c.Target.GroupID, response)
	}
	g.finishHeaders(c, p)
	if c.Trace != nil {
		traceAnswer(c)
	}
}

// serve is the life of a call.
func (g *Gateway) serve(c *call.Call) (p *plan.Plan, fault *call.Fault) {
	// A fault in one API's policies must not take the others down.
	defer func() {
		if v := recover(); v != nil {
			g.log.Error("call panicked", "request_id", c.ID, "api_id", c.Target.APIID, "panic", v, "stack", string(debug.Stack()))
			fault = call.Unexpected
		}
	}()

	// One reading of the request for everyone. And who calls: the TCP peer, or
	// whom a trusted proxy names.
	if fault = prepare(c); fault == nil {
		fault = g.proxies.find(c)
	}
	if key, ok := c.Request.Field(call.HeaderTrace); ok && g.live != nil {
		g.live.Begin(c, key)
	}
	if c.Trace != nil {
		traceRequest(c, fault)
	}
	if fault != nil {
		return nil, fault
	}

	// Which API: host, environment, path and method.
	p, fault = g.find(c)
	if fault != nil && g.preflight && g.answerPreflight(c) {
		return nil, nil
	}
	if c.Trace != nil {
		traceRoute(c, fault)
	}
	if fault != nil {
		return nil, fault
	}

	// Whether this call may go on: protocol, authentication, grant, parameters.
	// The order is plan.Build's.
	if fault = pass(c, p.Policies); fault != nil {
		return p, fault
	}

	// Where it goes, and what is sent there.
	branch := p.Choose(c)
	if c.Trace != nil {
		traceBranch(c, p, branch)
	}
	if fault = pass(c, branch.Policies); fault != nil {
		return p, fault
	}
	if c.Trace != nil {
		traceSending(c, branch)
	}
	fault = branch.Backend.Send(c)
	if c.Trace != nil {
		traceBackend(c, fault)
	}
	return p, fault
}

// pass takes a call through policies until one refuses.
func pass(c *call.Call, policies []plan.Policy) *call.Fault {
	if c.Trace != nil {
		return passTraced(c, policies)
	}
	for i := range policies {
		if fault := policies[i].Apply(c); fault != nil {
			return fault
		}
	}
	return nil
}

func passTraced(c *call.Call, policies []plan.Policy) *call.Fault {
	for _, policy := range policies {
		if fault := traced(c, policy); fault != nil {
			return fault
		}
	}
	return nil
}

// find leads a call to its plan. What is not found gets one of two texts
// (wire-facts §1.2); whether the host, the environment or the path was wrong
// stays the gateway's knowledge.
func (g *Gateway) find(c *call.Call) (*plan.Plan, *call.Fault) {
	group := g.snapshot.Group(c.Request.Host)
	if group == nil {
		return nil, call.NotPublished
	}
	c.Target.GroupID = group.ID() // whose words a fault gets that is found now
	p, outcome := group.Lookup(environment(c), c)
	switch outcome {
	case snapshot.Found:
		decodeParams(c)
		return p, nil
	case snapshot.NoMethod:
		return nil, call.NoSuchMethod
	}
	return nil, call.NotPublished
}

// environment is that of a call.
func environment(c *call.Call) string {
	if env, ok := c.Request.Field(call.HeaderStage); ok {
		return env
	}
	return release
}

// decodeParams turns the slices of the path that routing found into values. A
// canonical path holds no bad escape and no encoded slash.
func decodeParams(c *call.Call) {
	if c.Request.PlainPath {
		return
	}
	for i := range c.Target.PathParams {
		v := &c.Target.PathParams[i].Value
		if strings.IndexByte(*v, '%') < 0 {
			continue
		}
		b := c.Scratch()
		for j := 0; j < len(*v); j++ {
			d, encoded := message.Decoded(*v, j)
			if encoded {
				j += 2
			} else {
				d = (*v)[j]
			}
			b = append(b, d)
		}
		*v = c.Keep(b)
	}
}

// Finish records the call after its answer was written.
func (g *Gateway) Finish(c *call.Call) {
	if c.Trace != nil && c.Trace.Done != nil {
		c.Trace.Done(c)
	}
	if g.record != nil {
		g.record(c)
	}
}
