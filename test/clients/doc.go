// Package clients drives a built lintel with clients that people already have:
// the signer of huaweicloud-sdk-go-v3, and gophercloud.
//
// It is a module of its own, so that what these clients depend on stays out of
// Lintel's own dependencies, and it knows Lintel by its wire alone.
package clients
