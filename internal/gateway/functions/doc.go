// Package functions holds the functions that this gateway can run, by URN and
// version, and knows both sides of a call of one: the event that a function is
// given and the HTTP-like answer that it returns (wire-facts §7).
//
// Events are strings by name, and a call may carry a name more than once. All
// values reach the function, joined with ",", in the order in which they came:
// of two readers, one would otherwise decide by the first and one by the last.
// Values of Cookie are joined with "; ", as RFC 6265 writes them. Header names
// are in lower case, as in the published samples.
//
// Answers are read by the letter: member names in their exact case, no member
// twice, no other types than those listed. An answer that two readers could
// understand differently is refused as a whole.
//
// Not here: running (internal/function), choosing what of a call a function may
// see (policy/identity, policy/mapping, policy/authorizer).
package functions
