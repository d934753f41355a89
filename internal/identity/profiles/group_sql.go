package profiles

import (
	"context"

	"github.com/lintel-gateway/lintel/internal/identity/accounts"
	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/wire"
)

// selectAdminGroups are the groups of the department $1 that hold the role $2
// anywhere: one query for a page, not one for each group on it.
const selectAdminGroups = `
SELECT DISTINCT a.group_id FROM identity_group_assignments a
JOIN identity_roles r ON r.id = a.role_id JOIN identity_groups g ON g.id = a.group_id
WHERE g.domain_id = $1 AND r.name = $2 LIMIT 10000`

// managedGroups answers which groups an actor may change: a manager those of
// its department that do not make administrators of the platform.
func (a *Area) managedGroups(ctx context.Context, actor *wire.Actor) (func(*accounts.Group) bool, error) {
	by := accounts.Managed(actor)
	if by.All || by.DomainID == "" {
		return func(*accounts.Group) bool { return by.All }, nil
	}
	list, err := store.List(ctx, a.Accounts.DB, store.Text, selectAdminGroups, by.DomainID, accounts.RoleAdmin)
	admins := make(map[string]bool, len(list))
	for _, id := range list {
		admins[id] = true
	}
	return func(g *accounts.Group) bool { return by.Domain(g.DomainID) && !admins[g.ID] }, err
}
