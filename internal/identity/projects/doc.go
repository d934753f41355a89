// Package projects serves /v3/projects and the tags of each, as Keystone's
// clients know them.
//
// Rows and rules are those of package accounts; here are the wire forms alone.
//
// Rules:
//   - Everybody sees the projects in which it holds a role, whoever has a
//     department in scope all of it, an administrator all there are. The manager
//     of a department makes, changes and deletes its projects. What is out of
//     reach is not found, as what does not exist.
//   - A project stands directly below its domain and never moves: parent_id is
//     the domain or left out, domain_id does not change, and a project is no
//     domain. Requests for anything else are refused, not ignored.
//   - A project that owns anything of the platform is not deleted: 409 names
//     what. A manager neither disables nor deletes a project on which somebody
//     holds "admin": that would take it away.
//   - Disabling a project ends its tokens in the same transaction.
//
// Where the reference is silent: without domain_id a project is made in the
// domain in scope, else in the domain of the project in scope; "enabled" is shown
// together with the domain's, because that is what decides; all tag filters of
// Keystone are there. The project named like the region may be deleted like any
// other: who signs without naming a project is then in none.
package projects
