package call_test

import (
	"os"
	"regexp"
	"slices"
	"testing"

	"github.com/lintel-gateway/lintel/internal/gateway/call"
)

// TestCodes holds the list for counters against the declarations: a code that is
// missing there would be counted as "other".
func TestCodes(t *testing.T) {
	text, err := os.ReadFile("faults.go")
	if err != nil {
		t.Fatal(err)
	}
	declared := regexp.MustCompile(`Fault\{"(APIG\.\d{4})"`).FindAllStringSubmatch(string(text), -1)
	if len(declared) < 15 {
		t.Fatalf("%d declarations found; the pattern does not fit any more", len(declared))
	}
	for _, d := range declared {
		if !slices.Contains(call.Codes(), d[1]) {
			t.Errorf("%s is declared but not listed by Codes", d[1])
		}
	}
}
