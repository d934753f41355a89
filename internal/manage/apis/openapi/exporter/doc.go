// Package exporter makes a document of APIs: Swagger 2.0 as the reference prints
// it (4.18.1), or OpenAPI 3.0.3 with the same words.
//
// The order of everything is fixed, so the same APIs give the same bytes, and
// importing what was exported and exporting it again gives them once more. What
// the reference has no word for is written with ours (package extension), and
// only where it is not the default. A path can have one operation of a method;
// APIs that differ only by their match mode are told apart by x-lintel-swa.
//
// Not written, because documents do not carry them: the definitions of group
// responses, functions, channels and authorizers. They are named.
package exporter
