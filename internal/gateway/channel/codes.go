package channel

import (
	"fmt"
	"strings"
)

// codes is a set of HTTP status codes from 100 to 599.
type codes [8]uint64

func (c *codes) has(status int) bool {
	return status >= 100 && status <= 599 && c[(status-100)/64]>>((status-100)%64)&1 == 1
}

// parseCodes reads numbers and ranges of them, separated by commas: "200,201",
// "200-299", "200,300-399" (wire-facts §10).
func parseCodes(text string) (*codes, error) {
	var c codes
	for part := range strings.SplitSeq(text, ",") {
		first, last, isRange := strings.Cut(part, "-")
		from, ok := code(first)
		to := from
		if isRange && ok {
			to, ok = code(last)
		}
		if !ok || from > to {
			return nil, fmt.Errorf("codes %q: %q is neither a code from 100 to 599 nor a range of them", text, part)
		}
		for n := from; n <= to; n++ {
			c[(n-100)/64] |= 1 << ((n - 100) % 64)
		}
	}
	return &c, nil
}

func code(s string) (n int, ok bool) {
	if len(s) != 3 {
		return 0, false
	}
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
		n = n*10 + int(s[i]-'0')
	}
	return n, n >= 100 && n <= 599
}
