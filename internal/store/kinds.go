package store

import (
	"errors"
	"time"
)

// Error kinds. Handlers compare with errors.Is; the engine's own error stays
// in the chain for the log and never reaches a wire.
var (
	// ErrNotFound: the row that was asked for does not exist.
	ErrNotFound = errors.New("store: not found")
	// ErrDuplicate: a uniqueness rule refused the row. The area has checked
	// names before; this is the net under that check.
	ErrDuplicate = errors.New("store: duplicate")
	// ErrInUse: another row refers to this one.
	ErrInUse = errors.New("store: in use")
	// ErrUnavailable: the database cannot be reached, is full or read-only.
	ErrUnavailable = errors.New("store: unavailable")
)

// Micros is how a moment is stored: microseconds since the epoch.
func Micros(t time.Time) int64 { return t.UnixMicro() }

// Time is the moment that Micros stored.
func Time(us int64) time.Time { return time.UnixMicro(us).UTC() }
