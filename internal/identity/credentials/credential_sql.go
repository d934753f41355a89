package credentials

import (
	"context"
	"embed"
	"io/fs"
	"strings"

	"github.com/lintel-gateway/lintel/internal/store"
)

//go:embed schema/*.sql
var schema embed.FS

// Schema is the schema folder of this package.
func Schema() fs.FS { return store.Schema(schema) }

// maxList bounds a list that has no pages in the dialect.
const maxList = 10000

// selectFor leaves the blobs of everybody but the user $1 where they are.
const selectFor = `
SELECT id, user_id, COALESCE(project_id, ''), type, roles, create_time, CASE WHEN user_id = $1 THEN blob ELSE '' END
FROM identity_credentials `

const selectKey = `
SELECT id, user_id, COALESCE(project_id, ''), type, roles, create_time, blob
FROM identity_credentials WHERE id = $1 AND type = 'ec2'`

const insertCredential = `
INSERT INTO identity_credentials (id, user_id, project_id, type, roles, create_time, blob)
VALUES ($1, $2, NULLIF($3, ''), $4, $5, $6, $7)`

const (
	countOf          = `SELECT COUNT(*) FROM identity_credentials WHERE user_id = $1`
	updateBlob       = `UPDATE identity_credentials SET blob = $1 WHERE id = $2 AND user_id = $3`
	deleteCredential = `DELETE FROM identity_credentials WHERE id = $1 AND user_id = $2`
)

func scan(row store.Scanner) (c Credential, err error) {
	var roles string
	var created int64
	err = row.Scan(&c.ID, &c.UserID, &c.ProjectID, &c.Type, &roles, &created, &c.sealed)
	c.RoleIDs, c.Created = strings.Fields(roles), store.Time(created)
	return c, err
}

// reach is whose credentials a query may find: everybody's, or one user's. blobs
// come only with those of viewer.
type reach struct {
	viewer string
	all    bool
}

// query says what is looked for; empty fields do not filter.
type query struct{ id, userID, kind string }

func (r reach) find(ctx context.Context, q store.Querier, w query) ([]Credential, error) {
	var f store.Filter
	// The viewer is $1 in either case: the list of columns speaks of it too.
	if r.all {
		f.And("? <> ''", r.viewer)
	} else {
		f.And("user_id = ?", r.viewer)
	}
	f.Equal("id", w.id)
	f.Equal("user_id", w.userID)
	f.Equal("type", w.kind)
	text := selectFor + f.Where() + ` ORDER BY create_time, id` + f.Page(maxList, 0)
	return store.List(ctx, q, scan, text, f.Args()...)
}

// one answers the credential with the id, or store.ErrNotFound.
func (r reach) one(ctx context.Context, q store.Querier, w query) (Credential, error) {
	list, err := r.find(ctx, q, w)
	if err == nil && len(list) == 0 {
		err = store.ErrNotFound
	}
	if err != nil {
		return Credential{}, err
	}
	return list[0], nil
}

func insert(ctx context.Context, tx *store.Tx, c *Credential) error {
	_, err := tx.Exec(ctx, insertCredential, c.ID, c.UserID, c.ProjectID, c.Type,
		strings.Join(c.RoleIDs, " "), store.Micros(c.Created), c.sealed)
	return err
}
