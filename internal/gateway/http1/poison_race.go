//go:build race

package http1

// poisoned overwrites memory that is given back, so that a string or a piece that is
// kept too long is seen in tests, and reported as a race when another goroutine has it.
func poisoned(b []byte) {
	for i := range b {
		b[i] = '~'
	}
}
