// Package groups serves /v3/groups and the members of each.
package groups
