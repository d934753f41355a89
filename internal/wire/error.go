package wire

import (
	"fmt"
	"strings"
)

// Error is a refusal with its place on the wire. The errors of a dialect are
// declared once, as package variables in the order of its reference; Msg, With
// and Because make variants of a declared one.
type Error struct {
	Code    string // "APIG.2011"; Keystone has none
	Status  int
	Message string
	// Title is the status phrase Keystone repeats in its body.
	Title string

	cause error // for the log only
}

func (e *Error) Error() string { return fmt.Sprintf("%s (%d): %s", e.Code, e.Status, e.Message) }

func (e *Error) Unwrap() error { return e.cause }

// Is makes variants of one declared error equal under errors.Is.
func (e *Error) Is(target error) bool {
	t, ok := target.(*Error)
	return ok && t.Code == e.Code && t.Status == e.Status && (t.Code != "" || t.Title == e.Title)
}

// Msg is e with another text.
func (e *Error) Msg(format string, args ...any) *Error {
	c := *e
	c.Message = fmt.Sprintf(format, args...)
	return &c
}

// Text is the message without its full stop, for forms that go on after it.
func (e *Error) Text() string { return strings.TrimSuffix(e.Message, ".") }

// With is e with a detail in the form of the references: the full stop of the
// text becomes a colon and the detail (wire-facts §1.3).
func (e *Error) With(detail string) *Error {
	if detail == "" {
		return e
	}
	return e.Msg("%s: %s", e.Text(), detail)
}

// Because is e with a cause that only the log shows.
func (e *Error) Because(err error) *Error {
	c := *e
	c.cause = err
	return &c
}

// Refusal says why credentials were not accepted; each dialect has its words.
type Refusal int

const (
	Missing   Refusal = iota + 1 // no credentials
	Invalid                      // wrong, unknown, revoked, forged, more than one kind
	Expired                      // was valid once, or the signature's date is out of the window
	NoProject                    // valid, but the route needs a project in scope
	TooLarge                     // signed body over 12 MB
)

// AuthError is what an Authenticator answers instead of an Actor.
type AuthError struct {
	Refusal Refusal
	Detail  string // safe to show
	Cause   error  // for the log only
}

func (e *AuthError) Error() string { return "credentials refused: " + e.Detail }

func (e *AuthError) Unwrap() error { return e.Cause }
