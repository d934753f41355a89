// Package appcredentials owns application credentials and serves them below /v3/users.
package appcredentials
