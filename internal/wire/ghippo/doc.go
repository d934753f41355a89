// Package ghippo is the third dialect: the errors of grpc-gateway's JSON, lists
// with page and pageSize, moments as texts of milliseconds, and 200 for every
// success (wire-facts §18).
//
// It owns the words of the refusals that the shared steps make, and nothing of
// what the routes do: see identity/bearer, accesstokens and profiles. Errors of
// the identity packages are worded for Keystone; their status and text are
// shown here as they are.
package ghippo
