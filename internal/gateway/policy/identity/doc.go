// Package identity decides which of the caller's header fields may reach a
// backend, and adds what the gateway itself asserts.
//
// Strip runs before authentication and fills Call.Out.Headers from the call's
// headers; nothing behind it copies caller headers again, so what Strip leaves
// out cannot come back (CVE-2026-39998 and its kin). It copies instead of
// deleting because a signature may cover fields that are not forwarded. Assert
// runs last, after the mapping, so that neither a caller nor a mapping can
// stand in for the gateway's word.
//
// Left out, in every letter case ('_' spellings are gone before, they are
// dropped from the call itself):
//
//   - hop by hop: Connection and every field it names, Keep-Alive,
//     Proxy-Connection, Proxy-Authenticate, Proxy-Authorization, TE, Trailer,
//     Transfer-Encoding, Upgrade, HTTP2-Settings, Expect, and Content-Length and
//     Host, which are made anew;
//   - credentials and orders to this gateway: X-Auth-Token, X-Subject-Token,
//     X-Security-Token, X-Stage, X-Apig-*, X-Sdk-* (wire-facts §2.5 reserves
//     them); Authorization goes in policy/appauth, when it was used up there;
//   - claims about the way the call came: Forwarded, X-Forwarded-*, X-Real-IP,
//     X-Client-IP, X-Cluster-Client-IP, True-Client-IP, CF-Connecting-IP,
//     Fastly-Client-IP, X-Request-Id, X-Original-URL, X-Rewrite-URL, Proxy.
//
// The names stand in gateway/call (HeaderOf, held), because every name is compared
// once a call, when it is checked; this package owns why.
//
// Names like X-User-Id are ordinary fields of an application here: this gateway
// never asserts identity under a fixed name. Identity reaches a backend through
// SYSTEM parameters, whose names the provider chooses, and the mapping removes
// whatever a caller sent under such a name.
package identity
