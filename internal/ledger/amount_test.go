package ledger

import (
	"encoding/json"
	"math/big"
	"testing"
)

func TestAmounts(t *testing.T) {
	for text, want := range map[string]string{
		"0": "0", "60": "60", "60.0": "60", "156.5": "156.5", "31146.0": "31146", "0.000001": "0.000001", "1000000000": "1000000000",
		"1000000000.000000": "1000000000", "0.1000000000000": "0.1", "-1": "-1", "-1.0": "-1",
	} {
		n, ok := parse(text, true)
		if !ok || n.String() != want {
			t.Errorf("%s is %s (%t), want %s", text, n, ok, want)
		}
	}
	for _, text := range []string{
		"", "-", ".", ".5", "-0", "-0.0", "-2", "-1.5", "-11", "--1", "-1-", "-1.1", "+1", "1e3", "1E3", "0x1", "NaN", "Infinity", `"1"`, "null", "true", "[1]",
		"0.0000001", "1000000000.000001", "99999999999999999999", "1.2.3", "1 ", " 1", "١", "1_000",
	} {
		if n, ok := parse(text, true); ok {
			t.Errorf("%q is %s", text, n)
		}
	}
	if _, ok := parse("-1", false); ok {
		t.Error("-1 is an amount to take")
	}
}

// FuzzAmount: what is read is exactly what was written, and is written so that
// it is read again.
func FuzzAmount(f *testing.F) {
	for _, seed := range []string{"0", "-1", "156.5", "0.000001", "1000000000", "1e9", "-0", "31146.0", "-1.", "1.000000", "9223372036854"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		n, ok := parse(text, true)
		if !ok || !json.Valid([]byte(text)) {
			return
		}
		exact, valid := new(big.Rat).SetString(text)
		if !valid {
			t.Fatalf("%q is %s", text, n)
		}
		got := new(big.Rat).SetFrac64(int64(n), unit)
		if n == Unlimited {
			got = big.NewRat(-1, 1)
		}
		if got.Cmp(exact) != 0 {
			t.Errorf("%q is %s", text, n)
		}
		if again, ok := parse(n.String(), true); !ok || again != n {
			t.Errorf("%q is written %s", text, n)
		}
	})
}
