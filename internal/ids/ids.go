// Package ids makes identifiers and generated secrets from an injected source
// of randomness.
//
// Every identifier on our wires is 32 lower-case hex characters, that is 128
// random bits: an id tells nothing and cannot be guessed (wire-facts §0.3).
package ids

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"io"
	"sync"
)

// Source makes identifiers. It is safe for concurrent use.
type Source struct {
	mu sync.Mutex
	r  io.Reader
}

// Random is a source fed by the operating system.
func Random() *Source { return &Source{r: rand.Reader} }

// From is a source fed by r, for tests that need the same identifiers twice.
func From(r io.Reader) *Source { return &Source{r: r} }

// New returns a fresh identifier.
func (s *Source) New() string { return hex.EncodeToString(s.Bytes(16)) }

// Bytes returns n random bytes. It panics when the source is exhausted: to go
// on without randomness would make guessable secrets.
func (s *Source) Bytes(n int) []byte {
	b := make([]byte, n)
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, err := io.ReadFull(s.r, b); err != nil {
		panic(fmt.Sprintf("ids: no randomness: %v", err))
	}
	return b
}

// Valid reports whether s has the form of an identifier made here.
func Valid(s string) bool {
	if len(s) != 32 {
		return false
	}
	for i := range len(s) {
		if c := s[i]; (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}
