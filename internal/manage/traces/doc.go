// Package traces is the area of live traces: an administrator has a gateway say
// step by step what it does with one live call. It is an extension; the
// reference has debugging (4.2.14) and nothing for calls that others make.
//
// It owns no table: keys live in the memory of the gateway of this process, for
// ten minutes at most, and a restart forgets them with what they showed. It
// decides who may mint and read (administrators, and making and ending a key is
// in the audit trail), and for how long and how many calls.
//
// The key is in the answer to the request that made it and nowhere else.
package traces
