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
// content is not decompressed. A request is sent again, by net/http, only when the
// kept connection that it went out on was closed before an answer and the request
// has no body and is safe (GET, HEAD, OPTIONS) or says Idempotency-Key, or when none
// of it was written.
//
// Protocols, where the references are silent: HTTP/1.1 in clear text; over TLS what the
// backend chooses in ALPN, h2 or http/1.1. gRPC (HTTP/2 and its content type) goes to
// a backend without TLS as HTTP/2 by prior knowledge, with TE: trailers; one that
// answers in another protocol is BackendNotHTTP2, which ejects nobody, since the
// caller chose. Trailers pass, announced or not. A WebSocket gets a connection of its
// own in HTTP/1.1, and the answer to its handshake is verified before anything passes.
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
