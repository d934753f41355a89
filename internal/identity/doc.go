// Package identity puts the parts of identity together: accounts, tokens,
// access keys, the log-in and the authenticator, in the order in which they
// need each other. It owns what they share over time, the goroutine that reads
// other nodes' revocations and writes when keys were last used.
//
// The rules are in the parts: see tokens, accounts, accesskeys, login, verify.
package identity
