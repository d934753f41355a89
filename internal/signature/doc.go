// Package signature makes and verifies SDK-HMAC-SHA256 signatures (wire-facts
// §3.1): of applications that call APIs, of users who call the management
// planes, and of our own client.
//
//	caller:   ParseAuthorization → CheckDate → (*Key).Verify
//	payload:  NeedsBody → PayloadHash, whose result Verify takes
//	client:   Sign, SignRequest
//
// What clients do differently is accepted (wire-facts §3.2): any set of signed
// headers as long as X-Sdk-Date is one of them, Host signed or not, a payload
// declared as unsigned. A name that is signed but absent from the message
// fails, and so does one that is listed twice.
//
// Not here: finding the key, choosing the error code, locking an access key,
// and refusing messages in which a header that decides about security
// (Authorization, X-Sdk-Date, X-Sdk-Content-Sha256) occurs twice. Callers do
// that before, because only they know what else reads these headers.
//
// A signature holds for 15 minutes on either side and may be repeated within
// them: the dialect has no nonce.
package signature
