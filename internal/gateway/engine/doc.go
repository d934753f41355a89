// Package engine is the HTTP/1.1 edge: it turns the bytes of connections that package
// edge has accepted into calls, has them answered by a call.Handler, and writes the
// answers. Package http1 is its codec. Beside it stands net/http (package edge), which
// speaks HTTP/2 and can speak HTTP/1.1 in its place; what a caller sees is the same.
//
//	Accept ─▶ ServeConn: Await ─▶ head ─▶ Handler.Serve ─▶ answer ─▶ Finish ─▶ Release ─┐
//	              ▲                                                                      │
//	              └──────────────────────────────────────────────────────────────────────┘
//
// One goroutine serves a connection. It also asks the backend, so that a call never
// changes goroutines. It parses the head into the call where it lies, and writes head
// and body of a short answer at once.
//
// It owns what only an edge can see:
//
//   - A message that has more than one reading is refused in plain text (400, 417, 431,
//     501, 505) and the connection closed behind it, when the caller had a moment to read
//     that. Such a message is not a call and has no record.
//   - A connection is used again only when the request body was read to its end
//     before the answer began (body.settled).
//   - Body errors are the caller's: *call.BodyError.
//   - Framing of the answer: one Content-Length or chunks, never what a header says; an
//     answer that breaks off does not look whole.
//   - Time: heads, idle connections; bodies and readers have rolling deadlines.
//   - Callers that leave (watch.go). Nothing reads a connection while its call is under
//     way. One goroutine looks, four times a second, at those whose call lasts longer
//     than that, and ends their contexts. So a caller that closes only its own half
//     gets its answer when that takes less than a quarter of a second, and none else.
//   - Draining.
//
// From the second message of a connection on, what needs no wait is served inside the wait
// for it (turn, http1.Conn.Await). The end that comes together with such a message is
// noticed when the connection has been idle for a glance.
//
// It does not accept, shake hands, or read PROXY headers (edge), join WebSockets
// (tunnel), judge paths, hosts, methods or sizes (gateway).
//
// Invariants:
//
//   - Strings of a call lie in the Conn's buffer: nothing is read over them before the
//     call is released, and a reader of the request body in another goroutine has ended
//     by then.
//   - An idle connection holds no buffer and no call.
//   - No lock and no counter is shared between the calls of two connections.
package engine
