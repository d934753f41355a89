// Package wiretest calls our own APIs in memory: a client for the scenario
// tests of areas, and an authenticator whose actors are written in a header.
//
// It is test support and is imported by tests alone. What it checks on every
// answer (request id, JSON type, no-store) are the promises of package wire
// that no area has to test again.
package wiretest
