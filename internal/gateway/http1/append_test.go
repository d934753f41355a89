package http1

import (
	"strings"
	"testing"

	"github.com/lintel-gateway/lintel/internal/message"
)

// TestAppendFieldAgrees: what copies and looks at once says what looking first says, for
// names and values of every length, with an odd character at every place, whether there
// is room or not.
func TestAppendFieldAgrees(t *testing.T) {
	const names, values = "X-Forwarded-Proto-Of-Callers", "0123456789 abcdef~0123456789"
	odd := []byte{0, '\t', '\n', '\r', 0x1f, ' ', ':', '_', '@', '[', '`', '{', 0x7e, 0x7f, 0x80, 0xa0, 0xff}
	check := func(f message.Field) {
		t.Helper()
		want := string(appendField([]byte("before"), f))
		for _, room := range []int{0, 200} {
			b := append(make([]byte, 0, 6+room), "before"...)
			if got := string(AppendField(b, f)); got != want {
				t.Fatalf("%q, %q with room for %d: %q, want %q", f.Name, f.Value, room, got, want)
			}
		}
	}
	for n := range len(names) + 1 {
		for v := range len(values) + 1 {
			check(message.Field{Name: names[:n], Value: values[:v]})
		}
	}
	replaced := func(s string, i int, c byte) string { return s[:i] + string([]byte{c}) + s[i+1:] }
	for _, c := range odd {
		for i := range len(names) {
			for _, cut := range []int{i + 1, len(names)} {
				check(message.Field{Name: replaced(names, i, c)[:cut], Value: values})
				check(message.Field{Name: "X-Request-Id", Value: replaced(values, i, c)[:cut]})
				check(message.Field{Name: replaced(names, i, c)[:cut], Value: "http"})
			}
		}
	}
	if got := string(AppendField(nil, message.Field{Name: "X-Request-Id", Value: "a\r\nEvil: 1"})); strings.Count(got, "\n") != 1 {
		t.Errorf("%q", got)
	}
}
