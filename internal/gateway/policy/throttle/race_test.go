//go:build race

package throttle_test

const race = true
