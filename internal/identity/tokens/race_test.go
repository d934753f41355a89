//go:build race

package tokens_test

// raceDetector: sync.Pool drops a part of what it holds under the race
// detector, so allocation counts mean nothing there.
const raceDetector = true
