package channel

import (
	"context"
	"log/slog"
	"net"
	"sync"

	"github.com/lintel-gateway/lintel/internal/clock"
	"github.com/lintel-gateway/lintel/internal/definition"
	"github.com/lintel-gateway/lintel/internal/gateway/shard"
)

// Dial opens a connection, or refuses an address that may not be reached.
type Dial func(ctx context.Context, network, address string) (net.Conn, error)

// Options of Channels. The zero value is ready for tests.
type Options struct {
	Dial  Dial         // of the health checks; nil dials everything
	Clock clock.Clock  // of ejections; nil is the system's
	Log   *slog.Logger // gets each change of a member's state; nil drops them
}

// Channels are those that this gateway knows. It is safe for concurrent use.
type Channels struct {
	known  *shard.Map[string, *live]
	dial   Dial
	clock  clock.Clock
	log    *slog.Logger
	checks chan struct{} // one element for each check under way

	ctx  context.Context // of all checks
	stop context.CancelFunc

	mu      sync.Mutex // Put, Drop and Close
	closed  bool
	watches sync.WaitGroup
}

// New returns an empty set. Close it.
func New(o Options) *Channels {
	s := &Channels{
		known: shard.New[string, *live](), dial: o.Dial, clock: o.Clock, log: o.Log,
		checks: make(chan struct{}, checksAtOnce),
	}
	s.ctx, s.stop = context.WithCancel(context.Background())
	if s.dial == nil {
		s.dial = (&net.Dialer{}).DialContext
	}
	if s.clock == nil {
		s.clock = clock.System
	}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	return s
}

// Check refuses what cannot be served, and starts nothing.
func (s *Channels) Check(d *definition.Channel) error {
	if err := checkChannel(d); err != nil {
		return err
	}
	_, err := newHealth(d)
	return err
}

// Put adds a channel or replaces the one with its id; members that stay keep
// what is known of them. What Check refuses is not put.
func (s *Channels) Put(d *definition.Channel) {
	if s.Check(d) != nil {
		return
	}
	health, _ := newHealth(d) // Check has seen it
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return
	}
	old, _ := s.known.Get(d.ID)
	next := newLive(d, old)
	var before <-chan struct{}
	if old != nil {
		before = old.watch.end()
	}
	if health == nil {
		next.trustAll()
	} else if len(next.members) > 0 {
		w := newWatch(s, next, health)
		next.watch = w
		s.watches.Go(func() { w.run(before) })
	}
	s.known.Set(d.ID, next)
}

// Drop removes a channel and ends its checks.
func (s *Channels) Drop(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if old, ok := s.known.Get(id); ok {
		old.watch.end()
		s.known.Delete(id)
	}
}

// Close ends all health checks and waits for those under way, which are cut
// short. Calls are served on by what is known; Put does nothing any more.
func (s *Channels) Close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return
	}
	s.closed = true
	s.stop()
	s.watches.Wait()
}

// Well reports whether a member of a channel takes calls: its checks succeed, and
// it is not out for failing calls. An empty memberID asks for the channel, which
// is well when one of its members with a weight is. known is false for what this gateway has
// not heard of.
func (s *Channels) Well(channelID, memberID string) (well, known bool) {
	l, ok := s.known.Get(channelID)
	if !ok {
		return false, false
	}
	if memberID != "" {
		m, ok := l.byID[memberID]
		return ok && m.well(), ok
	}
	for i := range l.entries {
		if l.entries[i].well() {
			return true, true
		}
	}
	return false, true
}
