// Package login serves /v3/auth: it gives out tokens against a password or
// another token, shows and revokes them, and tells the caller what it may ask a
// token for.
//
//	POST /v3/auth/tokens:  body → methods prove one user → scope → roles → token
//
// Rules:
//   - Unknown user, wrong password, disabled user, locked user, unknown scope
//     and a scope without a role are one answer at one price (CVE-2026-32595,
//     CVE-2021-38155): 401 without a reason. The reason is in the log.
//   - Every method named in the request must succeed, and all must prove the
//     same user. Methods are counted once and capped (CVE-2014-2828).
//   - An application credential stands alone and brings its project along: a
//     request that adds a scope or a method is refused, and so is the exchange of
//     its token for another one, which would lift the limits of the credential
//     (CVE-2020-12689).
//   - A token got with a token ends when that one ends, whatever the scope.
//   - No scope means the user's default project if it holds a role there, else
//     an unscoped token, as in Keystone. "unscoped" asks for the latter.
//   - A project named without a domain is one of the user's domain. Project and
//     domain together mean the project: clients of the vendor send both.
//   - A user may ask for the scope of its own domain without a role there; the
//     token has no roles and allows no more than an unscoped one.
//   - Whose password expired, or was chosen by somebody else and must be changed
//     first, gets no token and is told so, once it has shown that it knows it. Who
//     got a password that does not meet the rules is told with the token
//     (password_notice), in the language asked for.
//
// Tokens are made and checked by identity/tokens; users come from
// identity/accounts.
package login
