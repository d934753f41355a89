// Package h2spec runs the conformance tests of github.com/summerwind/h2spec against
// both ports of a built lintel.
//
// It is a module of its own, so that what h2spec depends on stays out of Lintel's own
// dependencies. What is called is a published API whose backend reads the request: an
// API that is not there would be answered before the request has ended, and some
// tests are about requests that have not.
//
// allowed.txt lists the tests that net/http fails in go1.26.8 whatever handler is
// behind it. A failure outside the list fails here.
package h2spec
