// Package entitlement answers what the cloud, a department or a project may own.
//
// It owns the tables project_quotas and quota_accounts, of which package ledger
// keeps the counters used and reserved. Areas ask Book.Room inside the
// transaction that adds the row, after counting, so that two writers cannot both
// take the last place and a quota that was just lowered holds at once. What may
// be counted and what is allowed without a change is package quota's.
//
// A project has the configured quotas with what an administrator changed for it,
// which project_quotas alone says. Its department and the cloud have quotas only
// where somebody set them. A row needs room at all three levels; the quotas of
// the default department are the cloud's.
//
// A project's quota that is lowered below what exists, by the configuration or
// with /v1.0/apigw/config/project, takes nothing away; it refuses the next row.
// What is set for a project is at most what its department, or the cloud, has
// left: the numbers that were set never add up to more than there is.
package entitlement
