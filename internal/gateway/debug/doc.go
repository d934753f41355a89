// Package debug makes one call for the owner of an API and shows what became
// of it: the messages as text, how long it took, and what each step decided
// (reference 4.2.14).
//
// It owns the debug client: what it sends, how much of the answer it keeps. It
// does not own who may debug what, which is management's to decide, nor how a
// call is served: a published API is called through the gateway that serves it,
// a draft through a gateway of its own that knows nothing but this draft, so
// that what is shown is what callers will get. A debugged call leaves no access
// record and no figure in the statistics; the audit trail has it.
//
// A draft under APP authentication that is called without a key is called
// without authentication: its owner wants to see the API, and nobody can be
// granted a draft. With a key the signature is made and checked as for any
// caller.
package debug
