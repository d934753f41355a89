package mapping

import (
	"context"
	"strings"
	"testing"

	"github.com/lintel-gateway/lintel/internal/gateway/call"
	"github.com/lintel-gateway/lintel/internal/message"
)

// TestFieldValueEveryByte: every byte at every place of texts of every length up to
// three words is judged alone.
func TestFieldValueEveryByte(t *testing.T) {
	for size := range 25 {
		for at := range size {
			for c := range 256 {
				text := []byte(strings.Repeat("a", size))
				text[at] = byte(c)
				want := c == '\t' || c >= ' ' && c != 0x7f
				if fieldValue(string(text)) != want {
					t.Fatalf("%q: %v", text, !want)
				}
			}
		}
	}
}

// TestPlainQueryLikeAny: a query that is spelled as it is read becomes the same, whether
// its pairs are found by their lengths or by what divides them.
func TestPlainQueryLikeAny(t *testing.T) {
	r := rewrite{drop: []string{"page", "x"}, lengths: 1<<4 | 1<<1}
	for _, raw := range []string{
		"", "&", "&&", "a", "a=", "=", "=b", "a=b", "page", "page=", "page=7", "page=7&cur=usd", "cur=usd&page=7",
		"&a=1&&b=2&", "x&x=&x=1&y", "a&page&b", "page&&page=1&=&a", "abcd=1&page=2",
	} {
		c := call.Acquire(context.Background())
		var err error
		var plain bool
		if c.Request.Query, plain, err = message.ReadQuery(c.Request.Query, raw); err != nil || !plain {
			t.Fatalf("%q: plain %v, %v", raw, plain, err)
		}
		c.Request.RawQuery = raw
		byLength, ok := r.appendPlain(nil, c)
		byMark, too := r.appendPassing(nil, c, true)
		if !ok || !too || string(byLength) != string(byMark) {
			t.Errorf("%q: %q by lengths, %q by marks", raw, byLength, byMark)
		}
		call.Release(c)
	}
}
