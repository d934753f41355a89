// Package tokens makes, checks and revokes tokens.
//
// A token carries its whole content under an HMAC, so checking one takes no
// I/O: decode, compare the full HMAC in constant time, compare the expiry, look
// into the revocations that are held in memory. The key is derived from the
// master key of the installation (secret.Sealer, purpose "token-signing"): all
// nodes accept each other's tokens, and a new master key ends all of them.
//
//	base64url( version · methods · scope · issued · expires · audit ids ·
//	           user · domain · project or domain in scope ·
//	           application credential · roles · HMAC-SHA256 )
//
// Rules: a token lives Life at most; one made from another never outlives it;
// there is exactly one spelling of each token (strict base64, no trailing
// bytes), so "the same token" is a comparison of strings; an audit id is never
// reused.
//
// Revocation covers single tokens and everything that was issued to a user, for
// a project, in a domain or with an application credential before a moment. Rows are numbered in commit order; each node
// reads what is new every few seconds (Revocations.Refresh) and at once after
// its own writes. The same rows tell the caches of other identity packages
// that a key or role changed (Revocations.Generation).
//
// Who may have a token is not decided here: see identity/login.
package tokens
