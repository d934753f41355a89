//go:build !race

package iamauth_test

const race = false
