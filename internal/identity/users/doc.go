// Package users serves /v3/users, the users of departments as Keystone shows them.
package users
