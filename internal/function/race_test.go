//go:build race

package function_test

// raceDetector: it makes the compiler ten times slower, and says nothing about
// the code that was compiled.
const raceDetector = true
