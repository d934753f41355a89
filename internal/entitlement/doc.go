// Package entitlement answers what one project may own: the configured quotas
// with what an administrator changed for that project.
//
// It owns the table project_quotas. Areas ask inside the transaction that adds
// the row, after counting, so that two writers cannot both take the last place
// and a quota that was just lowered holds at once. What may be counted and what
// is allowed without a change is package quota's.
//
// A quota that is lowered below what exists takes nothing away; it refuses the
// next row.
package entitlement
