// Package signed is what every policy does that takes a signature as a
// credential: it finds the credentials of a call and checks one SDK-HMAC-SHA256
// signature (wire-facts §3) over it. Whose key that is, and which fault a failure
// becomes, is the matter of appauth and iamauth.
//
// Rules:
//   - Exactly one credential may come with a call. Two would leave open which one
//     the backend believes (the jwt policy of another gateway checked the header
//     and forwarded the query, facts §4.1 row 10). X-Auth-Token, X-Apig-AppCode and
//     a signature count wherever they come, also where an API does not read them.
//   - An Authorization of another scheme is not a credential here: it belongs to
//     the backend and passes.
//   - Nobody makes the gateway hold a body whose digest was declared before the
//     signature over that digest is right.
//   - A key that nobody knows (Decoy) verifies for callers who are unknown: at the
//     cost of a wrong signature, and never against an empty secret.
package signed
