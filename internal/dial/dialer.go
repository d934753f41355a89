package dial

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"syscall"
	"time"
)

const (
	// connectTime bounds one DialContext, the look-up included.
	connectTime = 10 * time.Second
	// attemptTime bounds an attempt while there are further addresses: one that
	// swallows packets must not use up the patience of a call (5 s by default).
	attemptTime = 2 * time.Second
	keepAlive   = 30 * time.Second
)

// Dialer opens connections under one set of rules. It holds none and is safe for
// concurrent use.
type Dialer struct {
	rules    *Rules
	resolver *Resolver
	net      net.Dialer
}

// New makes a dialer; resolvers may be shared by dialers.
func New(rules *Rules, resolver *Resolver) *Dialer {
	d := &Dialer{rules: rules, resolver: resolver}
	d.net = net.Dialer{KeepAlive: keepAlive, ControlContext: d.control}
	return d
}

// Rules are those that the dialer obeys.
func (d *Dialer) Rules() *Rules { return d.rules }

// control sees the address that is about to be connected to, whatever led there.
func (d *Dialer) control(_ context.Context, _, address string, _ syscall.RawConn) error {
	at, err := netip.ParseAddrPort(address)
	if err != nil {
		return &Denied{Host: address, Why: "is no address"}
	}
	return d.rules.Check(at.Addr())
}

// DialContext connects to host:port. network is tcp, tcp4 or tcp6. It takes 10 s
// at most and no longer than ctx. The addresses of a name are tried in the order
// of the answer; those that are denied are left out. Errors: *Denied when every
// address is denied, a *net.DNSError when the name has none, a *net.OpError
// when nobody answers.
func (d *Dialer) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, connectTime)
	defer cancel()
	addr, isAddr, why := read(host)
	if why != "" {
		return nil, &Denied{Host: host, Why: why}
	}
	if isAddr {
		return d.connect(ctx, network, addr, port)
	}
	// Before anybody is asked about localhost, which DNS servers know or not.
	if err := d.rules.Host(host); err != nil {
		return nil, err
	}
	addrs, err := d.resolver.Lookup(ctx, host)
	if err != nil {
		return nil, err
	}
	return d.first(ctx, network, port, addrs)
}

// first connects to the first address that lets it.
func (d *Dialer) first(ctx context.Context, network, port string, addrs []netip.Addr) (net.Conn, error) {
	var failed, refused error
	for i, addr := range addrs {
		conn, err := d.attempt(ctx, network, addr, port, len(addrs)-i)
		if err == nil {
			return conn, nil
		}
		var denied *Denied
		if errors.As(err, &denied) {
			refused = err
			continue
		}
		failed = err
		if ctx.Err() != nil {
			break
		}
	}
	if failed != nil {
		return nil, failed
	}
	return nil, refused
}

// attempt gives one of left addresses its share of the time.
func (d *Dialer) attempt(ctx context.Context, network string, addr netip.Addr, port string, left int) (net.Conn, error) {
	if deadline, ok := ctx.Deadline(); ok && left > 1 {
		share := min(time.Until(deadline)/time.Duration(left), attemptTime)
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, share)
		defer cancel()
	}
	return d.connect(ctx, network, addr, port)
}

func (d *Dialer) connect(ctx context.Context, network string, addr netip.Addr, port string) (net.Conn, error) {
	// Control would refuse it as well; here it costs no socket, and the zone is
	// still there to be seen.
	if err := d.rules.Check(addr); err != nil {
		return nil, err
	}
	return d.net.DialContext(ctx, network, net.JoinHostPort(addr.Unmap().String(), port))
}
