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
// # HTTP/1.1
//
// Spoken by this package over http1, with callers of either edge: in clear text, over
// TLS with a backend that chooses http/1.1 in ALPN, and in the handshake of a
// WebSocket. The goroutine of the call sends and reads (link); the head and what is
// there of the body leave with one write, and a body that is not there yet is sent by a
// goroutine of its own (upload). A call over a kept connection in clear text allocates
// nothing.
//
// A call keeps its connection until it is released, because the strings of the answer
// lie in the connection's buffer. Then it is given back to the pool, unless one of the
// two messages has not ended, either side has said close, or more has come than was
// asked for.
//
// A kept connection that was closed, or has said something unasked, is found out before
// anything is sent on it, and the request goes out on another, with its body. When it
// is closed after that and before a byte of the answer, the request is sent again only
// if it has no body and is GET, HEAD or OPTIONS or says Idempotency-Key. Where the
// socket cannot be looked at (not unix), the second rule alone holds.
//
// The time until the head of the answer is exact and stands still while the caller's
// body is waited for. Each piece of the answer's body, and each of the request's that
// is sent, has Options.Stall.
//
// Answers are refused that http1 refuses (two lengths, a length beside a coding, bare
// line feeds, folded lines, bodies of 1xx, more than five 1xx), with more than 128 KB
// or 1,000 fields, or with 101 that nobody asked for. Names of fields pass both ways as
// they are spelled.
//
// Redirects are passed on, not followed; no proxy is taken from the environment;
// content is not decompressed.
//
// # HTTP/2
//
// Spoken by net/http: over TLS with a backend that chooses h2, which is remembered until
// it chooses otherwise; and for gRPC (HTTP/2 and its content type) to a backend without
// TLS, by prior knowledge, with TE: trailers. One that answers in another protocol is
// BackendNotHTTP2, which ejects nobody, since the caller chose. Everything handed to
// net/http is copied out of the call first: its transport writes a request in a
// goroutine that may outlive the round trip, while the memory of the call is used for
// the next one.
//
// Trailers pass, announced or not. A WebSocket gets a connection of its own, and the
// answer to its handshake is verified before anything passes.
//
// X-Apig-Hops says how many gateways a call has passed, so that package gateway can
// end one that goes round (wire-facts §1.2, APIG.0612). Only HTTP backends get it.
//
// Not here: choosing a member of a channel, and which addresses may be reached
// (Options.Dial refuses the rest).
//
// A FUNCTION backend is told of the call in an event (gateway/functions) and
// answers at most 6 MB, all at once; an event holds as much, so a request body may
// have 4.5 MB. Its faults: a version that is not there is 500 APIG.0103 (the table's "backend
// does not exist"); a function that fails or answers in another form 500
// APIG.0601; its time over 504; no place, or a URL that cannot be reached or answers
// no success, 502; an address that must not be reached 403 APIG.0404. Asynchronous
// calls are answered 202 {"request_id"} once they have a place.
package backend
