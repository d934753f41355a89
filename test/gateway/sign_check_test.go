package gateway_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// signChecker is a backend that checks the gateway's signature with the rules
// that the vendor publishes for backends (wire-facts §3.1, §5). It shares no code
// with the gateway and looks at the request line as it came.
type signChecker struct {
	secrets map[string]string // by sign_key
}

var signPattern = regexp.MustCompile(`SDK-HMAC-SHA256\s+Access=([^,]+),\s?SignedHeaders=([^,]+),\s?Signature=(\w+)`)

// serve is the answer of a backend: 200 "checked", or 401 and why.
func (k *signChecker) serve(w http.ResponseWriter, r *http.Request, body string) {
	if err := k.check(r, body); err != nil {
		http.Error(w, err.Error(), http.StatusUnauthorized)
		return
	}
	fmt.Fprint(w, "checked")
}

func (k *signChecker) check(r *http.Request, body string) error {
	parts := signPattern.FindStringSubmatch(r.Header.Get("Authorization"))
	if parts == nil {
		return fmt.Errorf("Authorization %q does not match", r.Header.Get("Authorization"))
	}
	secret, known := k.secrets[parts[1]]
	if !known {
		return fmt.Errorf("key %s is unknown", parts[1])
	}
	date := r.Header.Get("X-Sdk-Date")
	at, err := time.Parse("20060102T150405Z", date)
	if err != nil {
		return err
	}
	if away := time.Since(at).Abs(); away > 15*time.Minute {
		return fmt.Errorf("signed %v ago", away)
	}
	canonical, err := canonicalRequest(r, body, strings.Split(parts[2], ";"))
	if err != nil {
		return err
	}
	mac := hmac.New(sha256.New, []byte(secret))
	fmt.Fprintf(mac, "SDK-HMAC-SHA256\n%s\n%s", date, hexOf(canonical))
	if !hmac.Equal([]byte(hex.EncodeToString(mac.Sum(nil))), []byte(parts[3])) {
		return fmt.Errorf("signature does not match %q", canonical)
	}
	return nil
}

func hexOf(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:])
}

func canonicalRequest(r *http.Request, body string, signed []string) (string, error) {
	rawPath, rawQuery, _ := strings.Cut(r.RequestURI, "?")
	path, err := url.PathUnescape(rawPath)
	if err != nil {
		return "", err
	}
	segments := strings.Split(path, "/")
	for i := range segments {
		segments[i] = escaped(segments[i])
	}
	uri := strings.Join(segments, "/")
	if !strings.HasSuffix(uri, "/") {
		uri += "/"
	}
	query, err := canonicalQuery(rawQuery)
	if err != nil {
		return "", err
	}
	lines := ""
	for _, name := range signed {
		values := slices.Sorted(slices.Values(r.Header.Values(name)))
		if name == "host" {
			values = []string{r.Host}
		}
		if len(values) == 0 {
			return "", fmt.Errorf("signed header %s is absent", name)
		}
		for _, v := range values {
			lines += name + ":" + strings.TrimSpace(v) + "\n"
		}
	}
	payload := hexOf(body)
	if r.Header.Get("X-Sdk-Content-Sha256") == "UNSIGNED-PAYLOAD" {
		payload = "UNSIGNED-PAYLOAD"
	}
	return strings.Join([]string{r.Method, uri, query, lines, strings.Join(signed, ";"), payload}, "\n"), nil
}

func canonicalQuery(raw string) (string, error) {
	var pairs [][2]string
	for piece := range strings.SplitSeq(raw, "&") {
		if piece == "" {
			continue
		}
		name, value, _ := strings.Cut(piece, "=")
		n, err := url.QueryUnescape(name)
		if err != nil {
			return "", err
		}
		v, err := url.QueryUnescape(value)
		if err != nil {
			return "", err
		}
		pairs = append(pairs, [2]string{n, v})
	}
	slices.SortFunc(pairs, func(a, b [2]string) int {
		if c := strings.Compare(a[0], b[0]); c != 0 {
			return c
		}
		return strings.Compare(a[1], b[1])
	})
	var out []string
	for _, p := range pairs {
		out = append(out, escaped(p[0])+"="+escaped(p[1]))
	}
	return strings.Join(out, "&"), nil
}

// escaped is RFC 3986: everything but unreserved characters as %XX.
func escaped(s string) string {
	const unreserved = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~"
	var b strings.Builder
	for i := range len(s) {
		if strings.IndexByte(unreserved, s[i]) >= 0 {
			b.WriteByte(s[i])
		} else {
			fmt.Fprintf(&b, "%%%02X", s[i])
		}
	}
	return b.String()
}

// TestSignChecker: the checker agrees with two vectors of the vendor's own signer
// (wire-facts §3.3), so that it is not merely of one mind with the gateway.
func TestSignChecker(t *testing.T) {
	r, err := http.NewRequest("GET", "http://h/path?limit=1", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.RequestURI = "/path?limit=1"
	r.Header.Set("X-Sdk-Date", "20060102T150405Z")
	for _, vector := range []struct{ method, uri, body, want string }{
		{"GET", "/path?limit=1", "", "5a2ce64c865e0e6046321c6f3d5a77ba8413eeaf355c3166c03d58d02ac79624"},
		{"POST", "/path?key=value", "{\"Name\":\"test\",\"Id\":1}\n", "cecc2af119b18ab70b4d094c0750f3b42c02f254903179a0fc2cc72fc9db4f59"},
	} {
		r.Method, r.RequestURI = vector.method, vector.uri
		canonical, err := canonicalRequest(r, vector.body, []string{"x-sdk-date"})
		if err != nil {
			t.Fatal(err)
		}
		mac := hmac.New(sha256.New, []byte("SecretKey"))
		fmt.Fprintf(mac, "SDK-HMAC-SHA256\n20060102T150405Z\n%s", hexOf(canonical))
		if got := hex.EncodeToString(mac.Sum(nil)); got != vector.want {
			t.Errorf("%s %s: %s, want %s", vector.method, vector.uri, got, vector.want)
		}
	}
}
