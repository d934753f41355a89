// Package passwords turns passwords into argon2id hashes and checks them.
//
// A hash is a PHC string ("$argon2id$v=19$m=…,t=…,p=…$salt$key"), so the cost
// can be raised later without touching the rows that exist: each row is checked
// with the cost it was made with. Only so many hashes are computed at a time
// (memory is what argon2 spends), and waiting for a turn ends with the context
// or after MaxWait.
//
// The package knows no users. That an unknown user costs as much as a wrong
// password is the caller's duty; Dummy is there for it.
package passwords
