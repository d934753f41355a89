// Package configs is the area of the configuration of a project, which is its
// quotas: wire-facts §0.2.
//
// It owns no table. Quotas are package entitlement's, which keeps what was
// changed for a project; this area reads when, and names them on the wire. It
// reads the projects of identity, to refuse one that does not exist.
//
// Names are those of the newer edition of this API, which lists more of them
// than the three that the older one shows; for what neither has, names of the
// same form. Ids are the place in the list, as in the sample. config_time is
// when an administrator changed the number, null for one that is as configured.
//
// Everybody reads the configuration of the project that it works in. What the
// reference lacks is how it is changed: administrators set a number for a
// project with PUT and go back to the configured one with DELETE; project_id
// says whose, without it the administrator's own. Others are refused with
// APIG.1107. A number that is lowered below what exists takes nothing away.
package configs
