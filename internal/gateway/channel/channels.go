package channel

import (
	"github.com/lintel-gateway/lintel/internal/definition"
	"github.com/lintel-gateway/lintel/internal/gateway/call"
	"github.com/lintel-gateway/lintel/internal/gateway/shard"
)

// Sender sends Call.Out to Call.Out.Address (backend.HTTP).
type Sender interface {
	Send(c *call.Call) *call.Fault
}

// Channels are those that this gateway knows. It is safe for concurrent use.
type Channels struct {
	known *shard.Map[string, *definition.Channel]
}

// New returns an empty set. Close it.
func New() *Channels { return &Channels{shard.New[string, *definition.Channel]()} }

// Check refuses what cannot be served, and starts nothing.
func (s *Channels) Check(d *definition.Channel) error { return nil }

// Put adds a channel or replaces the one with its id; members that stay keep
// what is known of them.
func (s *Channels) Put(d *definition.Channel) { s.known.Set(d.ID, d) }

// Drop removes a channel.
func (s *Channels) Drop(id string) { s.known.Delete(id) }

// Close ends all health checks.
func (s *Channels) Close() {}

// Well reports whether a member of a channel takes calls; known is false when
// there is no such member here.
func (s *Channels) Well(channelID, memberID string) (well, known bool) { return true, false }

// Backend chooses a member for each call and sends it there.
type Backend struct {
	channels *Channels
	id       string
	proxy    string // Host towards the member; "" keeps the caller's
	sender   Sender
}

// NewBackend makes the backend of an API behind a channel.
func NewBackend(s *Channels, id, proxyHost string, sender Sender) *Backend {
	return &Backend{s, id, proxyHost, sender}
}

// Send implements plan.Backend.
func (b *Backend) Send(*call.Call) *call.Fault {
	return call.NotServed.With("vpc_status 1 is not served by this gateway yet")
}
