// Package extension holds the words that a document of this product has beyond
// OpenAPI (wire-facts §15.4), and both ways of those that stand at its root:
// throttling and access control policies.
//
// Words beginning with x-apigateway are the reference's. Those beginning with
// x-lintel are ours, for what an API has and the reference has no word for; an
// export writes them only where an API differs from the default, so documents
// for other gateways stay as the reference prints them.
package extension
