package accounts

const insertDomain = `
INSERT INTO identity_domains (id, name, name_key, description, enabled, create_time)
VALUES ($1, $2, $3, $4, $5, $6)`

const (
	updateDomain = `UPDATE identity_domains SET name = $1, name_key = $2, description = $3, enabled = $4 WHERE id = $5`
	deleteDomain = `DELETE FROM identity_domains WHERE id = $1`
	// selectEnabledProjects names the projects of a domain that are not
	// disabled by themselves.
	selectEnabledProjects = `SELECT id FROM identity_projects WHERE domain_id = $1 AND enabled = 1 ORDER BY id`
	// selectForeignMembers names the enabled users of other domains who are in
	// groups of the domain. Disabled ones are barred, and have to stay so.
	selectForeignMembers = `
SELECT DISTINCT u.id AS user_id FROM identity_memberships m JOIN identity_groups g ON g.id = m.group_id JOIN identity_users u ON u.id = m.user_id
WHERE g.domain_id = $1 AND u.domain_id <> $1 AND u.enabled = 1`
)

// leaveDomain removes every row that refers to a domain, once its users and
// projects are gone: its groups with their members and what they hold anywhere,
// and what is held on the domain.
var leaveDomain = []string{
	`DELETE FROM identity_memberships WHERE group_id IN (SELECT id FROM identity_groups WHERE domain_id = $1)`,
	`DELETE FROM identity_group_assignments WHERE group_id IN (SELECT id FROM identity_groups WHERE domain_id = $1)`,
	`DELETE FROM identity_groups WHERE domain_id = $1`,
	`DELETE FROM identity_assignments WHERE scope = 'domain' AND target_id = $1`,
	`DELETE FROM identity_group_assignments WHERE scope = 'domain' AND target_id = $1`,
}
