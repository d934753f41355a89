// Package certificates chooses the certificate for a TLS handshake by its server
// name.
package certificates
