package accounts

import "github.com/lintel-gateway/lintel/internal/store"

const insertGroupAssignment = `
INSERT INTO identity_group_assignments (group_id, role_id, scope, target_id) VALUES ($1, $2, $3, $4)
ON CONFLICT DO NOTHING`

const deleteGroupAssignment = `
DELETE FROM identity_group_assignments WHERE group_id = $1 AND role_id = $2 AND scope = $3 AND target_id = $4`

const selectAssigned = `
SELECT r.id, r.name, r.description FROM identity_assignments a JOIN identity_roles r ON r.id = a.role_id
WHERE a.user_id = $1 AND a.scope = $2 AND a.target_id = $3 ORDER BY r.name LIMIT 10000`

const selectGroupAssigned = `
SELECT r.id, r.name, r.description FROM identity_group_assignments a JOIN identity_roles r ON r.id = a.role_id
WHERE a.group_id = $1 AND a.scope = $2 AND a.target_id = $3 ORDER BY r.name LIMIT 10000`

const countUserAdmin = `
SELECT COUNT(*) FROM identity_holdings a JOIN identity_roles r ON r.id = a.role_id WHERE a.user_id = $1 AND r.name IN ($2, $3)`

const countGroupAdmin = `
SELECT COUNT(*) FROM identity_group_assignments a JOIN identity_roles r ON r.id = a.role_id
WHERE a.group_id = $1 AND r.name IN ($2, $3)`

// selectOneUser is the user $1 in the form of tokens.VoidUsers.
const selectOneUser = `SELECT id AS user_id FROM identity_users WHERE id = $1`

// Holdings are read as selectHoldings + (groupHoldings | memberHoldings) +
// joinHoldings + conditions + orderHoldings.
const selectHoldings = `
SELECT a.user_id, COALESCE(u.name, ''), COALESCE(u.domain_id, ''), COALESCE(ud.name, ''),
       a.group_id, COALESCE(g.name, ''), COALESCE(g.domain_id, ''), COALESCE(gd.name, ''),
       r.id, r.name, a.scope, a.target_id, COALESCE(p.name, d.name, ''), COALESCE(p.domain_id, ''), COALESCE(pd.name, '')
FROM (SELECT user_id, '' AS group_id, role_id, scope, target_id FROM identity_assignments UNION ALL `

const groupHoldings = `
SELECT '', group_id, role_id, scope, target_id FROM identity_group_assignments`

const memberHoldings = `
SELECT m.user_id, m.group_id, h.role_id, h.scope, h.target_id
FROM identity_group_assignments h JOIN identity_memberships m ON m.group_id = h.group_id`

const joinHoldings = `) a
JOIN identity_roles r ON r.id = a.role_id
LEFT JOIN identity_users u ON u.id = a.user_id LEFT JOIN identity_domains ud ON ud.id = u.domain_id
LEFT JOIN identity_groups g ON g.id = a.group_id LEFT JOIN identity_domains gd ON gd.id = g.domain_id
LEFT JOIN identity_projects p ON a.scope = 'project' AND p.id = a.target_id
LEFT JOIN identity_domains pd ON pd.id = p.domain_id
LEFT JOIN identity_domains d ON a.scope = 'domain' AND d.id = a.target_id`

const orderHoldings = ` ORDER BY a.user_id, a.group_id, a.scope, a.target_id, r.name`

func scanHolding(row store.Scanner) (h Holding, err error) {
	err = row.Scan(&h.User.ID, &h.User.Name, &h.User.DomainID, &h.User.DomainName,
		&h.Group.ID, &h.Group.Name, &h.Group.DomainID, &h.Group.DomainName,
		&h.Role.ID, &h.Role.Name, &h.Scope, &h.Place.ID, &h.Place.Name, &h.Place.DomainID, &h.Place.DomainName)
	return h, err
}
