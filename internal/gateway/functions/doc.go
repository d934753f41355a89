// Package functions holds the functions that this gateway can run, by URN and
// version.
package functions
