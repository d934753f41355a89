package accounts

import "github.com/lintel-gateway/lintel/internal/store"

const selectRole = `SELECT id, name, description FROM identity_roles`

const updateRole = `UPDATE identity_roles SET name = $1, description = $2 WHERE id = $3`

// selectHoldersOf are the users who hold the role $1 somewhere.
const selectHoldersOf = `SELECT DISTINCT user_id FROM identity_holdings WHERE role_id = $1`

// leavingRole removes, in this order, every row that refers to the role $1, and
// the role. Whoever makes a table that does adds its line.
func leavingRole() []string {
	return []string{
		`DELETE FROM identity_assignments WHERE role_id = $1`,
		`DELETE FROM identity_group_assignments WHERE role_id = $1`,
		`DELETE FROM identity_roles WHERE id = $1`,
	}
}

func scanRoleText(row store.Scanner) (r Role, err error) {
	err = row.Scan(&r.ID, &r.Name, &r.Description)
	return r, err
}
