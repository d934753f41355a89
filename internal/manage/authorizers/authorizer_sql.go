package authorizers

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/wire/apig"
)

const columns = `id, project_id, name, type, uri, function, version, ttl, user_data, identities, create_time`

func scan(row store.Scanner) (*Authorizer, error) {
	z := &Authorizer{AuthorizerType: "FUNC"}
	var identities string
	var created int64
	err := row.Scan(&z.ID, &z.projectID, &z.Name, &z.Type, &z.AuthorizerURI, &z.function, &z.version, &z.TTL, &z.UserData, &identities, &created)
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal([]byte(identities), &z.Identities); err != nil {
		return nil, fmt.Errorf("authorizers: identities of %s: %w", z.ID, err)
	}
	z.CreateTime = apig.Time(store.Time(created))
	return z, nil
}

func selectAuthorizer(ctx context.Context, q store.Querier, id string) (*Authorizer, error) {
	return scan(q.QueryRow(ctx, `SELECT `+columns+` FROM authorizers WHERE id = $1`, id))
}

func countAuthorizers(ctx context.Context, q store.Querier, projectID string) (n int, err error) {
	err = q.QueryRow(ctx, `SELECT COUNT(*) FROM authorizers WHERE project_id = $1`, projectID).Scan(&n)
	return n, err
}

// taken refuses a name that another authorizer of the project has.
func taken(ctx context.Context, q store.Querier, z *Authorizer) error {
	var id string
	err := q.QueryRow(ctx, `SELECT id FROM authorizers WHERE project_id = $1 AND name = $2 AND id <> $3`,
		z.projectID, z.Name, z.ID).Scan(&id)
	switch {
	case err == nil:
		return apig.Taken(apig.E3211, "name", z.Name)
	case errors.Is(err, store.ErrNotFound):
		return nil
	}
	return err
}

// resolve finds the function that the URI names: the whole of it in the version
// latest, or what stands before its last colon in the version behind it.
func (z *Authorizer) resolve(ctx context.Context, q store.Querier) error {
	z.function, z.version = z.AuthorizerURI, "latest"
	found, err := functionExists(ctx, q, z)
	if i := strings.LastIndexByte(z.AuthorizerURI, ':'); err == nil && !found && i > 0 {
		z.function, z.version = z.AuthorizerURI[:i], z.AuthorizerURI[i+1:]
		found, err = functionExists(ctx, q, z)
	}
	if err == nil && !found {
		return apig.E3019
	}
	return err
}

func functionExists(ctx context.Context, q store.Querier, z *Authorizer) (bool, error) {
	var projectID string
	err := q.QueryRow(ctx, `
		SELECT f.project_id FROM functions f JOIN function_versions v ON v.urn = f.urn
		WHERE f.urn = $1 AND v.version = $2`, z.function, z.version).Scan(&projectID)
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	return projectID == z.projectID, err
}

// user answers an API that names the authorizer, or nothing.
func user(ctx context.Context, q store.Querier, id string) (api string, err error) {
	err = q.QueryRow(ctx, `SELECT api_id FROM api_uses WHERE kind = 'authorizer' AND ref = $1 ORDER BY api_id LIMIT 1`, id).Scan(&api)
	if errors.Is(err, store.ErrNotFound) {
		return "", nil
	}
	return api, err
}

func insertAuthorizer(ctx context.Context, tx *store.Tx, z *Authorizer) error {
	identities, err := json.Marshal(z.Identities)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO authorizers (`+columns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
		z.ID, z.projectID, z.Name, z.Type, z.AuthorizerURI, z.function, z.version, z.TTL, z.UserData, string(identities),
		store.Micros(time.Time(z.CreateTime)))
	return err
}

func updateAuthorizer(ctx context.Context, tx *store.Tx, z *Authorizer) error {
	identities, err := json.Marshal(z.Identities)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `
		UPDATE authorizers SET name = $2, type = $3, uri = $4, function = $5, version = $6, ttl = $7, user_data = $8, identities = $9
		WHERE id = $1`,
		z.ID, z.Name, z.Type, z.AuthorizerURI, z.function, z.version, z.TTL, z.UserData, string(identities))
	return err
}

func deleteAuthorizer(ctx context.Context, tx *store.Tx, id string) error {
	_, err := tx.Exec(ctx, `DELETE FROM authorizers WHERE id = $1`, id)
	return err
}

func selectAuthorizers(ctx context.Context, q store.Querier, f store.Filter, page apig.Page) (total int, list []*Authorizer, err error) {
	err = q.QueryRow(ctx, `SELECT COUNT(*) FROM authorizers`+f.Where(), f.Args()...).Scan(&total)
	if err != nil {
		return 0, nil, err
	}
	query := `SELECT ` + columns + ` FROM authorizers` + f.Where() + ` ORDER BY create_time DESC, id` + f.Page(page.Limit, page.Offset)
	list, err = store.List(ctx, q, scan, query, f.Args()...)
	return total, list, err
}
