package statistics

import "testing"

// FuzzMinutesOf: a duration is between one minute and 24 hours, or refused.
func FuzzMinutesOf(f *testing.F) {
	for _, seed := range []string{"1h", "24h", "25h", "1440m", "0m", "m", "h", "-1h", "1.5h", "１h", "99999999999999999999m", "+1h", "0x1h"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if text == "" {
			t.Skip("a missing duration is refused before")
		}
		if n, err := minutesOf(text); err == nil && (n < 1 || n > maxDuration) {
			t.Errorf("%q is %d minutes", text, n)
		}
	})
}
