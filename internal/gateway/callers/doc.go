// Package callers knows who may call: applications by key and by AppCode, and
// the grants that let an application call an API in an environment.
//
// It is the live half of authentication: a plan is built once and keeps only a
// handle (Grants), while applications and grants come and go here without any
// plan being built anew. It does not verify signatures (signature.Key does) and
// does not answer callers (gateway/policy does).
//
// Reads take no lock and allocate nothing; writes come from gateway/snapshot.
//
// AppCodes are held and looked up as SHA-256 sums. A code is never kept in the
// clear, and how long a lookup takes says nothing about how much of a guessed
// code was right.
//
// Identity of the visible state. Keys and codes are unique in the management
// plane, but records may arrive in another order than they were made, so for a
// moment two applications can claim one key. All claims are kept, and the
// application with the smallest id has it: what is visible depends on the
// records alone and never on their order. In the same way a grant counts as
// often as records allow it.
package callers
