// Package groups serves /v3/groups, the members of each, and the groups of a
// user. It is a wire form: rows, rules and reach are those of package accounts.
//
// Where the reference is silent:
//   - Everybody sees the groups it is in, a department all of its own, an
//     administrator of the platform all. Of the members of a group everybody
//     sees those whom it sees in /v3/users, so an ordinary member sees itself.
//   - A manager joins users of its department to groups of its department;
//     across departments an administrator does. A group or a user that holds
//     "admin" anywhere is changed by administrators only (403).
//   - Who leaves a group, or whose group is deleted, logs in anew: tokens say
//     what their holder may do.
//   - The domain and the id of a group never change (CVE-2020-12691 is what
//     came of such fields in another body); a PATCH that repeats them as they
//     are is accepted, because clients send whole objects back.
package groups
