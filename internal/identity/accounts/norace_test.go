//go:build !race

package accounts_test

// great is the size of a great group: a little more than a list holds.
const great = 10_050
