//go:build !race

package acl_test

const race = false
