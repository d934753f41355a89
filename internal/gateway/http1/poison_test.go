//go:build race

package http1_test

import (
	"strings"
	"testing"

	"github.com/lintel-gateway/lintel/internal/gateway/http1"
)

// TestWhatIsKeptTooLongIsSeen: after Next the strings of a head and the pieces of a
// body are not what they were, in a build with the race detector.
func TestWhatIsKeptTooLongIsSeen(t *testing.T) {
	for name, text := range map[string]string{"small": "", "large": strings.Repeat("v", 7000)} {
		c := sends(post("A: secret"+text+"\r\nContent-Length: 4\r\n") + "body" + get(""))
		var h http1.Request
		fields, err := c.ReadRequest(&h, nil, mostFields, headLimit)
		if err != nil {
			t.Fatal(err)
		}
		var b http1.Body
		b.Request(c, &h.Framing)
		piece, err := b.Next(true)
		if err != nil {
			t.Fatal(err)
		}
		value := fields[1].Value
		c.Next()
		if h.Method != "~~~~" || value[:6] != "~~~~~~" || string(piece) != "~~~~" {
			t.Errorf("%s: %q, %q and %q are still there", name, h.Method, value[:6], piece)
		}
		if all, err := readRequests(c); len(all) != 1 {
			t.Errorf("%s: behind it %+v, %v", name, all, err)
		}
	}
	c := sends()
	out := append(c.Out(), "secret"...)
	c.SetOut(out)
	if err := c.Flush(); err != nil || string(out) != "~~~~~~" {
		t.Errorf("%q, %v", out, err)
	}
}
