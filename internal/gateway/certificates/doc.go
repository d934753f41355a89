// Package certificates chooses the certificate for a TLS handshake by its server
// name: that of a bound domain, else the gateway's own.
//
// A certificate is parsed when it is taken, and a handshake costs one look-up. A
// change is seen by the next handshake; connections that stand are not touched.
// Names are compared in lower case and in ASCII, as domains are held and as TLS
// sends them. Wildcard domains do not exist in this edition; a certificate whose
// SAN has a wildcard serves the domain it is bound to.
//
// Of two certificates for one domain, which there are for a moment when a domain
// moves to another group, the one that became valid last is served.
//
// An expired certificate is served: a client then says what is wrong, where the
// gateway's own certificate would make it complain about a name. Management
// refuses to bind one and shows until when one is valid.
//
// The server name chooses the certificate and nothing else. Which API a call
// means is said by Host, and no rule of this gateway hangs on the server name (no
// API asks for client certificates), so that a request for another host on the
// same connection is served like any other.
//
// TLS versions are the edge's matter, unsealing keys that of gateway/beside.
package certificates
