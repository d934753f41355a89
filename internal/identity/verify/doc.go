// Package verify is the one place where the credentials of a management
// request are checked: a token in X-Auth-Token or as Authorization: Bearer, or a
// signature made with an access key. Authenticator.Authenticate is a
// wire.Authenticator.
//
//	headers once → which credential → token:     HMAC, expiry, revocation
//	                                → signature: date → key → body → HMAC → scope
//	                                → JWT:       RS256 → time → user, credential → scope
//
// Rules:
//   - Which check runs depends on the credential found, and what is not known
//     is refused (CVE-2025-31489 and its kin). Two kinds at once are refused.
//   - A header that decides anything here must not occur twice.
//   - Nobody makes us read a body before its access key is known and active,
//     its date is fresh and, if the digest of the body is declared, its
//     signature is right.
//   - An unknown access key costs a look-up and an HMAC with a random key of
//     this process, as a wrong signature does, and looks the same. What can
//     still be told apart is whether an announced body is read at all.
//   - MaxFailures wrong signatures in a row lock an access key for LockTime, for
//     management requests and for calls through a gateway alike (Signer, Failed,
//     Verified). Unknown keys are locked too. A request that is malformed, too old
//     or whose body is not the declared one is refused and not counted. Every
//     process counts for itself.
//   - A bearer with two dots is a JWT of package bearer, any other one of our own
//     tokens with the scope that it has. A JWT says who and by which credential;
//     user and credential are looked up, so it ends with either.
//   - Whoever comes with a named access token is Restricted: it makes and deletes no
//     credentials of any kind (CVE-2026-43001).
//   - The scope of a signature, and of a JWT, is the project in X-Project-Id, else the domain
//     in X-Domain-Id, else the user's default project, else the project of the
//     user's domain that is named like the region; roles are those held there.
//     Without any of these the request is unscoped.
//     These headers are not signed by the clients of this dialect: they choose
//     among what the user may do, and give nothing.
//   - An EC2 key signs like an access key, in its own project only and with its own
//     roles as far as its user still holds them; headers that ask for another
//     scope refuse it. Who signs with one makes no credentials.
//   - A signature proves one request. Nothing here or elsewhere turns it into a
//     token (CVE-2025-65073).
//
// Tokens take no I/O. A JWT whose signature was right is remembered by a digest of
// the whole of it, because the check takes 25 µs and more. Keys, the state behind
// JWTs and scopes are cached, bounded, for CacheTime or
// until something changes in identity (tokens.Revocations.Generation).
package verify
