package domains

import (
	"context"
	"errors"
	"net"
	"strings"
	"sync"
	"time"

	"github.com/lintel-gateway/lintel/internal/store"
)

// What the reference calls the states of a CNAME record (table 4-433).
const (
	statusUnresolved = 1
	statusResolving  = 2
	statusResolved   = 3
	statusFailed     = 4
)

const (
	// patience is how long a request waits for DNS in all.
	patience = 2 * time.Second
	// fresh is how long a status is shown without asking again.
	fresh = time.Minute
	// maxLookups bounds what one request asks; what it leaves stays stale, and is
	// next when the same is shown again.
	maxLookups = 20
)

// NewLookup asks the DNS server at the address server, or the system's when it
// is empty.
func NewLookup(server string) func(ctx context.Context, host string) (string, error) {
	r := &net.Resolver{PreferGo: true} // honours the context and needs no C library
	if server != "" {
		var d net.Dialer
		r.Dial = func(ctx context.Context, network, _ string) (net.Conn, error) {
			return d.DialContext(ctx, network, server)
		}
	}
	// The dot keeps the search list of the machine out of it.
	return func(ctx context.Context, host string) (string, error) { return r.LookupCNAME(ctx, host+".") }
}

// status asks DNS whether the CNAME record of a domain leads to want.
func (a *Area) status(ctx context.Context, domain, want string) int {
	cname, err := a.Lookup(ctx, domain)
	var fault *net.DNSError
	switch isDNS := errors.As(err, &fault); {
	case err != nil && (ctx.Err() != nil || isDNS && fault.IsTimeout):
		return statusResolving
	case isDNS && fault.IsNotFound:
		return statusUnresolved
	case err != nil:
		return statusFailed
	}
	switch strings.ToLower(strings.TrimSuffix(cname, ".")) {
	case want:
		return statusResolved
	case domain: // it has addresses of its own
		return statusUnresolved
	}
	return statusFailed
}

// question is a domain whose status is to be asked.
type question struct {
	id, domain, want string
	status           int
}

// Refresh asks DNS about the domains of groups whose status is no longer fresh,
// and stores what it says. It is for who is about to show them.
func (a *Area) Refresh(ctx context.Context, groupIDs []string) error {
	if len(groupIDs) == 0 {
		return nil
	}
	stale, err := a.selectStale(ctx, groupIDs, a.Clock().Add(-fresh))
	if err != nil || len(stale) == 0 {
		return err
	}
	asking, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	var all sync.WaitGroup
	for i := range stale {
		all.Go(func() {
			q := &stale[i]
			if status := a.status(asking, q.domain, q.want); status != statusResolving {
				q.status = status
			}
		})
	}
	all.Wait()
	return a.DB.Write(ctx, func(tx *store.Tx) error {
		now := a.Clock()
		for _, q := range stale {
			if err := updateStatus(ctx, tx, q.id, q.status, now); err != nil {
				return err
			}
		}
		return nil
	})
}
