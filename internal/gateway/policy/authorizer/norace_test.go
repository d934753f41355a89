//go:build !race

package authorizer_test

const raceDetector = false
