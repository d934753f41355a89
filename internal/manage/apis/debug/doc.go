// Package debug is the area of debugging an API: reference 4.2.14. It owns no
// table: it decides who may debug what, and what a debug request may say; the
// gateway makes the call.
//
// DEVELOPER runs the draft, for the project of the API and administrators. A
// draft that uses environment variables cannot be run so, because no
// environment is named (the reference says so; APIG.2030).
//
// CONSUMER calls what an environment serves, for the project of the API, for
// administrators, and for projects one of whose apps may call it there. The
// latter are told to the gateway as strangers, which it serves and shows like any
// caller. X-Forwarded-For may not be sent: where a debug call comes from is what
// the connection to management says. MARKET,
// which the reference's table leaves out of the modes and mentions elsewhere,
// is refused.
package debug
