// Package sign signs what is sent to a backend.
package sign
