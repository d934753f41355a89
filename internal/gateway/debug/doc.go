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
// Owners (and administrators) see everything of the call but its secrets, and
// are not held up by access lists and throttles: wire-facts §2.8 has it so for
// throttles; lists would be asked about the address of whoever uses the debugger.
// Who debugs an API of another project is a caller like any other: lists, limits
// and the calls of an order count, because a debugger must not be a way around
// them, and of the steps only the outcome is shown, because where a backend is
// and what an authorizer answered is the owner's knowledge.
//
// A draft is run in the environment RELEASE: the signature key bound to the API
// there signs what is sent, authorizers, channels, functions and responses are
// those that calls use. A draft that was never published has no key bound, and is
// sent unsigned.
//
// A draft under APP authentication that is called without a key is called
// without authentication: its owner wants to see the API, and nobody can be
// granted a draft. With a key the signature is made and checked as for any
// caller.
package debug
