// Package order counts down the calls that were bought on the marketplace
// (reference 4.12) and refuses those beyond: 405 APIG.0501 when all are used up
// or the order has expired.
//
// It owns what is left of each order that this gateway knows. It does not own
// orders, which are management's, nor who may call: that the app of an order is
// granted an API is policy/grant's to know, and its grants end within a minute of
// the order (then 403 APIG.0304).
//
// What counts. A call by the app of an order, of an API of the group that was
// ordered, in RELEASE: that is what an order buys. Whatever else the app was
// allowed besides is not counted. The policy is the last before the backend, so
// that a call is paid for that was neither throttled nor malformed; that the
// backend failed then does not give it back. Owners who debug pay nothing.
//
// Never more than bought. A call is counted before its backend is asked, with one
// compare-and-swap, so whatever runs at once, exactly as many are admitted as
// were left when this gateway started, or less: records of the order tell what
// other gateways used, and the higher number counts.
//
// Where it is kept. What was counted goes to the database once a minute and at
// the end of the process, by the same loop as the figures of calls; from there it
// comes back to all gateways in the record of the order, and into their state
// files, so a restart goes on where it was, also while the database is away. A
// gateway that is killed, or loses its database for good, forgets what it has
// counted since the last minute: those calls were made and are not paid for.
// Several gateways can together exceed what was bought by what they count in
// one minute.
package order
