// Package quota says how much a project may own: a quota is an entitlement,
// counted in rows, as against a limit, which is a rate of calls.
//
// It owns the items that are counted, their defaults (wire-facts §12, those of
// the shared edition) and how an operator overrides them. Counting is the
// area's, inside the write transaction that adds the row, so that two writers
// cannot both take the last place. The package imports the standard library
// only.
package quota
