//go:build race

package document_test

const slower = 10
