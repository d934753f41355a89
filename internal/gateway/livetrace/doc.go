// Package livetrace lets an administrator watch live calls.
//
// It owns the keys by which a call asks to be watched (header X-Apig-Trace) and
// the traces of the calls that were. It does not own what a trace says
// (gateway/trace.go), who may mint a key and who reads the traces (management,
// which reaches this package through app).
//
// What holds:
//
//   - A key that is unknown, expired, used up or made for another API does
//     nothing and tells nothing: the call is served like any other, and the field
//     never goes on to a backend, as no X-Apig- field does. To look a key up costs
//     the same hash and the same look-up whether it is good or not.
//   - Calls without the field pay one comparison and take no lock. Calls with a
//     bad key take none either: a flood of guesses stops nobody.
//   - The caller sees nothing of the trace. Who has a key learns no more than who
//     has none.
//   - Everything is bounded: keys, the calls of a key, the bytes of all traces
//     together. When there is no more room, the oldest traces go.
//   - Keys are held as SHA-256 sums. The key itself is shown once, when it is made.
//
// Keys and traces live in the memory of this process, for ten minutes at most
// after the key ended or the call was made; a restart forgets them. That is on
// purpose: a key that outlives the reason for it is a leak.
//
// A key made for one API or one group watches only calls that routing led there;
// other calls that bring it are served untraced, and do not use it up.
package livetrace
