//go:build !race

package limit_test

const race = false
