package channel

import (
	"time"

	"github.com/lintel-gateway/lintel/internal/gateway/call"
	"github.com/lintel-gateway/lintel/internal/message"
)

// Sender sends Call.Out to Call.Out.Address (backend.HTTP).
type Sender interface {
	Send(c *call.Call) *call.Fault
}

// Backend chooses a member for each call and sends it there.
type Backend struct {
	channels *Channels
	id       string
	server   string // whom a member's certificate must name; "" means the caller's host
	sender   Sender
}

// NewBackend makes the backend of an API behind a channel. The channel need not be
// known yet: which one has the id is asked call by call. proxyHost is the API's
// vpc_proxy_host, "" without one; the mapping has it as well.
func NewBackend(s *Channels, id, proxyHost string, sender Sender) *Backend {
	return &Backend{s, id, serverName(proxyHost), sender}
}

// serverName is the host of a Host header, without its port.
func serverName(host string) string {
	if name, err := message.CanonicalHost(host); err == nil {
		return name
	}
	return ""
}

// Send implements plan.Backend.
func (b *Backend) Send(c *call.Call) *call.Fault {
	l, ok := b.channels.known.Get(b.id)
	if !ok {
		if c.Trace != nil {
			c.Trace.Say("channel %s: is not known here", b.id)
		}
		return call.NoChannel
	}
	if c.Out.ServerName = b.server; b.server == "" {
		c.Out.ServerName = c.Request.Host
	}
	s := search{clock: b.channels.clock}
	fault := call.NoMember
	for s.tries < maxTries {
		m, trial := l.choose(c, &s)
		if c.Trace != nil {
			l.traceChoice(c, &s, m, trial)
		}
		if m == nil {
			return fault // of the member before, if there was one
		}
		s.tried[s.tries] = m
		s.tries++
		fault = b.send(c, l, &s, m, trial)
		if fault == nil || !unsent(c, fault) {
			return fault
		}
		// One time-out covers all tries.
		if c.Out.Timeout -= b.channels.clock().Sub(c.Timing.BackendStart); c.Out.Timeout < time.Millisecond {
			return fault
		}
	}
	return fault
}

// send offers the call to one member and learns from how that ends.
func (b *Backend) send(c *call.Call, l *live, s *search, m *member, trial bool) (fault *call.Fault) {
	ended := false
	defer func() {
		// A panic on the way, which the gateway survives, is not the member's.
		if !ended && trial {
			m.ejection.trial.Store(false)
		}
	}()
	if l.balance == leastConnections {
		c.Occupy(&m.inFlight)
	}
	c.Out.Address = m.address
	fault = b.sender.Send(c)
	l.learn(s, m, trial, fault)
	ended = true
	return fault
}

// unsent reports whether a call failed before anything of it was sent, its body
// untouched, so that another member may have it.
func unsent(c *call.Call, f *call.Fault) bool {
	return c.Timing.BackendConnect == call.NotConnected && backends(f) && c.Context().Err() == nil
}

func (l *live) traceChoice(c *call.Call, s *search, m *member, trial bool) {
	usable := 0
	for i := range l.entries {
		if l.entries[i].well() {
			usable++
		}
	}
	if m == nil {
		c.Trace.Say("channel %s (%s): no member takes the call; %d of %d are well", l.id, l.name, usable, len(l.entries))
		return
	}
	why := balanceNames[l.balance]
	switch {
	case s.lastResort:
		why += " among those that are out, because nobody else is left"
	case trial:
		why += ", to try it after its ejection"
	case s.tries > 0:
		why += ", because the one before could not be reached"
	}
	c.Trace.Say("channel %s (%s): member %s chosen by %s; %d of %d are well", l.id, l.name, m.address, why, usable, len(l.entries))
}
