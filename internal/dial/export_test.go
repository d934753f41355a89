package dial

import "net"

// Bound makes r keep n names at most.
func Bound(r *Resolver, n int) { r.names = n }

// Names is how many names r keeps.
func Names(r *Resolver) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.entries)
}

// Unresolved is what d dials with once it has addresses.
func Unresolved(d *Dialer) *net.Dialer { return &d.net }
