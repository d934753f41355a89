// Package acl admits callers by address and by account.
package acl
