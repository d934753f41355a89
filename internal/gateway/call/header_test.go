package call_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/lintel-gateway/lintel/internal/gateway/call"
	"github.com/lintel-gateway/lintel/internal/message"
)

func TestHeaderOf(t *testing.T) {
	named := 0
	for h := call.HeaderOther + 1; h < call.HeaderHeld; h++ {
		named++
		for _, spelling := range []string{h.String(), strings.ToLower(h.String()), strings.ToUpper(h.String())} {
			if got := call.HeaderOf(spelling); got != h {
				t.Errorf("HeaderOf(%q) = %v, want %v", spelling, got, h)
			}
		}
		// Another byte anywhere is another field, perhaps one that is held too.
		for i := range h.String() {
			b := []byte(h.String())
			b[i] ^= 1
			if got := call.HeaderOf(string(b)); got != call.HeaderOther && got != call.HeaderHeld {
				t.Errorf("HeaderOf(%q) = %v", b, got)
			}
		}
	}
	if named != 16 {
		t.Errorf("%d names", named)
	}
	for name, want := range map[string]call.Header{
		"": call.HeaderOther, "Accept": call.HeaderOther, "X": call.HeaderOther, "X-": call.HeaderOther,
		"TE": call.HeaderHeld, "x-sdk-nonce": call.HeaderHeld, "X-APIG-Anything": call.HeaderHeld, "X-Apigee": call.HeaderOther,
	} {
		if got := call.HeaderOf(name); got != want {
			t.Errorf("HeaderOf(%q) = %v, want %v", name, got, want)
		}
	}
}

func TestHeaderClasses(t *testing.T) {
	var singular, passing []string
	for h := call.HeaderOther + 1; h <= call.HeaderHeld; h++ {
		if h.Singular() {
			singular = append(singular, h.String())
		}
		if !h.Held() {
			passing = append(passing, h.String())
		}
	}
	slices.Sort(singular)
	slices.Sort(passing)
	if got, want := strings.Join(singular, " "), "Authorization Content-Type Host Upgrade X-Apig-AppCode X-Auth-Token X-Sdk-Content-Sha256 X-Sdk-Date X-Stage"; got != want {
		t.Errorf("singular: %s\nwant      %s", got, want)
	}
	if got, want := strings.Join(passing, " "), "Authorization Content-Type Origin User-Agent"; got != want {
		t.Errorf("passing: %s, want %s", got, want)
	}
	if call.HeaderOther.Singular() || call.HeaderOther.Held() {
		t.Error("HeaderOther is singular or held")
	}
}

func TestIndex(t *testing.T) {
	c := call.Acquire(t.Context())
	r := &c.Request
	r.Headers = append(r.Headers, message.Field{Name: "Accept", Value: "a"}, message.Field{Name: "user-agent", Value: "first"}, message.Field{Name: "User-Agent", Value: "second"})
	r.Index()
	if v, ok := r.Field(call.HeaderUserAgent); v != "first" || !ok {
		t.Errorf("%q, %v; want the first", v, ok)
	}
	if v, ok := r.Field(call.HeaderOrigin); v != "" || ok {
		t.Errorf("a field that is not there: %q, %v", v, ok)
	}
	if r.Kind(0) != call.HeaderOther || r.Kind(2) != call.HeaderUserAgent {
		t.Errorf("kinds %v, %v", r.Kind(0), r.Kind(2))
	}
	r.Headers = r.Headers[:1] // Index was not called
	if v, ok := r.Field(call.HeaderUserAgent); ok {
		t.Errorf("a field that is gone: %q", v)
	}
	call.Release(c)
	c = call.Acquire(t.Context())
	defer call.Release(c)
	if _, ok := c.Request.Field(call.HeaderUserAgent); ok || c.Request.Kind(2) != call.HeaderOther {
		t.Error("the next call knows the fields of the one before")
	}
}
