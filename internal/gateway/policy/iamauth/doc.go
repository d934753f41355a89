// Package iamauth authenticates users of the platform: by their token or by a
// signature made with their access key.
package iamauth
