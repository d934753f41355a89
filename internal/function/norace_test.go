//go:build !race

package function_test

const raceDetector = false
