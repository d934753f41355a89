// Package edge is where calls come in: it owns the listeners, what comes before HTTP
// on a connection (PROXY headers, TLS), and draining. HTTP/1.1 is spoken by package
// engine, HTTP/2 by net/http, whose requests this package turns into calls and whose
// answers it writes. Behind it nobody sees an http.Request, and nobody knows who spoke.
//
//	clear text ─┬───────────────▶ engine (HTTP/1.1) ─────────────┐
//	            └ HTTP/2 preface ──▶ http.Server (h2c) ── serve ─┤
//	TLS ── handshake ─┬ "http/1.1" ▶ engine ─────────────────────┼─▶ Handler
//	                  └ "h2" ──────▶ http.Server (h2) ─── serve ─┘
//
// With Options.NetHTTP, net/http stands in the place of the engine, behind a guard. It is
// there to switch back to, and as what the engine is compared with: the tests of this
// package run on both, and their differences are one list (messages_test.go).
//
// It owns what only an edge can see:
//
//   - Messages have one reading or are refused. guard and framing watch HTTP/1 that
//     net/http reads, unambiguous looks at HTTP/2. Such a message is not a call: net/http
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
//   - Tunnels: an answer with 101 takes its connection away from net/http and hands
//     it to package tunnel. One more than 20,000 is 503. Who sends more than its
//     handshake before the 101 is refused. HTTP/2 has none.
//   - Which connections are the engine's: all but those that agree on h2 or begin with
//     the preface of HTTP/2, which the engine hands back with every byte.
//   - PROXY headers of trusted proxies (proxyproto.go), before anything else.
//
// It does not judge paths, queries, methods, hosts, sizes of heads or repeated
// fields: package gateway does, with the gateway's own errors, and gets them as they
// came (RawPath, RawQuery, Host, Headers in no order but that values of one name
// keep theirs). Which request may become a tunnel is judged there as well. Trailers of
// requests are not passed on.
package edge
