//go:build !race

package order_test

const race = false
