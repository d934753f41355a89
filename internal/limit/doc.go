// Package limit counts calls in fixed windows: how many an API, a caller or an
// address had in the running second, minute, hour or day.
//
// It owns the counters and the rule by which several of them admit one call
// together or not at all. It does not own which limits hold for a call, what
// they are called on the wire or what a refused caller is told: that is
// gateway/policy/throttle's. It knows no call and no plane.
//
// Windows. A window of n seconds begins whenever the seconds since the epoch are
// a multiple of n, so a day is a UTC day and all gateways turn at one moment.
// Windows are not sliding: twice the limit can pass in a short time around a
// turn. Nobody documents what the original does (wire-facts §8); its later
// edition calls its only algorithm "counter".
//
// Invariants. A call that is refused by one limit is counted by none. In one
// window never more calls are admitted than the limit that they named, whatever
// runs at once; and none is refused while there is room, also not for a moment
// because another call asks at the same time. A limit that is changed holds for
// the next call and keeps what was counted; a period that is changed begins at
// zero, because what was counted in the other one has no place in it.
//
// Time. The implementation reads it, not the caller: gateways that share their
// counters must share the clock too. A clock that is set back by less than one
// window goes on counting in the window that had begun; one that is set back
// further begins anew.
//
// Leases. Memory lends each core calls out of its counters, so that calls of one API
// on several cores do not meet in each of them (docs/decisions/0019-leases.md). Nothing
// of the above is any less exact for it.
//
// Limiter is an interface because gateways that share a Redis will have a second
// implementation; limittest says what both must do. Memory is the one of a
// single gateway.
package limit
