package backend

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/lintel-gateway/lintel/internal/clock"
	"github.com/lintel-gateway/lintel/internal/definition"
	"github.com/lintel-gateway/lintel/internal/function"
	"github.com/lintel-gateway/lintel/internal/gateway/call"
	"github.com/lintel-gateway/lintel/internal/gateway/functions"
	"github.com/lintel-gateway/lintel/internal/gateway/policy/mapping"
	"github.com/lintel-gateway/lintel/internal/message"
)

// largestBody is the largest request body, in bytes, that fits into an event,
// where it stands in Base64.
const largestBody = function.MaxEvent / 4 * 3

// Function calls a function with the event of a call.
type Function struct {
	functions *functions.Functions
	urn       string
	version   string
	async     bool
	timeout   time.Duration
	mapping   *mapping.Event
	clock     clock.Clock
}

// NewFunction makes the backend. m is also a policy of the branch: it has made
// the headers of the event when Send is called.
func NewFunction(f *functions.Functions, d *definition.FunctionBackend, m *mapping.Event, now clock.Clock) (*Function, error) {
	switch {
	case d.URN == "":
		return nil, errors.New("function URN is empty")
	case d.TimeoutMS < 1:
		return nil, fmt.Errorf("function timeout %d ms is below 1", d.TimeoutMS)
	case !strings.EqualFold(d.Invocation, "sync") && !strings.EqualFold(d.Invocation, "async"):
		return nil, fmt.Errorf("function invocation %q is none of sync, async", d.Invocation)
	}
	return &Function{
		functions: f, urn: d.URN, version: d.Version, async: strings.EqualFold(d.Invocation, "async"),
		timeout: time.Duration(d.TimeoutMS) * time.Millisecond, mapping: m, clock: now,
	}, nil
}

// Faults of calls of functions. Their details say no more than the kind: what
// went wrong inside is for the owner of the function.
var (
	functionBusy   = call.BackendUnavailable.With("too many calls of the function are under way")
	functionFailed = call.FunctionBroken.With("the function failed")
	functionAnswer = call.FunctionBroken.With("the function answered in another form than an API needs")
)

// Send implements plan.Backend.
func (b *Function) Send(c *call.Call) *call.Fault {
	f := b.functions.Get(b.urn, b.version)
	if f == nil || f.ProjectID != c.Target.ProjectID || b.functions.Runtime == nil {
		if c.Trace != nil {
			c.Trace.Say("function: this gateway has no function %s of the project, version %q", b.urn, b.version)
		}
		return call.NoBackend
	}
	if c.Request.BodyLength > largestBody {
		return call.RequestTooLarge
	}
	body, fault := c.Buffer()
	if fault != nil {
		return fault
	}
	if len(body) > largestBody {
		return call.RequestTooLarge
	}
	e := functions.Event{Headers: c.Out.Headers, Body: body, Query: b.mapping.Query(nil, c), Path: b.mapping.Path(nil, c)}
	// Fresh memory: an asynchronous call reads it after this one has ended.
	event := e.Append(make([]byte, 0, 1024+len(body)*4/3), c)
	c.Timing.BackendAddr, c.Timing.BackendStart = f.URN+":"+f.Version, b.clock()
	if c.Trace != nil {
		c.Trace.Say("function: %s gets an event of %d bytes", c.Timing.BackendAddr, len(event))
	}
	if b.async {
		return b.queue(c, f, event)
	}
	return b.invoke(c, f, event)
}

// queue answers at once: 202 with the id of the call, which is the shape of
// FunctionGraph's own asynchronous calls (wire-facts §7.4).
func (b *Function) queue(c *call.Call, f *function.Function, event []byte) *call.Fault {
	if err := b.functions.Runtime.Queue(f, event); err != nil {
		return blameFunction(c, err)
	}
	b.answered(c, http.StatusAccepted)
	c.Response.Headers = append(c.Response.Headers, message.Field{Name: "Content-Type", Value: "application/json"})
	text := append(c.Scratch(), `{"request_id":"`...)
	text = append(append(text, c.ID...), `"}`...)
	c.Keep(text)
	c.Response.Bytes = text
	return nil
}

func (b *Function) invoke(c *call.Call, f *function.Function, event []byte) *call.Fault {
	ctx, cancel := context.WithTimeout(c.Context(), b.timeout)
	defer cancel()
	result, err := b.functions.Runtime.Invoke(ctx, f, event)
	if err != nil {
		if ctx.Err() != nil && c.Context().Err() == nil {
			err = &function.Error{Kind: function.Timeout, Detail: "the timeout of the API is over"}
		}
		return blameFunction(c, err)
	}
	answer, err := functions.ReadAnswer(result.Output)
	if err != nil {
		if c.Trace != nil {
			c.Trace.Say("function: its answer cannot be used: %v", err)
		}
		return functionAnswer
	}
	b.answered(c, answer.Status)
	c.Response.Headers = append(c.Response.Headers, answer.Headers...)
	c.Response.Bytes = answer.Body
	return nil
}

func (b *Function) answered(c *call.Call, status int) {
	c.Timing.BackendHeader, c.Timing.BackendStatus = b.clock(), status
	c.Response.Status = status
}

// blameFunction says what a failed call is to the caller of the API. A function
// that is busy or ends with the gateway is a backend that cannot be reached: the
// table has no 503 of its own (wire-facts §1.2).
func blameFunction(c *call.Call, err error) *call.Fault {
	if c.Trace != nil {
		c.Trace.Say("function: %v", err)
	}
	var e *function.Error
	switch {
	case c.Context().Err() != nil:
		return call.CallerGone
	case !errors.As(err, &e):
		return functionFailed
	}
	switch e.Kind {
	case function.Busy:
		return functionBusy
	case function.Timeout:
		return call.BackendTimeout
	case function.Denied:
		return call.BackendForbidden
	case function.Target, function.Closed:
		return call.BackendUnavailable
	}
	return functionFailed
}
