// Package accesstokens owns named access tokens: tokens of the third dialect
// that a user makes for a program, sees in a list and deletes.
//
// The token is an RS256 token of package bearer whose jti is the id of its row.
// It is shown once and kept nowhere; the row says that it still counts. Its
// rights are those that its user has when it is used, in the scope that the
// request asks for.
//
// Rules:
//   - A user has at most MaxPerUser of them. Those whose time is over make room
//     when another is made.
//   - Whoever holds an access token, or a token made with an application
//     credential, makes and deletes none, whatever else it may do: a credential
//     never makes one that outlives it (CVE-2026-43001). Key pairs are permanent,
//     so tokens of pairs do.
//   - Only an administrator of the platform makes one for somebody else: it acts
//     as that user everywhere. A manager sees and deletes those of its
//     department, but not of who holds "admin".
//   - The owner comes from the credentials or, for administrators, from the path,
//     and never changes. Others' tokens are "not found".
//   - Deleting one is announced (tokens.Announce): here it ends at once, on other
//     nodes when they next read the revocations. Ids are never used again.
//
// Where the reference is silent: expiredAt is the time of the end in
// milliseconds, as text or number, or RFC 3339; "0", "" and nothing mean never,
// the past is refused; names need not differ; updatedAt is "0", for nothing
// changes a token.
package accesstokens
