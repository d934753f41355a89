// Package cli holds the commands with which people administer a running
// platform: lintel user, group, project, domain, role, key and quota.
//
// They are thin clients of the same APIs that everybody else calls, over the
// network, with no way around them: what a command may do is what the
// credentials may do. Settings come from the OS_… variables that every
// OpenStack client reads; without any, the administrator of the first start is
// used with the password that its data folder keeps.
//
// The package owns no rule of the platform. It resolves names to ids as the
// openstack command does (the id first, then the exact name), prints tables for
// people and JSON or YAML for programs, and puts the platform's own words into
// its errors. Secrets are read from standard input or a file descriptor, never
// from a flag, which every user of the machine could read.
package cli
