// Package forge is the set of routes that the benchmarks use for an API description of
// real size and shape. It owns the routes alone: whoever measures makes APIs of them.
//
// The set never changes from run to run, and no route of it conflicts with another.
package forge
