// Package tlsfiles holds the certificates that listeners serve: a pair of files
// that an operator gives, or an authority and a certificate that the gateway made
// for itself at its first start, so that TLS works before anybody has set it up.
//
// It does not decide TLS versions or ALPN (that is the edge's) and does not obtain
// certificates from others. Private keys are written with mode 0600 into a folder of
// mode 0700, replaced atomically, and never part of an error.
package tlsfiles
