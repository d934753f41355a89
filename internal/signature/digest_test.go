package signature_test

import (
	"bytes"
	"crypto/sha256"
	"testing"

	"github.com/lintel-gateway/lintel/internal/signature"
)

// TestDigests: a Go release that keeps the words of SHA-256 elsewhere is served by the
// marshalled form, which gives the same sums.
func TestDigests(t *testing.T) {
	for blocks := range 4 {
		for size := range 3 * sha256.BlockSize {
			head, tail := bytes.Repeat([]byte{'h'}, blocks*sha256.BlockSize), bytes.Repeat([]byte{'t'}, size)
			want := sha256.Sum256(append(bytes.Clone(head), tail...))
			inPlace, marshalled := signature.Digests(head, tail)
			if inPlace != want || marshalled != want {
				t.Fatalf("%d blocks and %d bytes: %x and %x, want %x", blocks, size, inPlace, marshalled, want)
			}
		}
	}
}
