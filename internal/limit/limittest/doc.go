// Package limittest says what every limit.Limiter does: all wants or none,
// exactly the limit in a window whatever runs at once, windows aligned to the
// epoch, limits that change, counters that go away when their window is over.
//
// Time is the implementation's, so a suite is run with a way to move it. It
// does not test what one implementation promises beyond this, like Memory's
// bound.
package limittest
