// Package appauth authenticates the calling application: by its signature
// (SDK-HMAC-SHA256, wire-facts §3) or, where the API allows it, by its AppCode
// (§3.4). It says who calls; whether that app may call is policy/grant's matter.
//
// Exactly one credential may come with a call; X-Auth-Token counts as one although
// no API with app authentication reads it (policy/signed, which also checks the
// signature).
//
// An unknown app key takes the way of a wrong signature: a key that nobody knows
// verifies it, at the same cost, before it fails. The two answers differ in
// text, because clients of this dialect know them by it (§1.3); an app key is
// 128 random bits and no secret, but the time must not tell more than the text.
package appauth
