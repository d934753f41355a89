// Package functiontest assembles small WASI modules for tests: what a function
// does right, and everything that it can do wrong. They are written as
// instructions, so that no compiler is needed and each does one thing.
package functiontest
