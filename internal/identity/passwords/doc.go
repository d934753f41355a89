// Package passwords turns passwords into argon2id hashes and checks them.
//
// A hash is a PHC string ("$argon2id$v=19$m=…,t=…,p=…$salt$key"), so the cost
// can be raised later without touching the rows that exist: each row is checked
// with the cost it was made with. Only so many hashes are computed at a time
// (memory is what argon2 spends), and waiting for a turn ends with the context
// or after MaxWait.
//
// Turns are shared out (line.go): who waits is bounded, altogether, for each
// address and for each user asked for, and turns go round the addresses, so that a
// flood from one of them costs everybody else one hash of waiting. Behind a proxy
// all are one address; the share of a user still holds there.
//
// A Policy says what passwords must be like. Two of four classes of characters are
// the default: length makes a password strong, and rules that ask for more get
// "Password1!" (NIST SP 800-63B advises against any).
//
// The package knows no users. That an unknown user costs as much as a wrong
// password is the caller's duty; DummyFor is there for it.
package passwords
