// Package catalog says what this installation offers and where: the service
// catalog of tokens, and the discovery documents at / and /v3.
//
// Addresses are those of the public site (keystone.Site): clients follow them.
// The package keeps no rows; services are the parts of this binary.
package catalog
