// Package authorizers is the area of custom authorizers: reference 4.19.
package authorizers
