// Package functions is the area of functions and their versions, which function URNs name.
package functions
