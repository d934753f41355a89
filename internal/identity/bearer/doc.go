// Package bearer makes and checks the RS256 tokens of the third dialect, and
// owns the keys that sign them.
//
//	POST /token {ak, sk, cycle} → Match → Ring.Sign → JWT
//	Authorization: Bearer JWT   → Ring.Check → who, by which credential
//
// It owns the keys' rows, the form of the tokens, the exchange of a key pair
// for a token, the published keys, and key pairs as this dialect shows them.
// It does not own access keys (accesskeys), named access tokens (accesstokens),
// nor what a caller may do: verify looks the user and the credential up for
// every request, so a JWT alone opens nothing.
//
// Rules:
//   - The algorithm is a property of our keys: RS256 and nothing else, whatever
//     a token says of itself (CVE-2026-39999). The key is chosen by kid among
//     our own. A header may say alg, kid and typ and no more.
//   - There is one spelling of each token: strict base64, no spare bits.
//   - A token names the credential it was made with, by a digest for a key pair
//     so that a token tells nobody an access key that could be locked. It ends
//     with that credential, with its user and with its own time.
//   - One key is active. After RotateAfter another takes its place; the retired
//     one loses its private half at once and stays published until the last
//     token that it may have signed is over. Rotation with revoke removes all
//     other keys, and every token that they signed, at once.
//   - A key is made at first need, outside of any transaction: it takes some
//     100 ms. Of two nodes that make one at a time, one throws its own away.
//   - Keys are held in memory for CacheTime or until something changes in
//     identity. A kid that is not among them costs one look-up, that all who
//     wait for one share; what it did not find is remembered, bounded.
//   - Unknown and inactive access keys, wrong secrets, disabled users and locked
//     keys get one answer after the same work. Wrong secrets are counted with
//     the wrong signatures of the same key.
//   - The query of GET /token holds a secret. It is in no error of ours, in no
//     log and in no audit record; clients should POST all the same, because what
//     lies before us may write it down.
//
// Where the reference is silent: cycle is 1 to MaxCycle days; keys of the v3.0
// dialect can be exchanged like pairs made here; the claim lintel_credential
// and jti are ours; groups has the first MaxGroups names; the discovery
// document has only what is true here, so no authorization endpoint.
package bearer
