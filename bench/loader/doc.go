// Package loader makes requests over kept connections and says exactly how many
// were answered and, when they are paced, how long each took from the moment at
// which it was due.
//
// It owns the connections, the check of each answer and the clock of a paced
// load. It does not start the server that it asks, and it counts nothing of what
// that costs: the caller reads processor time or instructions before and after.
//
// Invariants: an answer that is not the expected one, to the byte of its body,
// ends the load with an error; a request is sent once and never again; no load
// runs without a deadline.
package loader
