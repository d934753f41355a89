// Package users serves /v3/users: the people and programs of departments in the
// form of Keystone and of the EOS reference (1.4), and the change of one's own
// password.
//
// Rules:
//   - Rows, reach and passwords are those of identity/accounts; this package
//     reads requests and words answers. Who is out of reach is not found.
//   - An administrator or the manager of the department makes, changes and deletes
//     users; nobody changes itself here but for its password, which the present
//     one must prove. That route needs no token, as in Keystone: whose password
//     has expired gets none.
//   - PATCH with a password is the reset of the EOS reference: the rules do not
//     hold for it, and the user is told after logging in (identity/login). A token
//     of a restricted application credential may not do it: a password is a
//     credential that may do more.
//   - What Keystone knows and this platform does not enforce (second factors,
//     federation, unknown options) is refused, not dropped. Booleans are true or
//     false, never texts (OSSA-2026-007).
//
// Where the references are silent: options that are set are shown, others left
// out; user_type is always "individual"; user_role is the highest standing a
// user has anywhere and cannot be set; null resets an option, an address, a
// description or a default project; names have 64 characters at most, as they
// travel in every token.
package users
