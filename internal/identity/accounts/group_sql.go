package accounts

import "github.com/lintel-gateway/lintel/internal/store"

const selectGroup = `
SELECT g.id, g.name, g.description, g.domain_id, g.create_time,
       (SELECT COUNT(*) FROM identity_memberships c WHERE c.group_id = g.id)
FROM identity_groups g`

const countGroups = `SELECT COUNT(*) FROM identity_groups g`

const insertGroup = `
INSERT INTO identity_groups (id, domain_id, name, description, create_time) VALUES ($1, $2, $3, $4, $5)`

const updateGroup = `UPDATE identity_groups SET name = $1, description = $2 WHERE id = $3`

const selectMembers = `SELECT user_id FROM identity_memberships WHERE group_id = $1`

const selectMember = `SELECT COUNT(*) FROM identity_memberships WHERE group_id = $1 AND user_id = $2`

const insertMember = `
INSERT INTO identity_memberships (group_id, user_id) VALUES ($1, $2) ON CONFLICT DO NOTHING`

const deleteMember = `DELETE FROM identity_memberships WHERE group_id = $1 AND user_id = $2`

// leavingGroup removes, in this order, every row that refers to the group $1,
// and the group. Whoever makes a table that does adds its line.
func leavingGroup() []string {
	return []string{
		`DELETE FROM identity_group_assignments WHERE group_id = $1`,
		`DELETE FROM identity_memberships WHERE group_id = $1`,
		`DELETE FROM identity_groups WHERE id = $1`,
	}
}

func scanGroup(row store.Scanner) (g Group, err error) {
	var created int64
	err = row.Scan(&g.ID, &g.Name, &g.Description, &g.DomainID, &created, &g.Members)
	g.Created = store.Time(created)
	return g, err
}
