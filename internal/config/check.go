package config

import (
	"net"
	"net/netip"
)

// check holds what two settings must agree on. A setting that was already
// refused is left alone: its fault would only repeat itself in other words.
func (l *loader) check() {
	l.checkPair("management-tls-cert", l.c.Management.TLS.Cert, "management-tls-key", l.c.Management.TLS.Key)
	l.checkPair("gateway-tls-cert", l.c.Gateway.TLS.Cert, "gateway-tls-key", l.c.Gateway.TLS.Key)
	l.checkExposure()
	l.checkAddresses()
	l.checkProxies()
}

// checkProxies: without a proxy no connection has a header, and whoever asked for
// them would take the proxy's address for the caller's.
func (l *loader) checkProxies() {
	const name = "proxy-protocol"
	if l.c.Gateway.ProxyProtocol && len(l.c.Gateway.TrustedProxies) == 0 && !l.bad[name] && !l.bad["trusted-proxies"] {
		l.fault(name, "no proxy is trusted to send the header", "set trusted-proxies to the networks of the proxies, or leave proxy-protocol out")
	}
}

func (l *loader) checkPair(certName, cert, keyName, key string) {
	switch {
	case l.bad[certName] || l.bad[keyName]:
	case cert != "" && key == "":
		l.fault(certName, "a certificate is given without its key", "set "+keyName+" too")
	case cert == "" && key != "":
		l.fault(keyName, "a key is given without its certificate", "set "+certName+" too")
	}
}

// checkExposure keeps passwords and tokens from crossing a network in the
// clear unless somebody asked for that in so many words.
func (l *loader) checkExposure() {
	const name = "management-addr"
	m := &l.c.Management
	if l.bad[name] || l.bad["management-tls-cert"] || l.bad["management-tls-key"] || l.bad["management-insecure"] {
		return
	}
	if m.TLS.Cert == "" && m.TLS.Key == "" && !m.Insecure && !isLoopback(m.Addr) {
		l.fault(name, shown(m.Addr)+" can be reached from other machines and has no TLS",
			"set management-tls-cert and management-tls-key, or bind 127.0.0.1, or set management-insecure if something in front does TLS")
	}
}

// isLoopback does not resolve names: what a name means may change after the
// check, so only "localhost" is taken at its word.
func isLoopback(addr string) bool {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return false
	}
	ip, err := netip.ParseAddr(host)
	if err != nil {
		return host == "localhost"
	}
	return ip.Unmap().IsLoopback()
}

func (l *loader) checkAddresses() {
	type listener struct{ name, addr string }
	listeners := []listener{
		{"management-addr", l.c.Management.Addr},
		{"gateway-addr", l.c.Gateway.Addr},
		{"gateway-tls-addr", l.c.Gateway.TLSAddr},
		{"ops-addr", l.c.OpsAddr},
	}
	for i, second := range listeners {
		for _, first := range listeners[:i] {
			if !l.bad[first.name] && !l.bad[second.name] && collide(first.addr, second.addr) {
				l.fault(second.name, shown(second.addr)+" is taken by "+first.name+" already", "choose another port")
			}
		}
	}
}

// collide reports whether two addresses cannot both be bound. Port 0 asks the
// system for a free one.
func collide(a, b string) bool {
	hostA, portA, errA := net.SplitHostPort(a)
	hostB, portB, errB := net.SplitHostPort(b)
	if errA != nil || errB != nil || portA != portB || portA == "0" {
		return false
	}
	return hostA == hostB || isUnspecified(hostA) || isUnspecified(hostB)
}

func isUnspecified(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "" || err == nil && ip.IsUnspecified()
}

func (l *loader) fault(name, reason, advice string) {
	l.faults = append(l.faults, Fault{Setting: name, Source: l.won[name], Reason: reason, Advice: advice})
}
