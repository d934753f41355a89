// Package accounts owns the people and tenants of an installation: domains,
// projects, users, groups, roles, and who holds which role where. It makes the
// first accounts of a fresh installation (Bootstrap), keeps the passwords of users
// with their history, expiry and wrong guesses, and answers the questions that
// logging in and signing ask ("which roles has this user in that project?"). It
// has no routes: packages users, projects, domains, groups, roles (Keystone) and
// profiles (the third dialect) are the wire forms over it.
//
// Rules:
//   - Ids are never reused, so an old token or record cannot come to mean
//     somebody else (CVE-2026-55670).
//   - Names of users and projects are unique within their domain and compared
//     exactly. Names of domains are compared without case: the first domain has
//     the id "default" and the name "Default", and clients are configured with
//     either word in either place.
//   - Whoever is disabled, and whatever project is disabled, is refused at once:
//     the same transaction bars the tokens (package tokens), and other nodes
//     follow when they read the revocations.
//   - Who does not administer the platform or a department sees itself and the
//     projects in which it holds a role; everything else is "not found", so that
//     ids and names of others cannot be probed. How far somebody reaches (Reach) is
//     a condition of the SQL itself (CVE-2019-19687).
//   - A manager changes no user of its department who administers the platform, and
//     the last one who does can be neither disabled nor deleted.
//   - A user leaves with everything that refers to it, in one transaction
//     (leaving.go).
//   - Unknown, wrong, locked and disabled are one answer at one price (LogIn,
//     ChangePasswordFor): one look-up, one hash, one look at the failures. Wrong
//     passwords are counted in SQL for all nodes. They are written in the
//     background, 50 ms later and in one transaction for all users, since an answer
//     that waited for the writing would tell who exists; on the node itself a guess
//     counts at once. Another node can so let through as many guesses as lock a
//     user within that time, and a node that is killed forgets those 50 ms.
//   - A lock ends by itself, or with an administrator's reset. Neither right nor
//     wrong passwords change it meanwhile.
//   - A password that an administrator sets with a change obeys no rule; that it is
//     weak is kept, to be told at the next log-in. One given to a new user has to
//     meet the policy, whoever gives it. The user's own change also has to differ
//     from the last ones, the present one included.
//   - Expiry and the change at first use keep a password from giving tokens. They
//     do not touch tokens, keys and application credentials that are out: these are
//     ended by a change of the password (tokens) or by deleting them.
//
// Tokens are made in identity/login, passwords hashed in identity/passwords.
package accounts
