package call_test

import (
	"strings"
	"testing"

	"github.com/lintel-gateway/lintel/internal/gateway/call"
)

// TestHeldNames: each of the names stays, in any case, and nothing that looks like
// one of them.
func TestHeldNames(t *testing.T) {
	for name := range strings.FieldsSeq(`
		Content-Length CF-Connecting-IP Expect Forwarded Fastly-Client-IP HTTP2-Settings Keep-Alive
		Proxy Proxy-Connection Proxy-Authenticate Proxy-Authorization TE Trailer Transfer-Encoding True-Client-IP
		X-Client-IP X-Cluster-Client-IP X-Original-URL X-Real-IP X-Request-Id X-Rewrite-URL X-Subject-Token X-Security-Token
		X-Apig- X-Apig-A X-Forwarded- X-Forwarded-Proto X-Sdk- X-Sdk-Nonce`) {
		for _, spelling := range []string{name, strings.ToLower(name), strings.ToUpper(name)} {
			if got := call.HeaderOf(spelling); got != call.HeaderHeld {
				t.Errorf("HeaderOf(%q) = %v", spelling, got)
			}
		}
		if strings.HasSuffix(name, "-") || strings.Count(name, "-") > 1 && strings.HasPrefix(name, "X-Apig-") {
			continue
		}
		for _, other := range []string{"y" + name, name[1:], "_" + name[1:]} {
			if got := call.HeaderOf(other); got != call.HeaderOther {
				t.Errorf("HeaderOf(%q) = %v", other, got)
			}
		}
	}
	for _, name := range []string{"x", "xa", "x-", "x-a", "X-Apig", "X-Forwarded", "X-Sdk", "X_Apig-Mode", "\xff", "-", "Accept-Encoding"} {
		if got := call.HeaderOf(name); got != call.HeaderOther {
			t.Errorf("HeaderOf(%q) = %v", name, got)
		}
	}
}
