// Package domains is the area of the independent domains of groups and of their
// certificates: reference 4.16.
//
// It owns the tables domains and certificates and reads that of groups. The area
// groups shows both, and deletes both with a group.
//
// A domain belongs to one group and is unique in the installation. What is
// compared is the canonical form: lower case, labels in ASCII (IDNA). What is
// answered is the spelling that was sent, as the reference's sample does. Not a
// domain (APIG.2024): an address, a port, a wildcard (a later edition has them),
// a name of one label, and the gateway's own domain with everything below it,
// where the sub-domains of groups are.
//
// The reference (4.16.2) says that a domain works once its CNAME record leads to
// the group's sub-domain, and answers a status that can be "not resolved". So a
// domain is bound whatever DNS says, and the status tells:
//
//	1  there is no such name, or it has no CNAME record
//	2  DNS has not answered yet
//	3  the CNAME record leads to the group's sub-domain
//	4  it leads elsewhere, or DNS failed
//
// APIG.2023 is therefore never given. DNS is asked before the transaction that
// binds, for two seconds at most, and again when a status older than a minute is
// shown; what it does not answer then leaves the status as it was.
//
// A certificate is a PEM chain with the server's own first and the others in any
// order, and its key. It must be of use to the gateway as it is: every link is
// verified, nothing is expired or not valid yet, its SAN names the domain, keys
// are RSA of 2048 to 8192 bits, ECDSA over P-256, P-384 or P-521, or Ed25519. The
// common name alone does not count: clients have not looked at it for years.
//
// A domain has one certificate. The object model calls its fields changeable and
// no operation changes them, so binding a certificate to a domain that has one
// replaces it, under the same id and in one step: a certificate is renewed
// without a moment in which the domain has none. APIG.2029 speaks of a default
// certificate, which does not exist here.
//
// Everything is reached through its group. The group in the path decides whether
// the actor may (APIG.1101); a domain of another group of the project is refused
// with APIG.3474, one of another project does not exist (APIG.3020), and a
// certificate exists on its own domain only (APIG.3021).
//
// A private key is sealed when it is stored, and leaves this package in
// definitions only.
package domains
