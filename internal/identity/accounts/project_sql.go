package accounts

// noTags is how a project without tags is stored.
const noTags = "[]"

const insertProject = `
INSERT INTO identity_projects (id, domain_id, parent_id, name, description, enabled, tags, create_time)
VALUES ($1, $2, $2, $3, $4, $5, $6, $7)`

const (
	updateProject        = `UPDATE identity_projects SET name = $1, description = $2, tags = $3 WHERE id = $4`
	updateProjectEnabled = `UPDATE identity_projects SET enabled = $1 WHERE id = $2`
	updateProjectTags    = `UPDATE identity_projects SET tags = $1 WHERE id = $2`
	deleteProject        = `DELETE FROM identity_projects WHERE id = $1`
)

// adminOfProject counts who holds "admin" on a project, groups without members
// included.
const adminOfProject = `
SELECT COUNT(*) FROM (
    SELECT role_id, scope, target_id FROM identity_assignments
    UNION ALL SELECT role_id, scope, target_id FROM identity_group_assignments
) a JOIN identity_roles r ON r.id = a.role_id
WHERE r.name = 'admin' AND a.scope = 'project' AND a.target_id = $1`

// leaveProject removes every row that refers to a project.
var leaveProject = []string{
	`DELETE FROM identity_assignments WHERE scope = 'project' AND target_id = $1`,
	`DELETE FROM identity_group_assignments WHERE scope = 'project' AND target_id = $1`,
	`DELETE FROM identity_app_credentials WHERE project_id = $1`,
	`DELETE FROM identity_credentials WHERE project_id = $1`,
	`UPDATE identity_users SET default_project_id = '' WHERE default_project_id = $1`,
}
