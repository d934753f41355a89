// Package wire is the HTTP edge of every API that Lintel itself serves: routes
// as data, and the shared steps around each of them in one fixed order:
//
//	request id → clean path → route → same origin → size → query →
//	authenticate → authorise → decode → handle (validate, quota, rows) →
//	respond → audit
//
// An area fills in its part (Route) and cannot forget a step. From the same
// table come the mux, the authorisation rule, the audit trail, the OpenAPI
// document of each dialect and the coverage test.
//
// What differs between dialects (paths, error bodies, texts) is a Dialect;
// packages wire/apig and wire/keystone hold one each, with the error catalogue
// of their reference. This package knows no area, no SQL and no identity
// store: credentials are verified by a function handed in by app.
//
// exchange.go is the story of a request, steps.go its steps, table.go finds
// routes, inspect.go and decode.go read bodies, openapi*.go document it all.
//
// Measured (BenchmarkSteps, 2 cores): the steps cost about 4 µs and 23
// allocations around an empty handler, 13 µs around one with a small body. No
// call of a published API passes here, so nothing is pooled but the buffer of
// the answer.
package wire
