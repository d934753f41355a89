// Package verify checks, in a backend, that a request came through the gateway:
// it verifies the signature that the gateway makes with the signature key that is
// bound to an API.
//
//	v := verify.New(func(access string) ([]byte, bool) {
//		return secret, access == "my_sign_key"
//	})
//	http.ListenAndServe(addr, v.Middleware(handler))
//
// The signature covers method, path, query, the Host field, the fields that the
// gateway lists and the body. So the check has to see the request as it arrived:
// in front of whatever rewrites the path (http.StripPrefix), the host or the
// body, and behind whatever terminates TLS. A proxy between the gateway and the
// backend has to leave the Host field alone.
//
// A body of unknown length is sent unsigned and says so
// (X-Sdk-Content-Sha256: UNSIGNED-PAYLOAD, itself signed); SignedBody refuses
// those.
//
// A signature holds for 15 minutes on either side of its date and may be repeated
// within them: the dialect has no nonce. The check says that the gateway made
// this request, not that it made it once.
package verify
