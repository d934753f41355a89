package accounts

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/wire/keystone"
)

const (
	adminRole   = `(SELECT id FROM identity_roles WHERE name = '` + RoleAdmin + `')`
	managerRole = `(SELECT id FROM identity_roles WHERE name = '` + RoleManager + `')`
)

const userColumns = `
SELECT u.id, u.name, u.email, u.description, u.domain_id, d.name, u.default_project_id,
       u.enabled * d.enabled, u.enabled, u.password, u.firstname, u.lastname, u.locale, u.options,
       u.create_time, u.update_time, u.login_time, u.password_time, u.password_weak, u.must_change, `

const fromUsers = `
FROM identity_users u JOIN identity_domains d ON d.id = u.domain_id `

// selectUser is for logging in: without the standing, so that a user who exists
// costs next to nothing more than one who does not.
const selectUser = userColumns + `''` + fromUsers

// selectShownUser names the tables of holdings instead of the view over them:
// SQLite would make the whole view anew for each user of a list.
const selectShownUser = userColumns + `
       CASE
       WHEN EXISTS (SELECT 1 FROM identity_assignments a WHERE a.user_id = u.id AND a.role_id = ` + adminRole + `)
         OR EXISTS (SELECT 1 FROM identity_memberships m JOIN identity_group_assignments a ON a.group_id = m.group_id
                    WHERE m.user_id = u.id AND a.role_id = ` + adminRole + `) THEN '` + string(CloudAdmin) + `'
       WHEN EXISTS (SELECT 1 FROM identity_assignments a WHERE a.user_id = u.id AND a.scope = 'domain'
                    AND a.target_id = u.domain_id AND a.role_id = ` + managerRole + `)
         OR EXISTS (SELECT 1 FROM identity_memberships m JOIN identity_group_assignments a ON a.group_id = m.group_id
                    WHERE m.user_id = u.id AND a.scope = 'domain' AND a.target_id = u.domain_id
                    AND a.role_id = ` + managerRole + `) THEN '` + string(DomainAdmin) + `'
       ELSE '` + string(DomainMember) + `' END` + fromUsers

const countUsers = `SELECT COUNT(*)` + fromUsers

// otherAdmins counts those who administer the platform and may log in, but for
// one.
const otherAdmins = `
SELECT COUNT(*)` + fromUsers + `WHERE u.id <> $1 AND u.enabled = 1 AND d.enabled = 1 AND u.id IN
    (SELECT a.user_id FROM identity_holdings a WHERE a.role_id = ` + adminRole + `)`

const insertNewUser = `
INSERT INTO identity_users (id, domain_id, name, email, description, enabled, password, default_project_id, create_time,
    firstname, lastname, locale, options)
VALUES ($1, $2, $3, $4, $5, $6, '', $7, $8, $9, $10, $11, $12)`

const updateUser = `
UPDATE identity_users SET name = $1, email = $2, description = $3, default_project_id = $4, firstname = $5, lastname = $6,
    locale = $7, options = $8, enabled = $9, update_time = $10
WHERE id = $11`

func scanUser(row store.Scanner) (u User, err error) {
	var options string
	var created, updated, login, set int64
	err = row.Scan(&u.ID, &u.Name, &u.Email, &u.Description, &u.DomainID, &u.DomainName, &u.DefaultProjectID,
		&u.Enabled, &u.Active, &u.password, &u.Firstname, &u.Lastname, &u.Locale, &options,
		&created, &updated, &login, &set, &u.Weak, &u.MustChange, &u.Standing)
	if err != nil {
		return User{}, err
	}
	if err := json.Unmarshal([]byte(options), &u.Options); err != nil {
		return User{}, fmt.Errorf("accounts: options of user %s: %w", u.ID, err)
	}
	u.Created, u.Updated, u.LastLogin, u.PasswordSet = moment(created), moment(updated), moment(login), moment(set)
	return u, nil
}

// moment is a stored time of which 0 means none.
func moment(us int64) time.Time {
	if us == 0 {
		return time.Time{}
	}
	return store.Time(us)
}

func (o UserOptions) stored() (string, error) {
	raw, err := json.Marshal(o)
	return string(raw), err
}

// LoadUser answers the user with the id, without its standing.
func LoadUser(ctx context.Context, q store.Querier, id string) (User, error) {
	return scanUser(q.QueryRow(ctx, selectUser+`WHERE u.id = $1`, id))
}

// FindUser answers the user of a domain with the name, without its standing.
func FindUser(ctx context.Context, q store.Querier, domainID, name string) (User, error) {
	return scanUser(q.QueryRow(ctx, selectUser+`WHERE u.domain_id = $1 AND u.name = $2`, domainID, name))
}

// ShowUser answers a user within reach, or a keystone error.
func (a *Area) ShowUser(ctx context.Context, by Reach, id string) (User, error) {
	return a.reached(ctx, a.DB, by, id)
}

// reached answers a user within reach; any other is not found, whether it
// exists or not.
func (a *Area) reached(ctx context.Context, q store.Querier, by Reach, id string) (User, error) {
	u, err := scanUser(q.QueryRow(ctx, selectShownUser+`WHERE u.id = $1`, id))
	if errors.Is(err, store.ErrNotFound) || err == nil && !by.All && !by.User(&u) {
		return User{}, keystone.NotFound("user", id)
	}
	u.Expires = a.PasswordExpires(&u)
	return u, err
}
