// Package domains serves /v3/domains, the departments of the platform, as
// Keystone's clients know them.
//
// Rows and rules are those of package accounts; here are the wire forms alone.
//
// Rules:
//   - An administrator sees and changes all of them. Everybody else sees the
//     domain in scope and its own, and changes neither: what a department may do
//     is said by the platform.
//   - A domain is disabled before it is deleted (403, in Keystone's words), and
//     "default" is neither: clients are configured with it, and the first
//     administrator lives there.
//   - Disabling reaches the tokens of all users and projects of the domain in the
//     same transaction.
//   - Deleting takes users, groups, projects and roles along. What projects own
//     of the platform is not taken along: 409 names the project and the things.
//
// Where the reference is silent: names are compared without case; a domain has
// no tags and no options, and a request that wants some is refused, as is one
// that brings an id of its own.
package domains
