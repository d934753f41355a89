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
// its name.
//
// Every call gets a fresh instance in fresh address space (memory.go), and both
// are thrown away after it: nothing of one call is there for the next. That costs
// 13 µs with compiled code at hand, whatever memory the module begins with,
// because the system zeroes only the pages that are touched; so no instance is
// ever reused, and none waits in a pool.
//
// What a module can cost is bounded on every side: its size and its shape before
// anything is compiled (inspect.go), its memory in the definition's megabytes,
// its time in the definition's milliseconds, its output and its log, and its
// share of the machine (gate.go): one function cannot take the places of its
// project, and one project not those of everybody. The reference types of
// WebAssembly are switched off, because table.grow takes memory that no limit of
// the module's memory counts.
//
// Compiled code runs until it asks whether to stop. The engine makes it ask at the
// head of each loop only; withChecks (checks.go, pieces.go) makes it ask where else
// it could run for long: by calls without a loop, or by one instruction that fills
// a gigabyte. And because it holds its processor between these moments, one
// project computes on all processors but one at most (cores.go). On a machine with
// two that is one: an endless loop then holds up its own project's functions until
// its time is over, and nobody else's. Lower priorities for such threads are no
// way out: the collector would wait for threads that the kernel does not run.
//
// The package owns no rows and no wire format. Both planes use it, so it imports
// the definitions and nothing of either plane. Which addresses an http function
// may reach is not decided here: whoever makes a Runtime hands in the transport.
package function
