// Package edge is the first edge of the data plane: net/http turns connections
// into requests, and this package turns each request into a call.Call, has it
// answered by a Handler, and writes the answer. Behind it nobody sees an
// http.Request. A dedicated HTTP/1.1 engine will be a second package beside it, with
// the same Handler.
//
//	clear text ── guard ──▶ http.Server (HTTP/1.1, h2c by prior knowledge) ─┐
//	TLS ── handshake ─┬ "http/1.1" ── guard ──▶ http.Server (HTTP/1.1) ─────┼─▶ serve ─▶ Handler
//	                  └ "h2" ─────────────────▶ http.Server (h2) ───────────┘
//
// It owns what only an edge can see:
//
//   - Messages have one reading or are refused. guard and framing watch HTTP/1 on
//     the wire, unambiguous looks at HTTP/2. Such a message is not a call: net/http
//     answers 400 (501 for an unknown coding, 505 for another version, 431 beyond
//     1 MB) in plain text and closes, and there is no access record. Bare LF and
//     folded lines are refused in heads (net/http would take and rewrite them).
//   - A connection is used again only when the request body was read to its end
//     before the answer began (body.settled).
//   - Body errors are the caller's: *call.BodyError with call.BadBody, RequestTooLarge,
//     CallerGone or CallerSlow.
//   - Framing of the answer: one Content-Length or chunks, never what a header
//     says; streams are flushed piece by piece; an answer that breaks off does not
//     look whole.
//   - Time: heads, idle connections, handshakes; bodies and readers have rolling
//     deadlines, extended as long as there is progress.
//   - Draining.
//   - Tunnels: an answer with 101 takes its connection away from net/http, and both
//     sides are joined until one ends, nothing came for ten minutes, one takes
//     nothing for half a minute, or the gateway drains. They are counted (20,000 at
//     most, one more is 503) and their calls are finished when they end. Who sends
//     more than its handshake before the 101 is refused. HTTP/2 has none.
//   - PROXY headers of trusted proxies (proxyproto.go), before anything else.
//
// It does not judge paths, queries, methods, hosts, sizes of heads or repeated
// fields: package gateway does, with the gateway's own errors, and gets them as they
// came (RawPath, RawQuery, Host, Headers in no order but that values of one name
// keep theirs). Which request may become a tunnel is judged there as well. Trailers of
// requests are not passed on.
package edge
