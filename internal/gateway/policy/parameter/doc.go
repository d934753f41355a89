// Package parameter knows the declared request parameters of an API: where a
// call carries each one, and what its values must look like.
//
// Set compiles the declarations; mapping and choice look values up through the
// same Source that Check validated, so that there is one answer to "what is the
// value of this parameter". Check is the policy that refuses a call.
//
// A query or header parameter that comes several times is checked value by
// value and forwarded value by value: to check the first and forward the last
// is how parameter rules get bypassed. A path parameter has exactly one value.
package parameter
