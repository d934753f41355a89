package message_test

import (
	"testing"

	"github.com/lintel-gateway/lintel/internal/message"
)

// TestLayoutEveryByte: names of every length differ by any bit of any of their bytes.
func TestLayoutEveryByte(t *testing.T) {
	var l message.Layout
	const letters = "X-Some-Name-That-Is-Longer-Than-Four-Words-Of-Eight"
	for size := range len(letters) + 1 {
		own := letters[:size]
		l.Learn(fieldsNamed("Host", own, "Accept"))
		if !l.Same(fieldsNamed("Host", own, "Accept")) {
			t.Errorf("%q is not known", own)
		}
		for at := range size {
			for bit := range 8 {
				other := []byte(own)
				other[at] ^= 1 << bit
				if l.Same(fieldsNamed("Host", string(other), "Accept")) {
					t.Errorf("%q is taken for %q", other, own)
				}
			}
		}
		if want := len("Host") + size + len("Accept"); l.Size() != want {
			t.Errorf("%q: %d bytes of names, want %d", own, l.Size(), want)
		}
	}
}
