// Package appcredentials owns application credentials: secrets that a user gives
// to a program so that it logs in as the user, in one project and with some of
// the user's roles. It serves them below /v3/users/{user_id} and proves them for
// identity/login.
//
//	create:  token of a project → roles in it that the caller asks for → hash
//	Prove:   id, or user and name → one hash → lock → expiry
//
// Rules:
//   - Owner, project and roles come from the token of the request, never from the
//     body: a credential holds at most the roles that the token has in its
//     project and the user still holds there (CVE-2020-12689, CVE-2020-12691,
//     CVE-2026-33551, CVE-2026-43001). What the user loses later, the
//     credential loses at the next log-in.
//   - A credential made with another one ends no later than that one.
//   - A restricted credential, the usual kind, makes and deletes none; see also
//     Bound. Nothing about a credential changes after it is made.
//   - The secret is in the answer that makes it and nowhere else. Its argon2id
//     hash is kept, also of generated ones, so that all cost the same to check.
//   - Unknown, wrong, expired and locked are one answer at one price, a hash
//     (CVE-2021-38155). MaxFailures wrong secrets within FailureWindow lock a
//     credential for LockTime; the count is per process.
//   - A credential ends with its user and with its project. Its tokens end with
//     it. A new password of the user leaves it as it is, as in Keystone: a program
//     goes on working when a person changes a password. Disabling the user stops
//     it.
//   - An administrator sees and deletes anybody's, without the secret, and makes
//     none for others. Other users are "not found".
//
// Where Keystone is silent or differs: readers make no credentials (they change
// nothing here), a user may delete its own in any scope, a secret of one's own
// choice has at least MinSecret characters, and access rules are refused because
// nothing here would enforce them.
package appcredentials
