package authorizer

import (
	"context"
	"errors"
	"time"

	"github.com/lintel-gateway/lintel/internal/definition"
	"github.com/lintel-gateway/lintel/internal/function"
	"github.com/lintel-gateway/lintel/internal/gateway/call"
	"github.com/lintel-gateway/lintel/internal/message"
)

// patience is how long a caller waits for a verdict, whatever the time of the
// function.
const patience = 30 * time.Second

// Policy asks one authorizer about each call.
type Policy struct {
	authorizers *Authorizers
	id, kind    string
}

// Frontend makes the policy of an API whose auth is AUTHORIZER.
func Frontend(a *Authorizers, id string) *Policy { return &Policy{a, id, frontend} }

// Backend makes the policy of a backend with an authorizer.
func Backend(a *Authorizers, id string) *Policy { return &Policy{a, id, backend} }

// Apply implements plan.Policy. It fills c.Authorizer.
func (p *Policy) Apply(c *call.Call) *call.Fault {
	a, _ := p.authorizers.known.Get(p.id)
	if a == nil || a.Type != p.kind {
		say(c, "this gateway has no %s authorizer %s", p.kind, p.id)
		return call.AuthorizerBroken
	}
	f := p.authorizers.functions.Get(a.URN, "")
	if f == nil || f.ProjectID != a.ProjectID || p.authorizers.functions.Runtime == nil {
		say(c, "this gateway has no function %s of the authorizer's project", a.URN)
		return call.AuthorizerBroken
	}
	q := question{authorizers: p.authorizers, authorizer: a, function: f}
	if p.kind == frontend {
		if fault := q.identify(c); fault != nil {
			return fault
		}
	}
	v, fault := q.verdict(c)
	if fault != nil {
		return fault
	}
	c.Authorizer = append(c.Authorizer, v.context...)
	if c.Trace != nil {
		c.Trace.Say("authorizer %s (%s) answered: allowed %t, %d values", a.ID, a.Name, v.allow, len(v.context))
	}
	if !v.allow {
		return call.AuthorizerDenied
	}
	return nil
}

// question is what one call asks of an authorizer.
type question struct {
	authorizers *Authorizers
	authorizer  *authorizer
	function    *function.Function
	values      [maxIdentities]string // of the identities, until the call ends
}

// maxIdentities bounds what one call brings to an authorizer; management allows
// 10 unless a quota says otherwise.
const maxIdentities = 64

// identify finds the identities of the call.
func (q *question) identify(c *call.Call) *call.Fault {
	for i := range q.authorizer.Identities {
		id := &q.authorizer.Identities[i]
		fields, fold := c.Request.Query, false
		if id.In == definition.InHeader {
			fields, fold = c.Request.Headers, true
		}
		value, found := "", 0
		for j := range fields {
			f := &fields[j]
			if f.Name == id.Name || fold && message.EqualFold(f.Name, id.Name) {
				value = f.Value
				found++
			}
		}
		if found != 1 || value == "" {
			say(c, "identity %s in %s is there %d times, or empty", id.Name, id.In, found)
			return call.NoIdentity
		}
		q.values[i] = value
	}
	return nil
}

// verdict is a kept one, or what the function says now.
func (q *question) verdict(c *call.Call) (*verdict, *call.Fault) {
	if q.authorizer.TTL == 0 {
		ctx, cancel := context.WithTimeout(c.Context(), patience)
		defer cancel()
		v, err := q.ask(ctx, q.event(c))
		return v, q.blame(c, err)
	}
	key := q.key(c)
	kept := q.authorizer.kept
	v, f, mine := kept.find(key, q.function, q.authorizers.now())
	if v != nil {
		if c.Trace != nil {
			c.Trace.Say("authorizer %s: the verdict was kept", q.authorizer.ID)
		}
		return v, nil
	}
	if mine {
		kept.start(f, key, q, q.event(c))
	}
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case <-f.done:
		return f.verdict, q.blame(c, f.err)
	case <-timer.C:
		return nil, q.blame(c, errPatience)
	case <-c.Context().Done():
		return nil, call.CallerGone
	}
}

var errPatience = errors.New("no verdict came in time")

// ask calls the function.
func (q *question) ask(ctx context.Context, event []byte) (*verdict, error) {
	result, err := q.authorizers.functions.Runtime.Invoke(ctx, q.function, event)
	if err != nil {
		return nil, err
	}
	prefix := "frontend."
	if q.authorizer.Type == backend {
		prefix = "backend."
	}
	return readVerdict(result.Output, prefix)
}

// blame says what a failed question is to the caller of the API.
func (q *question) blame(c *call.Call, err error) *call.Fault {
	if err == nil {
		return nil
	}
	say(c, "authorizer %s cannot be asked: %v", q.authorizer.ID, err)
	if c.Context().Err() != nil {
		return call.CallerGone
	}
	return call.AuthorizerBroken
}

// say explains a refusal; on the way to a success it would cost allocations.
func say(c *call.Call, format string, args ...any) {
	if c.Trace != nil {
		c.Trace.Say(format, args...)
	}
}
