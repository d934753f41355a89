package dial

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"strings"
	"sync"
	"time"

	"github.com/lintel-gateway/lintel/internal/clock"
)

const (
	freshTime    = 30 * time.Second       // an answer, asked for again after that
	staleTime    = 5 * time.Minute        // a good answer, while DNS fails
	absentTime   = 5 * time.Second        // "there is no such name"
	failTime     = time.Second            // a failure, with no good answer to fall back on
	retryTime    = 5 * time.Second        // a failure, with one
	graceTime    = 250 * time.Millisecond // for DNS, with an answer of before to fall back on
	lookupTime   = 5 * time.Second
	maxNames     = 4096
	maxLookups   = 128 // under way at once
	maxAddresses = 16  // of one name; the rest is forgotten
)

// Resolver turns names into addresses and remembers them; see the package
// comment for how long. Each name has one look-up under way at most, which
// outlives whoever asked first. It is safe for concurrent use.
type Resolver struct {
	lookup func(ctx context.Context, host string) ([]netip.Addr, error)
	clock  clock.Clock
	names  int
	places chan struct{} // one for each look-up under way

	life context.Context // ends with Close
	end  context.CancelFunc
	work sync.WaitGroup

	mu      sync.Mutex
	entries map[string]*entry
	closed  bool
}

// entry is what is known of a name; Resolver.mu guards it.
type entry struct {
	addrs   []netip.Addr // of the last good answer; never changed in place
	learned time.Time    // when
	err     error        // of the last look-up, if it failed
	fresh   time.Time    // nobody asks again before
	flight  chan struct{}
}

// ResolverOptions are those of a Resolver; the zero value asks the machine's DNS
// servers.
type ResolverOptions struct {
	Server string // host:port of a DNS server, "" for those of the machine
	Clock  clock.Clock
	// Lookup replaces DNS; tests use it.
	Lookup func(ctx context.Context, host string) ([]netip.Addr, error)
}

var (
	errClosed  = errors.New("dial: the resolver is closed")
	errFull    = errors.New("dial: too many names are being looked up")
	errUnknown = errors.New("dial: the name has not been looked up")
)

// NewResolver returns a resolver; Close it.
func NewResolver(o ResolverOptions) *Resolver {
	if o.Clock == nil {
		o.Clock = clock.System
	}
	if o.Lookup == nil {
		o.Lookup = system(o.Server)
	}
	r := &Resolver{lookup: o.Lookup, clock: o.Clock, names: maxNames, places: make(chan struct{}, maxLookups), entries: map[string]*entry{}}
	r.life, r.end = context.WithCancel(context.Background())
	return r
}

// system looks up with Go's own resolver, which honours the context, unlike the
// C library's.
func system(server string) func(context.Context, string) ([]netip.Addr, error) {
	r := &net.Resolver{PreferGo: true}
	if server != "" {
		d := net.Dialer{Timeout: lookupTime}
		r.Dial = func(ctx context.Context, network, _ string) (net.Conn, error) {
			return d.DialContext(ctx, network, server)
		}
	}
	return func(ctx context.Context, host string) ([]netip.Addr, error) { return r.LookupNetIP(ctx, "ip", host) }
}

// Close ends the look-ups under way and waits for them.
func (r *Resolver) Close() {
	r.mu.Lock()
	r.closed = true
	r.mu.Unlock()
	r.end()
	r.work.Wait()
}

// Lookup returns the addresses of host, at least one; the caller must not change
// them. It waits no longer than ctx and 5 s. A name that does not exist is a
// *net.DNSError with IsNotFound.
func (r *Resolver) Lookup(ctx context.Context, host string) ([]netip.Addr, error) {
	host = strings.ToLower(host)
	r.mu.Lock()
	now := r.clock()
	e, err := r.entry(host, now)
	if err != nil {
		r.mu.Unlock()
		return nil, err
	}
	if now.Before(e.fresh) {
		defer r.mu.Unlock()
		return e.answer(now)
	}
	if e.flight == nil {
		e.flight = make(chan struct{})
		r.work.Go(func() { r.ask(host, e) })
	}
	flight := e.flight
	_, fallback := e.answer(now)
	r.mu.Unlock()

	// With an answer that served until now, DNS gets little time to give a newer.
	var grace <-chan time.Time
	if fallback == nil {
		timer := time.NewTimer(graceTime)
		defer timer.Stop()
		grace = timer.C
	}
	select {
	case <-flight:
	case <-grace:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return e.answer(r.clock())
}

// entry finds or makes the entry of a name. Called with mu.
func (r *Resolver) entry(host string, now time.Time) (*entry, error) {
	if r.closed {
		return nil, errClosed
	}
	if e, ok := r.entries[host]; ok {
		return e, nil
	}
	if len(r.entries) >= r.names && !r.evict(now) {
		return nil, errFull
	}
	e := &entry{err: errUnknown} // until the first look-up has ended
	r.entries[host] = e
	return e, nil
}

// evict makes room for a name: one that would be asked again anyway goes first.
func (r *Resolver) evict(now time.Time) bool {
	victim := ""
	for host, e := range r.entries {
		if e.flight != nil {
			continue
		}
		victim = host
		if now.After(e.fresh) {
			break
		}
	}
	delete(r.entries, victim) // nothing when there is none
	return victim != ""
}

// answer is what the entry says at a moment. Called with mu.
func (e *entry) answer(now time.Time) ([]netip.Addr, error) {
	if len(e.addrs) > 0 && now.Before(e.learned.Add(freshTime+staleTime)) {
		return e.addrs, nil
	}
	if e.err == nil { // the good answer has grown too old
		return nil, errUnknown
	}
	return nil, e.err
}

// ask makes the one look-up of a name and notes what it said.
func (r *Resolver) ask(host string, e *entry) {
	ctx, cancel := context.WithTimeout(r.life, lookupTime)
	defer cancel()
	var addrs []netip.Addr
	err := errFull
	select {
	case r.places <- struct{}{}:
		addrs, err = r.lookup(ctx, host)
		<-r.places
	case <-ctx.Done():
	}
	if err == nil && len(addrs) == 0 {
		err = &net.DNSError{Err: "no addresses", Name: host, IsNotFound: true}
	}

	r.mu.Lock()
	defer r.mu.Unlock()
	now := r.clock()
	var dns *net.DNSError
	e.err = err
	switch {
	case err == nil:
		e.addrs, e.learned, e.fresh = canonical(addrs), now, now.Add(freshTime)
	case errors.As(err, &dns) && dns.IsNotFound:
		e.addrs, e.fresh = nil, now.Add(absentTime)
	case len(e.addrs) > 0:
		e.fresh = now.Add(retryTime)
	default:
		e.fresh = now.Add(failTime)
	}
	close(e.flight)
	e.flight = nil
}

// canonical is a short copy without IPv4-mapped forms.
func canonical(addrs []netip.Addr) []netip.Addr {
	out := make([]netip.Addr, 0, min(len(addrs), maxAddresses))
	for _, a := range addrs[:min(len(addrs), maxAddresses)] {
		out = append(out, a.Unmap())
	}
	return out
}
