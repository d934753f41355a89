// Package roles serves /v3/roles, who holds which of them where, and /v3/role_assignments.
package roles
