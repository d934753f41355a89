package gateway

import (
	"log/slog"
	"runtime/debug"
	"strings"

	"github.com/lintel-gateway/lintel/internal/clock"
	"github.com/lintel-gateway/lintel/internal/gateway/answer"
	"github.com/lintel-gateway/lintel/internal/gateway/call"
	"github.com/lintel-gateway/lintel/internal/gateway/plan"
	"github.com/lintel-gateway/lintel/internal/gateway/snapshot"
	"github.com/lintel-gateway/lintel/internal/ids"
	"github.com/lintel-gateway/lintel/internal/message"
)

// release is the environment of a call that names none (wire-facts §2.2).
const release = "RELEASE"

// Options of a Gateway. All but Record are needed.
type Options struct {
	Snapshot *snapshot.Snapshot
	Answers  *answer.Answers // groups' own words for faults
	IDs      *ids.Source
	Clock    clock.Clock
	Log      *slog.Logger
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
	record   func(*call.Call)
}

// New makes a gateway over the APIs of a snapshot.
func New(o Options) *Gateway {
	return &Gateway{o.Snapshot, o.Answers, newRequestIDs(o.IDs), o.Clock, o.Log, o.Record}
}

// Serve fills c.Response: with the backend's answer, or with the fault for which
// there was none.
func (g *Gateway) Serve(c *call.Call) {
	c.ID = g.ids.next(c)
	p, fault := g.serve(c)
	if fault != nil {
		refuse(c, fault)
		if p != nil {
			g.answers.Word(c, p.Definition.GroupID, p.Definition.ResponseID)
		}
	}
	g.finishHeaders(c, p)
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

	// One reading of the request for everyone.
	if fault = prepare(c); fault != nil {
		return nil, fault
	}

	// Which API: host, environment, path and method.
	if p, fault = g.find(c); fault != nil {
		return nil, fault
	}
	if c.Trace != nil {
		traceRoute(c)
	}

	// Whether this call may go on: protocol, authentication, grant, parameters.
	// The order is plan.Build's.
	for _, policy := range p.Policies {
		fault = policy.Apply(c)
		if c.Trace != nil {
			tracePolicy(c, policy, fault)
		}
		if fault != nil {
			return p, fault
		}
	}

	// Where it goes, and what is sent there.
	branch := p.Choose(c)
	for _, policy := range branch.Policies {
		fault = policy.Apply(c)
		if c.Trace != nil {
			tracePolicy(c, policy, fault)
		}
		if fault != nil {
			return p, fault
		}
	}
	if c.Trace != nil {
		traceBranch(c, branch)
	}
	fault = branch.Backend.Send(c)
	if c.Trace != nil {
		traceBackend(c, fault)
	}
	return p, fault
}

// find leads a call to its plan. What is not found gets one of two texts
// (wire-facts §1.2); whether the host, the environment or the path was wrong
// stays the gateway's knowledge.
func (g *Gateway) find(c *call.Call) (*plan.Plan, *call.Fault) {
	group := g.snapshot.Group(c.Request.Host)
	if group == nil {
		return nil, call.NotPublished
	}
	env, ok := c.Request.Field(call.HeaderStage)
	if !ok {
		env = release
	}
	p, outcome := group.Lookup(env, c)
	switch outcome {
	case snapshot.Found:
		decodeParams(c)
		return p, nil
	case snapshot.NoMethod:
		return nil, call.NoSuchMethod
	}
	return nil, call.NotPublished
}

// decodeParams turns the slices of the path that routing found into values. A
// canonical path holds no bad escape and no encoded slash.
func decodeParams(c *call.Call) {
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
	if g.record != nil {
		g.record(c)
	}
}
