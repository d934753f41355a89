// Package accounts owns the people and tenants of an installation: domains,
// projects, users, roles, and which user holds which role where. It serves the
// reading routes /v3/projects and /v3/users, makes the first accounts of a
// fresh installation (Bootstrap), and answers the questions that logging in and
// signing ask ("which roles has this user in that project?").
//
// Rules:
//   - Ids are never reused, so an old token or record cannot come to mean
//     somebody else (CVE-2026-55670).
//   - Names of users and projects are unique within their domain and compared
//     exactly. Names of domains are compared without case: the first domain has
//     the id "default" and the name "Default", and clients are configured with
//     either word in either place.
//   - Whoever is disabled, and whatever project is disabled, is refused at once:
//     the same transaction bars the tokens (package tokens), and other nodes
//     follow when they read the revocations.
//   - Who does not administer the platform sees itself and the projects in
//     which it holds a role; everything else is "not found", so that ids and
//     names of others cannot be probed.
//
// Tokens are made in identity/login, passwords hashed in identity/passwords.
package accounts
