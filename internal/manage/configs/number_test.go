package configs

import (
	"strconv"
	"testing"

	"github.com/lintel-gateway/lintel/internal/quota"
)

// FuzzNumber: a quota is a whole number in its range, or refused.
func FuzzNumber(f *testing.F) {
	for _, seed := range []string{"0", "400", "1000000", "1000001", "-1", "+1", "0x10", "1e3", " 1", "١", "", "99999999999999999999"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		n, err := number(text)
		if err != nil {
			return
		}
		if again, err := strconv.Atoi(text); err != nil || n != again || n < 0 || n > quota.Most {
			t.Errorf("%q is %d", text, n)
		}
	})
}
