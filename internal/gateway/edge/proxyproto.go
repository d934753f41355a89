package edge

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"net"
	"net/netip"
	"syscall"
	"time"
)

// PROXY protocol, version 2 (the HAProxy specification of that name, 2.2 and
// 2.3): a proxy that passes bytes on says first on each connection whom it passes
// them on for. Where Options.Proxies is set, a connection from one of them begins
// with such a header or is closed, and a connection from anybody else has none:
// what it sends first is its request, header or not, so nobody else can name a
// caller.
//
// The header is in clear text before a TLS handshake as well. It is read exactly,
// so that no byte of what follows is lost, within HeaderTimeout, and decides the
// address of the peer from there on (Call.Request.Remote).
//
// Taken: LOCAL (the proxy calls for itself; the address stays its own) and PROXY
// for TCP over IPv4 or IPv6, with any TLVs, whose lengths must add up and whose
// checksum must be right. Everything else closes the connection: version 1, datagrams,
// Unix sockets, a caller that the proxy does not know.

// proxySignature begins a header; no HTTP message or TLS record begins like it.
const proxySignature = "\r\n\r\n\x00\r\nQUIT\n"

const (
	proxyFixed = 16 // signature, version and command, family, length
	// maxProxyHeader bounds what follows the fixed part. An address takes 36
	// bytes, the extensions of known proxies some hundred.
	maxProxyHeader = 2048

	proxyVersion      = 0x20
	commandLocal      = 0x0
	commandProxy      = 0x1
	familyTCP4        = 0x11
	familyTCP6        = 0x21
	addresses4        = 4 + 4 + 2 + 2 // source, destination, ports
	addresses6        = 16 + 16 + 2 + 2
	typeChecksum byte = 0x03
)

// errNoHeader: the connection does not begin with a header of version 2.
var errNoHeader = errors.New("the connection does not begin with a PROXY header of version 2")

// readProxyHeader reads a header and nothing behind it. It answers the caller, or
// the zero value for LOCAL.
func readProxyHeader(r io.Reader) (netip.AddrPort, error) {
	var none netip.AddrPort
	var buffer [proxyFixed + maxProxyHeader]byte
	fixed := buffer[:proxyFixed]
	if _, err := io.ReadFull(r, fixed); err != nil {
		return none, fmt.Errorf("read the PROXY header: %w", err)
	}
	if string(fixed[:len(proxySignature)]) != proxySignature {
		return none, errNoHeader
	}
	command, family, length := fixed[12], fixed[13], int(binary.BigEndian.Uint16(fixed[14:]))
	switch {
	case command&0xf0 != proxyVersion:
		return none, fmt.Errorf("version %d of the PROXY protocol is not supported", command>>4)
	case length > maxProxyHeader:
		return none, fmt.Errorf("the PROXY header announces %d bytes, more than %d", length, maxProxyHeader)
	}
	whole := buffer[:proxyFixed+length]
	if _, err := io.ReadFull(r, whole[proxyFixed:]); err != nil {
		return none, fmt.Errorf("read the PROXY header: %w", err)
	}
	switch command & 0x0f {
	case commandLocal:
		return none, nil // whatever stands there is to be skipped
	case commandProxy:
		return caller(whole, family)
	}
	return none, fmt.Errorf("command %d of the PROXY protocol is unknown", command&0x0f)
}

// caller is the source address of a whole header.
func caller(whole []byte, family byte) (netip.AddrPort, error) {
	body := whole[proxyFixed:]
	var addr netip.Addr
	var port uint16
	var size int
	switch {
	case family == familyTCP4 && len(body) >= addresses4:
		size = addresses4
		addr, port = netip.AddrFrom4([4]byte(body)), binary.BigEndian.Uint16(body[8:])
	case family == familyTCP6 && len(body) >= addresses6:
		size = addresses6
		addr, port = netip.AddrFrom16([16]byte(body)).Unmap(), binary.BigEndian.Uint16(body[32:])
	case family == familyTCP4 || family == familyTCP6:
		return netip.AddrPort{}, fmt.Errorf("the PROXY header has %d bytes for its addresses", len(body))
	default:
		return netip.AddrPort{}, fmt.Errorf("family 0x%02x of the PROXY header is none of TCP over IPv4 or IPv6", family)
	}
	if addr.IsUnspecified() {
		return netip.AddrPort{}, fmt.Errorf("the PROXY header names the caller %s", addr)
	}
	if err := checkExtensions(whole, proxyFixed+size); err != nil {
		return netip.AddrPort{}, err
	}
	return netip.AddrPortFrom(addr, port), nil
}

// checkExtensions walks the TLVs from at to the end, and compares the checksum if
// there is one.
func checkExtensions(whole []byte, at int) error {
	for at < len(whole) {
		if len(whole)-at < 3 {
			return errors.New("an extension of the PROXY header is cut off")
		}
		kind, value := whole[at], at+3
		end := value + int(binary.BigEndian.Uint16(whole[at+1:]))
		if end > len(whole) {
			return errors.New("an extension of the PROXY header is longer than the header")
		}
		if kind == typeChecksum {
			if end-value != crc32.Size {
				return errors.New("the checksum of the PROXY header does not have four bytes")
			}
			want := binary.BigEndian.Uint32(whole[value:])
			clear(whole[value:end]) // it is counted as zero
			if crc32.Checksum(whole, crc32.MakeTable(crc32.Castagnoli)) != want {
				return errors.New("the checksum of the PROXY header is wrong")
			}
		}
		at = end
	}
	return nil
}

// announced is a connection whose peer a PROXY header named.
type announced struct {
	net.Conn
	remote net.Addr
}

// RemoteAddr implements net.Conn.
func (c announced) RemoteAddr() net.Addr { return c.remote }

// CloseWrite lets whoever has the connection half-close it, as it could without
// the header.
func (c announced) CloseWrite() error {
	if half, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return nil
}

// SyscallConn gives the engine the socket, from which it reads and which it watches.
// The header was read exactly.
func (c announced) SyscallConn() (syscall.RawConn, error) {
	if s, ok := c.Conn.(syscall.Conn); ok {
		return s.SyscallConn()
	}
	return nil, errors.ErrUnsupported
}

// greeter reads the PROXY headers of connections from trusted proxies.
type greeter struct {
	proxies []netip.Prefix
	timeout time.Duration
}

// greet answers the connection to go on with. It waits for the header until done
// ends, for timeout at most.
func (g *greeter) greet(done context.Context, c net.Conn) (net.Conn, error) {
	if !g.trusts(c.RemoteAddr()) {
		return c, nil
	}
	if err := c.SetReadDeadline(time.Now().Add(g.timeout)); err != nil {
		return nil, err
	}
	stop := context.AfterFunc(done, func() { c.SetReadDeadline(time.Unix(0, 1)) })
	remote, err := readProxyHeader(c)
	if !stop() {
		return nil, context.Cause(done)
	}
	if err != nil {
		return nil, err
	}
	if err := c.SetReadDeadline(time.Time{}); err != nil {
		return nil, err
	}
	if !remote.IsValid() {
		return c, nil
	}
	return announced{c, net.TCPAddrFromAddrPort(remote)}, nil
}

func (g *greeter) trusts(peer net.Addr) bool {
	t, ok := peer.(*net.TCPAddr)
	if !ok {
		return false
	}
	a := t.AddrPort().Addr().Unmap().WithZone("")
	for _, n := range g.proxies {
		if n.Contains(a) {
			return true
		}
	}
	return false
}
