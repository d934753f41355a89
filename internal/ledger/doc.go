// Package ledger says how much the cloud, each department and each project may
// own, what was given on, and what is taken: department quotas (wire-facts §17,
// EOS 6.1.1 reference, 1.3) and the reservations with which other services claim
// against the same numbers.
//
// It owns the tables quota_volume_types, quota_products, quota_reservations and
// quota_expiries, and the counters of quota_accounts, whose quotas are package
// entitlement's.
// Where the platform's own rows are counted (groups, APIs, apps, …) is
// entitlement too: they are never reserved, areas ask Book.Room when they write.
//
// Rules:
//   - Numbers are exact: millionths in 64 bits, at most six decimals on the wire.
//     -1 is "no bound at this level"; the levels above still hold.
//   - The default domain's quotas are the cloud's. A quota is at most what the
//     level above has left to give, and at least what was given on or is taken.
//   - A claim takes all of its items at all three levels, or nothing. Claims that
//     wait at the same time share one transaction (combiner), because there is
//     one writer at a time; what each may take is decided one after the other.
//   - What a batch knows it leaves to the next (memory), which believes it only
//     when the database says that nobody has written anything in between. After
//     any other write, of this node or another, it reads everything anew.
//   - used and reserved of an account are, at every commit, the sums of its
//     committed and open reservations. There is no way to write them directly: a
//     service that lost track lists its reservations and releases what is gone.
//   - An open reservation that has expired is free at once: every batch returns
//     the expired ones first, and reading leaves them out.
//   - Reservations are made by administrators and by users with the role
//     "service" on a project in scope, which only an administrator gives. A
//     service sees its own alone. Which project it claims for is in the body: that is
//     what the role is for.
//   - The same request id of the same user is the same reservation, for at least
//     a day after that ended.
//
// Choices where the reference is silent: refusals of numbers are 409 when the
// state of other quotas is the reason and 400 when the number itself is; items
// are accepted under the plural and the singular name and answered as in the
// JSON samples; quota_fake, which the reference calls obsolete, repeats the
// quotas of the items that it has there; usage counts open reservations.
package ledger
