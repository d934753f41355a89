// Package ledger says how much the platform, each department and each project
// may own, and what is taken of it: department quotas, their usage, and the
// reservations with which other services claim against the same numbers.
package ledger
