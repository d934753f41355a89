//go:build !race

// The race detector makes sync.Pool forget at random, which allocates.

package signature_test

import (
	"testing"

	"github.com/lintel-gateway/lintel/internal/signature"
)

func TestVerifyDoesNotAllocate(t *testing.T) {
	for _, v := range []vector{vectors()[0], vectors()[2]} { // queries that need sorting and escaping
		m, key := v.message(t), signature.NewKey([]byte(v.secret))
		a, _ := signature.ParseAuthorization(v.authorization())
		if n := testing.AllocsPerRun(100, func() {
			if err := key.Verify(a, m, v.date(), v.payload); err != nil {
				t.Fatal(err)
			}
		}); n != 0 {
			t.Errorf("%s: %v allocations, want 0", v.name, n)
		}
	}
	if n := testing.AllocsPerRun(100, func() {
		if err := signature.CheckDate(sampleAt, signedAt); err != nil {
			t.Fatal(err)
		}
	}); n != 0 {
		t.Errorf("CheckDate: %v allocations, want 0", n)
	}
}
