// Package roles serves /v3/roles, who holds which of them where, and
// /v3/role_assignments. It is a wire form: rows, rules and reach are those of
// package accounts.
//
// Where the reference is silent, or offers more than there is here:
//   - Everybody reads the names of roles; administrators make, rename and
//     delete them. The built-in ones (admin, manager, member, reader) keep their
//     names and stay.
//   - A role of one domain only (domain_id) and an immutable one are refused
//     with 400. Roles do not imply each other: the lists of implied roles are
//     empty, and there is no operation to add one. Nothing is inherited, because
//     projects have no children: OS-INHERIT does not exist, and include_subtree
//     changes nothing. Nobody holds anything on "the system": scope.system lists
//     nothing.
//   - A manager gives and takes every role but "admin" on its department and
//     the projects in it, to users and groups of it who do not hold "admin"
//     anywhere.
//   - role_assignments shows an administrator everything, a department what is
//     held on it and its projects, and everybody what it holds itself or through
//     a group. The condition is part of the query (CVE-2019-19687).
//   - Switches of a query are read strictly: a key without a value is true, as
//     in Keystone; what is neither true nor false is refused (OSSA-2026-007).
package roles
