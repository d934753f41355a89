// Package authorizer asks custom authorizers: functions that decide about a call
// (reference 4.19, wire-facts §7).
//
//	Policy.Apply: identities → key → kept verdict, or one call of the function → verdict
//
// A FRONTEND authorizer stands in place of authentication and sees the identities
// that its definition lists, its user_data and the requestContext. A BACKEND
// authorizer stands before the mapping of one backend and sees its user_data.
// What either answers in context goes into Call.Authorizer, where the mapping
// ($context.authorizer.frontend.<key>) and a group's own responses find it; the
// context of a refusal does too.
//
// Rules where the reference is silent:
//
//   - An identity that is missing, empty, or there more than once is 401
//     APIG.0305: of two values one would be checked and the other one used.
//   - Identity fields stay in the call and go on to the backend, except those
//     that no field of their name may (policy/identity).
//   - A kept verdict counts for the API, environment, address of the caller and
//     identity values that it was given for: all that the function was told, save
//     the id of the call. With ttl 0 nothing is kept and nothing is shared.
//   - A verdict ends with its ttl, with any change of the authorizer, and with any
//     change of the function that gave it.
//   - Calls that need the same verdict at the same time share one call of the
//     function. It runs for itself: a caller that leaves takes nobody's verdict
//     away. Each caller waits as long as it has patience.
//   - Failures are not kept: the next call asks again.
//   - A context has at most 64 keys and 16 KB.
//
// Verdicts are kept per authorizer, so one project's calls cannot push out
// another's. Identity values are kept as SHA-256 only.
package authorizer
