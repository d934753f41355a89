package app

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"syscall"
)

// addresses are the open listeners; nil where a listener is off.
type addresses struct {
	management, gateway, gatewayTLS, ops net.Listener
}

// listen opens every listener. Those that nobody serves because a later part
// fails to start are closed with the platform.
func (p *Platform) listen(ctx context.Context) error {
	var lc net.ListenConfig
	var faults []error
	for _, l := range []struct {
		flag, addr string
		to         *net.Listener
	}{
		{"--management-addr", p.cfg.Management.Addr, &p.addresses.management},
		{"--gateway-addr", p.cfg.Gateway.Addr, &p.addresses.gateway},
		{"--gateway-tls-addr", p.cfg.Gateway.TLSAddr, &p.addresses.gatewayTLS},
		{"--ops-addr", p.cfg.OpsAddr, &p.addresses.ops},
	} {
		if l.addr == "" {
			continue
		}
		listener, err := lc.Listen(ctx, "tcp", l.addr)
		if errors.Is(err, syscall.EADDRINUSE) {
			err = fmt.Errorf("%s %s is in use; choose another with %s", l.flag, l.addr, l.flag)
		}
		if err != nil {
			faults = append(faults, err)
			continue
		}
		*l.to = listener
		p.onStop(l.flag, func(context.Context) error {
			if err := listener.Close(); err != nil && !errors.Is(err, net.ErrClosed) {
				return err
			}
			return nil
		})
	}
	return errors.Join(faults...)
}

// ManagementURL is where the management APIs are reached from this machine.
func (p *Platform) ManagementURL() string {
	scheme := "http"
	if p.cfg.Management.TLS.Set() {
		scheme = "https"
	}
	return scheme + "://" + p.addresses.management.Addr().String()
}

// GatewayAddr is host:port of API calls in clear text.
func (p *Platform) GatewayAddr() string { return p.addresses.gateway.Addr().String() }

// GatewayTLSAddr is host:port of API calls over TLS, "" when off.
func (p *Platform) GatewayTLSAddr() string { return addressOf(p.addresses.gatewayTLS) }

// OpsAddr is host:port of the operators' listener, "" when off.
func (p *Platform) OpsAddr() string { return addressOf(p.addresses.ops) }

func addressOf(l net.Listener) string {
	if l == nil {
		return ""
	}
	return l.Addr().String()
}

// proxies are the peers whose connections to the gateway begin with a PROXY header.
func (p *Platform) proxies() []netip.Prefix {
	if !p.cfg.Gateway.ProxyProtocol {
		return nil
	}
	return p.cfg.Gateway.TrustedProxies
}
