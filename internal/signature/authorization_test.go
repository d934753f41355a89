package signature_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/lintel-gateway/lintel/internal/signature"
)

// verifierPattern is the vendor's verifier (wire-facts §3.1), anchored, with
// the white space that a header can hold.
var verifierPattern = regexp.MustCompile(`^SDK-HMAC-SHA256[ \t]+Access=([^,]+),[ \t]?SignedHeaders=([^,]+),[ \t]?Signature=([A-Za-z0-9_]+)$`)

func TestParseAuthorization(t *testing.T) {
	for _, good := range []string{
		"SDK-HMAC-SHA256 Access=ak, SignedHeaders=host;x-sdk-date, Signature=abc",
		"SDK-HMAC-SHA256 Access=ak,SignedHeaders=host;x-sdk-date,Signature=abc",
		"SDK-HMAC-SHA256   Access=ak, SignedHeaders=host;x-sdk-date,Signature=abc",
	} {
		a, ok := signature.ParseAuthorization(good)
		if want := (signature.Authorization{Access: "ak", SignedHeaders: "host;x-sdk-date", Signature: "abc"}); !ok || a != want {
			t.Errorf("%q: %+v, %v", good, a, ok)
		}
	}
	for _, bad := range []string{
		"", "SDK-HMAC-SHA256", "SDK-HMAC-SHA256 ", "Basic YTpi", "Bearer x",
		"sdk-hmac-sha256 Access=a, SignedHeaders=b, Signature=c",
		"SDK-HMAC-SHA256Access=a, SignedHeaders=b, Signature=c",
		"SDK-HMAC-SM3 Access=a, SignedHeaders=b, Signature=c",
		"SDK-HMAC-SHA256 Access=, SignedHeaders=b, Signature=c",
		"SDK-HMAC-SHA256 Access=a, SignedHeaders=, Signature=c",
		"SDK-HMAC-SHA256 Access=a, SignedHeaders=b, Signature=",
		"SDK-HMAC-SHA256 Access=a, SignedHeaders=b, Signature=c ",
		"SDK-HMAC-SHA256 Access=a, SignedHeaders=b, Signature=c, Extra=d",
		"SDK-HMAC-SHA256 Access=a,  SignedHeaders=b, Signature=c",
		"SDK-HMAC-SHA256 SignedHeaders=b, Access=a, Signature=c",
		"SDK-HMAC-SHA256 Access=a, Signature=c",
		" SDK-HMAC-SHA256 Access=a, SignedHeaders=b, Signature=c",
	} {
		if a, ok := signature.ParseAuthorization(bad); ok || a != (signature.Authorization{}) {
			t.Errorf("%q was accepted: %+v", bad, a)
		}
	}
}

func TestParseAuthorizationDoesNotAllocate(t *testing.T) {
	header := vectors()[0].authorization()
	if n := testing.AllocsPerRun(100, func() { signature.ParseAuthorization(header) }); n != 0 {
		t.Errorf("%v allocations, want 0", n)
	}
}

func FuzzParseAuthorization(f *testing.F) {
	f.Add("SDK-HMAC-SHA256 Access=ak, SignedHeaders=host;x-sdk-date, Signature=abc")
	f.Add("SDK-HMAC-SHA256\tAccess=a,SignedHeaders=b,\tSignature=c")
	f.Add("SDK-HMAC-SHA256 Access=a, SignedHeaders=b, Signature=c,")
	f.Fuzz(func(t *testing.T, header string) {
		a, ok := signature.ParseAuthorization(header)
		var want signature.Authorization
		groups := verifierPattern.FindStringSubmatch(strings.ToValidUTF8(header, "\x01"))
		if groups != nil {
			want = signature.Authorization{Access: groups[1], SignedHeaders: groups[2], Signature: groups[3]}
			a.Access, a.SignedHeaders = strings.ToValidUTF8(a.Access, "\x01"), strings.ToValidUTF8(a.SignedHeaders, "\x01")
		}
		if ok != (groups != nil) || a != want {
			t.Fatalf("%q: %+v, %v; pattern: %q", header, a, ok, groups)
		}
	})
}
