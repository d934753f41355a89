// Package e2e holds the tests of the built binary: what only a process can
// show. It starts lintel as an operator does, speaks to it over the wire, stops
// it with signals and starts it again on what it left behind.
//
// What one package can prove alone is tested there. Nothing here reaches into
// the process: the one exception is the SQLite file, which is read after a
// kill -9, before the next start could repair it.
//
// Every process gets ports of its own and a data folder of its own, so that
// tests run in parallel, and it is signalled by its process id only.
package e2e
