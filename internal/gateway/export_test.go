package gateway

import "github.com/lintel-gateway/lintel/internal/gateway/call"

// FindClient is how a gateway with these options finds the client of a call.
func FindClient(o Options, c *call.Call) *call.Fault {
	p := proxies{o.TrustedProxies, o.ForwardedHops}
	return p.find(c)
}
