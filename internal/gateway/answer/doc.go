// Package answer words the faults of a group: its own responses (wire-facts §14),
// compiled.
package answer
