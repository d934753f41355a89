//go:build !race

package http1

// poisoned overwrites memory that is given back, in a build with the race
// detector.
func poisoned([]byte) {}
