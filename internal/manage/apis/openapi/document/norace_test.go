//go:build !race

package document_test

// slower is by how much the race detector slows things down.
const slower = 1
