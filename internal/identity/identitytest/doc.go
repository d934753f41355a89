// Package identitytest gives tests an installation with a few accounts, on
// each engine, behind the real wire and the real authenticator, with a clock
// that they move. It is imported by tests only.
package identitytest
