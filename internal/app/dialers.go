package app

import (
	"context"

	"github.com/lintel-gateway/lintel/internal/dial"
)

// dialers open every connection of this process to an address that a tenant has
// named.
type dialers struct {
	public  *dial.Dialer // backends, functions behind a URL
	members *dial.Dialer // members of channels, and their health checks
}

// openDialers makes the dialers; both planes use them, so they come first.
func (p *Platform) openDialers(context.Context) error {
	names := dial.NewResolver(dial.ResolverOptions{Server: p.cfg.Gateway.BackendResolver, Clock: p.clock})
	p.onStop("look-ups", func(context.Context) error { names.Close(); return nil })
	allow := p.cfg.Gateway.BackendAllow
	p.dial = dialers{public: dial.New(dial.Public(allow), names), members: dial.New(dial.Channel(allow), names)}
	return nil
}
