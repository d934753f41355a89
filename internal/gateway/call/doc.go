// Package call is one API call on its way through a gateway: the pooled, typed
// value that edges fill, policies read and decide on, and backends answer into.
//
// It is the whole vocabulary between the parts of the data plane, so that no
// part needs another: an edge (the engine for HTTP/1.1, net/http for
// HTTP/2) fills Request and writes Response; nothing behind the edge may know
// which edge it was. There is no map[string]any, no context value, and no
// http.Request here.
//
// Ownership. Strings and slices of a Call may alias the edge's read buffer and
// the Call's own scratch memory. They are valid until the edge releases the
// call after Gateway.Finish. To keep one longer, clone it.
package call
