// Package tenant is a project of an installation under measurement, and the
// requests to the management API that are made in its name.
//
// It owns: logging in, one request with its duration, publishing in batches. It
// does not own: how the installation was started and what it is filled with,
// which each benchmark says for itself.
//
// A Project is safe for concurrent use once it is made.
package tenant
