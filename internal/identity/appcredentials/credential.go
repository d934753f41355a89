package appcredentials

import (
	"context"
	"embed"
	"io/fs"
	"slices"
	"strings"
	"time"

	"github.com/lintel-gateway/lintel/internal/identity/accounts"
	"github.com/lintel-gateway/lintel/internal/store"
)

const (
	// MaxPerUser is how many application credentials a user may have.
	MaxPerUser = 20
	// MinSecret and maxSecret bound a secret that the caller chose, in bytes.
	MinSecret, maxSecret = 8, 255
	// secretBytes is the size of a generated one before it is encoded.
	secretBytes = 32
	// maxName and maxDescription are in characters.
	maxName, maxDescription = 255, 255
	// maxRoles bounds the roles that a request may name.
	maxRoles = 16
)

// Credential is an application credential without its secret.
type Credential struct {
	ID, UserID, ProjectID, Name, Description string
	RoleIDs                                  []string
	Unrestricted                             bool
	Expires                                  time.Time // zero: never
	Created                                  time.Time

	hash string // PHC string of the secret
}

// Over reports whether the time of the credential is over.
func (c *Credential) Over(now time.Time) bool { return !c.Expires.IsZero() && !now.Before(c.Expires) }

// Of keeps those of roles that the credential has.
func (c *Credential) Of(roles []accounts.Role) []accounts.Role {
	return slices.DeleteFunc(slices.Clone(roles), func(r accounts.Role) bool { return !slices.Contains(c.RoleIDs, r.ID) })
}

//go:embed schema/*.sql
var schema embed.FS

// Schema is the schema folder of this package.
func Schema() fs.FS { return store.Schema(schema) }

const selectCredential = `
SELECT id, user_id, project_id, name, description, roles, unrestricted, expires_at, create_time, secret
FROM identity_app_credentials `

const insertCredential = `
INSERT INTO identity_app_credentials
    (id, user_id, project_id, name, description, roles, unrestricted, expires_at, create_time, secret)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`

const countOf = `SELECT COUNT(*) FROM identity_app_credentials WHERE user_id = $1`

const deleteCredential = `DELETE FROM identity_app_credentials WHERE id = $1 AND user_id = $2`

const selectRoles = `SELECT id, name FROM identity_roles ORDER BY name LIMIT 10000`

func scan(row store.Scanner) (c Credential, err error) {
	var roles string
	var expires, created int64
	err = row.Scan(&c.ID, &c.UserID, &c.ProjectID, &c.Name, &c.Description, &roles, &c.Unrestricted, &expires, &created, &c.hash)
	c.RoleIDs, c.Created = strings.Fields(roles), store.Time(created)
	if expires != 0 {
		c.Expires = store.Time(expires)
	}
	return c, err
}

// Load answers the credential with the id, or store.ErrNotFound.
func Load(ctx context.Context, q store.Querier, id string) (Credential, error) {
	return scan(q.QueryRow(ctx, selectCredential+`WHERE id = $1`, id))
}

func loadOf(ctx context.Context, q store.Querier, userID, id string) (Credential, error) {
	return scan(q.QueryRow(ctx, selectCredential+`WHERE id = $1 AND user_id = $2`, id, userID))
}

func loadNamed(ctx context.Context, q store.Querier, userID, name string) (Credential, error) {
	return scan(q.QueryRow(ctx, selectCredential+`WHERE user_id = $1 AND name = $2`, userID, name))
}

// listOf lists a user's credentials by name; an empty name does not filter.
func listOf(ctx context.Context, q store.Querier, userID, name string) ([]Credential, error) {
	var f store.Filter
	f.Equal("user_id", userID)
	f.Equal("name", name)
	query := selectCredential + f.Where() + ` ORDER BY name` + f.Page(MaxPerUser, 0)
	return store.List(ctx, q, scan, query, f.Args()...)
}

func insert(ctx context.Context, tx *store.Tx, c *Credential) error {
	unrestricted, expires := 0, int64(0)
	if c.Unrestricted {
		unrestricted = 1
	}
	if !c.Expires.IsZero() {
		expires = store.Micros(c.Expires)
	}
	_, err := tx.Exec(ctx, insertCredential, c.ID, c.UserID, c.ProjectID, c.Name, c.Description,
		strings.Join(c.RoleIDs, " "), unrestricted, expires, store.Micros(c.Created), c.hash)
	return err
}

// roleNames are the names of all roles by id: credentials keep ids, which
// outlive a new name.
func roleNames(ctx context.Context, q store.Querier) (map[string]string, error) {
	roles, err := store.List(ctx, q, func(row store.Scanner) (r accounts.Role, err error) {
		err = row.Scan(&r.ID, &r.Name)
		return r, err
	}, selectRoles)
	names := make(map[string]string, len(roles))
	for _, r := range roles {
		names[r.ID] = r.Name
	}
	return names, err
}
