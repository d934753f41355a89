package verify_test

import (
	"net/http/httptest"
	"net/url"
	"testing"

	"github.com/lintel-gateway/lintel/internal/identity/identitytest"
	"github.com/lintel-gateway/lintel/internal/signature"
	"github.com/lintel-gateway/lintel/internal/wire"
)

// TestEveryBodyModeIsVerified: CVE-2025-31489, CVE-2026-40344, CVE-2026-41145.
// Whatever a request says of its body, a wrong secret never passes; a mode that
// is not known is no way around the check of the body; and credentials in the
// query are none.
func TestEveryBodyModeIsVerified(t *testing.T) {
	identitytest.Each(t, func(t *testing.T, w *identitytest.World) {
		for name, k := range map[string]pair{"EC2 key": ec2(t, w), "access key": key(t, w, w.Alice)} {
			forger := pair{k.access, []byte("not the secret")}
			for _, mode := range []string{
				"", signature.HashPayload([]byte(body)), signature.UnsignedPayload,
				"STREAMING-AWS4-HMAC-SHA256-PAYLOAD", "STREAMING-UNSIGNED-PAYLOAD-TRAILER", "unsigned-payload", "x",
			} {
				var headers []string
				if mode != "" {
					headers = []string{"X-Sdk-Content-Sha256", mode}
				}
				sign := func(by pair) (actor wire.Actor, err error) {
					actor, _, err = authenticate(w, by.request(t, w, body, headers...))
					return actor, err
				}
				if actor, err := sign(forger); err == nil || actor.UserID != "" {
					t.Errorf("%s, mode %q: a wrong secret passes as %+v", name, mode, actor)
				}
				known := mode == "" || mode == signature.UnsignedPayload || mode == signature.HashPayload([]byte(body))
				if _, err := sign(k); (err == nil) != known {
					t.Errorf("%s, mode %q: %v with the right secret", name, mode, err)
				}
				if _, _, err := authenticate(w, k.request(t, w, body)); err != nil { // ends the row of failures
					t.Fatal(err)
				}
			}
			signed := k.request(t, w, "")
			for _, query := range []url.Values{
				{"Authorization": {signed.Header.Get("Authorization")}, "X-Sdk-Date": {signed.Header.Get("X-Sdk-Date")}},
				{"X-Amz-Algorithm": {"AWS4-HMAC-SHA256"}, "X-Amz-Credential": {k.access}, "X-Amz-Signature": {"00"}},
				{"AWSAccessKeyId": {k.access}, "Signature": {"x"}, "Expires": {"9999999999"}},
				{"access": {k.access}, "secret": {string(k.secret)}},
				{"ak": {k.access}, "sk": {string(k.secret)}},
				{"X-Auth-Token": {w.LogIn("alice", nil)}},
			} {
				r := httptest.NewRequest("GET", "/v3/probe?"+query.Encode(), nil)
				if actor, err := w.Authenticate()(r, none); refusal(err) != wire.Missing {
					t.Errorf("%s: query %v: %+v, %v", name, query, actor, err)
				}
			}
		}
	})
}
