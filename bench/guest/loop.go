//go:build linux && amd64

package main

// loop executes two instructions n times, and three more; n is at least 1.
func loop(n int64)
