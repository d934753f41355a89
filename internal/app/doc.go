// Package app is the composition root: the commands of the binary, and the one
// place where the parts of the platform are built from configuration, joined,
// started in a listed order and stopped in the reverse one.
//
// Everything may be imported here; nothing but cmd/lintel (and tests that need
// the whole platform in one process) imports this package. It holds no rules
// of any area: what is here is wiring and the text that people see when they
// start the binary.
//
//	run.go         the commands and their exit codes
//	serve.go       `lintel serve`
//	platform.go    the parts and their order
//	management.go  areas → dialects → handler
//	node.go        the gateway of this process
//	demo*.go       `lintel demo`
//	call.go        `lintel call`
package app
