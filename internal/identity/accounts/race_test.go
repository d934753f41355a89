//go:build race

package accounts_test

// great is the size of a great group: SQLite is some thirty times slower under
// the race detector.
const great = 1_000
