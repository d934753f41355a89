// Package profiles shows users and groups as the third dialect does, and
// everybody its own account: /current-user*, /users* and /groups* below
// ghippo.Base.
//
// It owns the wire forms of these (views, pages, search, permissions) and none
// of the rows: what may be changed by whom is decided in identity/accounts, and
// its refusals are shown here with their status and text as they are. So a user
// or group out of reach is not found in the same words as one that never was.
// The tokens and keys of a user are identity/accesstokens and identity/bearer.
//
// Rules:
//   - Everybody sees itself and its groups, whoever has a department in scope
//     everything of that department, an administrator everything. The reach is a
//     condition of every query (CVE-2019-19687). Departments are changed by
//     their managers and by administrators.
//   - A bearer token says nothing about a scope: a manager names its department
//     in X-Domain-Id. Without that header it is one user among the others, also
//     when it manages the department it belongs to.
//   - A page has 1 to 1000 things, 10 when nothing is said; page and pageSize are
//     whole numbers in digits, and anything else is refused rather than taken
//     for a default.
//   - Every success is 200, and {} where there is nothing to say (wire-facts
//     §18.3).
//
// Where the reference is silent:
//   - PUT /current-user/password takes {password} in the published schema. Here
//     originalPassword is needed too: a token that was picked up must not become
//     an account that was taken over. A wrong original is 403: 401 would say that
//     the token is over. For the same reason nobody resets its own password
//     through /users/{id}/password, and a restricted credential (an application
//     credential, an access token) resets nobody's, as in /v3/users.
//   - A new user or group belongs to the department in scope, else to that of
//     its maker. /users/check/{username} answers for the same department and
//     within the caller's reach.
//   - The platform roles of a user or group are what it holds itself on its
//     department: admin, manager, member, reader ("system") and the roles that
//     administrators made ("custom"). Holdings on projects, and what a user holds
//     as a member of a group, are shown by /v3/role_assignments.
//   - addRoles and removeRoles are names; they happen together or not at all.
//   - createdAt and updatedAt of a role are "0": these moments are not kept.
//   - global-permissions names only what the published list has a name for and
//     this package a route; a permission is there when the route is open to the
//     caller and, for what everybody may ask of itself, when its reach goes
//     further than itself.
//   - /users/{id}/subjects and /groups/{id}/subjects are not served: what a
//     subject is (the role's holder or the thing it is held on) cannot be told
//     from the published schema.
package profiles
