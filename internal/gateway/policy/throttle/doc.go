// Package throttle bounds the calls of an API.
package throttle
