// Package sign signs what is sent to a backend with the signature key that is
// bound to the API (wire-facts §5), in the dialect of the callers
// (internal/signature).
//
// It signs the request towards the backend as it stands after the mapping:
// method, path, query, the Host field as it is sent, the body. Signed header
// fields are host and x-sdk-date, content-type when there is one, and those that
// the API's backend parameters fill with constants or system values: by them a
// backend knows the caller, and only the gateway can vouch for them. Fields that
// hops in between rewrite or join (User-Agent, Accept, X-Forwarded-For,
// X-Request-Id) are not signed; the check would fail where nobody tampered.
//
// The caller's Authorization is replaced: the field can hold one credential, and
// the backend's is the one that counts. An API that must pass the caller's own on
// has no signature key.
//
// A body whose length is known is read whole before it goes out, 12 MB at most,
// and its digest is signed. One of unknown length may be a conversation whose
// other half waits for the answer, so it is not held up: the gateway sends
// X-Sdk-Content-Sha256: UNSIGNED-PAYLOAD and signs that
// (docs/decisions/0012-signed-bodies.md). A body that authentication has read
// already has a known length.
//
// Not here: which key is bound where (gateway/beside), checking (package verify at
// the root of the module). The policy needs to run after everything that changes
// Call.Out; a channel that chooses the address afterwards changes the connection,
// not the message.
package sign
