// Package iamauth authenticates users of the platform: by their token or by a
// signature made with their permanent access key (wire-facts §4). Any user of any
// account may call; which accounts may is policy/acl's matter.
//
// Exactly one credential may come with a call (policy/signed). What was used stays
// at the gateway: X-Auth-Token is never forwarded, a used Authorization is removed.
//
// Where the references are silent:
//
//   - A token may also come as Authorization: Bearer, in either form that management
//     takes. Beside another credential such a field belongs to the backend.
//   - Any valid token does, with a project in scope or without. Caller.ProjectID is
//     the token's project; a signature names a user and no project.
//   - An expired token is 401 APIG.0307, the table's "token needs renewing"; every
//     other token that is refused is 401 APIG.0301.
//   - An unknown access key has the answer and the cost of a wrong signature. The
//     vendor's text for it ("ak not exist") would tell which keys are there.
//   - Five wrong signatures in a row lock a key for five minutes, for calls and for
//     management requests alike. Unknown keys lock too. Only a signature that does
//     not fit counts: a request that is malformed, too old, or whose body is not
//     the declared one says nothing about who holds the secret.
//   - Temporary access keys (X-Security-Token) are refused by name.
//   - Without a reachable identity (the management plane has not come up, or the
//     database is away and the key is not cached) the answer is 503 APIG.0613.
//     Tokens are verified without a database.
//
// The package knows no identity code: whoever puts a gateway together hands in a
// Directory. It keeps nothing of a call, and a Directory keeps no string that it
// is given.
package iamauth
