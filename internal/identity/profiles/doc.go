// Package profiles shows users and groups as the third dialect does, and to everybody themselves.
package profiles
