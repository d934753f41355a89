// Package message holds what every reader of an HTTP message must agree on:
// header fields, the canonical path, the query pairs, the host. It
// canonicalises once; signature check, routing, authorisation, logging and
// forwarding all read the same result, because most gateway bypasses are two
// readers that disagreed (CVE-2021-43557, CVE-2026-27587 and their kin).
//
// Whatever two readers could understand differently is refused here instead of
// being repaired: encoded slashes, dot segments, empty segments, ';' in a
// query, fragments, control characters. What has one meaning and several
// spellings (%41, %e4, an upper-case host) gets one spelling.
//
// It does not know http.Request: the strings it holds may be slices of an
// engine's read buffer and are valid until the call ends. Whoever keeps one
// longer clones it. How long a head may be is the edge's limit; the number of
// query pairs is limited here (MaxPairs).
package message
