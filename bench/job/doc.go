// Package job is what the host tells the guest that counts instructions, and what
// it hears back: one JSON object a line.
//
// It owns these two forms, nothing else. The guest believes what it is told.
package job
