// Package apig is the wire dialect of the API gateway management API, v1.0:
// its error catalogue, its forms of refusal, its rules for names, paging and
// moments, and its words for what the shared steps of package wire refuse.
//
// The catalogue is complete and closed: every code of the reference's appendix
// A.4 stands in one of the errors_*.go files, in document order, and an area
// makes its refusals from those alone. Errors of the data plane are another
// catalogue (package gateway/call).
//
// The package owns no resource and no quota; it knows neither SQL nor areas.
package apig
