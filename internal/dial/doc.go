// Package dial opens connections to addresses that tenants name, and refuses
// those that a tenant must not reach through this machine.
//
//	Dialer.DialContext: host → Resolver (cache) → addresses → Rules → connection
//
// It owns which ranges are denied, how a name becomes addresses, and how long
// that is remembered. It does not own whose fault a failure is, connection
// pools, TLS, or which rules hold for whom: backends by address, functions
// behind a URL and debugged calls dial under Public; members of channels and
// their health checks under Channel.
//
// Invariants:
//
//   - The address is judged in net.Dialer.ControlContext, after every look-up
//     and before the first packet: a name that changes its address between two
//     look-ups (rebinding) gains nothing, and neither does a cached one.
//   - What --backend-allow opens is open under both sets of rules.
//   - Pools are not shared between dialers of different rules: a kept connection
//     would pass the second set unseen.
//
// Where the reference is silent: its list (wire-facts §11) has IPv4 ranges only.
// The IPv6 ranges of the same meaning are denied too, and addresses that carry
// an IPv4 address inside (mapped, NAT64, 6to4, Teredo) are judged by it. A host
// of digits that is not four decimal parts ("2130706433", "0177.0.0.1") is an
// address to some resolvers and a name to others; it is refused as neither.
//
// Go does not tell how long a DNS answer is valid, so every answer counts for
// 30 s. When DNS fails, as opposed to saying that a name does not exist, the last
// good answer serves for 5 more minutes; when it is slow, for as long as it takes
// to answer. A name that does not exist is asked about again after 5 s, one that
// could not be looked up after 1 s. 4096 names are remembered, and 16 addresses of
// each.
//
// The addresses of a name are tried one after the other, each but the last for
// 2 s at most, and no IPv6 and IPv4 ones at the same time: fewer connections to
// backends for a delay that a broken network causes.
package dial
