// Package archtest keeps the house as it was drawn: the import rules of
// docs/architecture.md, each with its reason, and the rules of the house that a
// compiler does not check. It holds tests only, reads source files without
// building them, and is imported by nobody.
//
// A rule that stands in the way is changed here, with a new reason, in the
// same commit as the code that needs it.
package archtest
