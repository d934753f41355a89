// Package http1 is the codec of the dedicated HTTP/1.1 engine: connections that
// own their buffers (Conn), heads of requests and responses (Request, Response),
// and bodies (Body). The edge (gateway/engine) and the client (gateway/backend)
// are both made of it, so that there is one reading of HTTP/1.1 here and not two.
//
// It accepts the grammar of RFC 9112 without the leniencies for old senders: a
// leniency is a second reading of the same bytes, and two readings are how requests
// are smuggled. Refused are bare CR and LF, folded lines, white space before a
// colon, control characters, Content-Length beside Transfer-Encoding, differing
// lengths, lists of lengths, codings other than "chunked", codings in HTTP/1.0, bad
// chunk sizes, a missing or second Host. What is refused leaves the connection
// unusable: where the message ends is not known.
//
// It does not judge paths, queries, methods, sizes or hosts (package gateway does),
// knows no calls, and writes no answers of its own.
//
// Invariants:
//
//   - The strings of a head lie in the buffer of its Conn and are valid until
//     Conn.Next.
//   - A read never takes more memory than two buffers, one with the head and one with
//     the body, but for a head, which is bounded by the limit that ReadRequest is given.
//   - A wait ends at its deadline at the latest, and a read at once after Interrupt;
//     only a write over TLS may take a second more.
//   - A Conn that waits for a message or for an answer over a socket has no buffer.
//   - A Conn is used by one goroutine, but for Interrupt and Close. Reading a
//     body and writing may be done by two.
//   - Whatever is accepted here net/http accepts too, with the same fields, the same
//     body and the same end (FuzzRequest, FuzzResponse, FuzzBody), and however it is
//     cut into pieces (FuzzSplit).
package http1
