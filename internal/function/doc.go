// Package function runs functions: WebAssembly modules in a sandbox, and URLs
// that take an event as a POST.
//
//	Load(definition) → Function
//	Invoke: gate (a place among the running) → module cache → one instance → answer
//
// A module is a WASI preview 1 command: the event stands on its stdin, its
// answer is what it writes to stdout, stderr is its log. It sees the clocks, a
// source of random bytes and three variables (FUNCTION_URN, FUNCTION_VERSION,
// FUNCTION_HANDLER), and nothing else: no files, no network, no arguments but
// its name. Every call gets a fresh instance; compiled code is kept, so that
// whoever reuses instances later only replaces the last step.
//
// What a module can cost is bounded on every side: its size and its shape before
// anything is compiled (inspect.go), its memory in the definition's megabytes,
// its time in the definition's milliseconds, its output and its log, and its
// share of the machine (gate.go): one function cannot take the places of its
// project, and one project not those of everybody. The reference types of
// WebAssembly are switched off, because table.grow takes memory that no limit of
// the module's memory counts.
//
// The package owns no rows and no wire format. Both planes use it, so it imports
// the definitions and nothing of either plane. Which addresses an http function
// may reach is not decided here: whoever makes a Runtime hands in the transport.
package function
