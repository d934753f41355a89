//go:build race

package acl_test

const race = true
