// Package backend answers calls: over HTTP from what Call.Out says, or with the
// fixed content of a MOCK.
//
// A Transport is the one holder of connections of a gateway process. It is live
// state, outlives every plan and snapshot, and is closed by whoever opened it.
//
// Whose fault a failure is, is decided here and nowhere else: what reading the
// caller's body met is the caller's (its own 4xx), a caller that went away is
// nobody's, and only what is left is the backend's (502, 504). Health checks and
// ejection will count by that.
//
// Everything handed to net/http is copied out of the call first: its transport
// writes a request in a goroutine that may outlive the round trip, while the
// memory of the call is used for the next one.
//
// Redirects are passed on, not followed; no proxy is taken from the environment;
// content is not decompressed; HTTP/1.1 is spoken. Not here: choosing an address
// of a channel, refusing reserved addresses (both belong in Transport.dial).
package backend
