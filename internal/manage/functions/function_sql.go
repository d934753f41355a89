package functions

import (
	"context"
	"errors"
	"time"

	"github.com/lintel-gateway/lintel/internal/function"
	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/wire/apig"
)

const columns = `f.urn, f.id, f.project_id, f.package, f.name, COALESCE(p.name, ''), COALESCE(p.domain_id, ''),
	v.version, v.runtime, v.handler, v.timeout, v.memory_size, v.digest, v.target, v.description, v.version_description,
	v.user_data, v.last_modified, COALESCE(m.size, 0), COALESCE(m.starts, 0)`

const tables = `functions f JOIN function_versions v ON v.urn = f.urn
	LEFT JOIN function_modules m ON m.digest = v.digest LEFT JOIN identity_projects p ON p.id = f.project_id`

func scan(row store.Scanner) (*Function, error) {
	var f Function
	var modified int64
	err := row.Scan(&f.urn, &f.ResourceID, &f.Namespace, &f.Package, &f.FuncName, &f.ProjectName, &f.DomainID,
		&f.Version, &f.Runtime, &f.Handler, &f.Timeout, &f.MemorySize, &f.Digest, &f.HTTPTarget, &f.Description, &f.VersionDescription,
		&f.UserData, &modified, &f.CodeSize, &f.starts)
	if err != nil {
		return nil, err
	}
	f.FuncURN = f.urn + ":" + f.Version
	f.CodeType = codeInline
	if f.Runtime == function.HTTP {
		f.CodeType = codeHTTP
	}
	f.LastModified = apig.Time(store.Time(modified))
	return &f, nil
}

func selectFunction(ctx context.Context, q store.Querier, projectID, urn, version string) (*Function, error) {
	return scan(q.QueryRow(ctx, `SELECT `+columns+` FROM `+tables+` WHERE f.urn = $1 AND v.version = $2 AND f.project_id = $3`,
		urn, version, projectID))
}

// selectVersion is selectFunction for publication, which knows no project.
func selectVersion(ctx context.Context, q store.Querier, urn, version string) (*Function, error) {
	return scan(q.QueryRow(ctx, `SELECT `+columns+` FROM `+tables+` WHERE f.urn = $1 AND v.version = $2`, urn, version))
}

func selectModule(ctx context.Context, q store.Querier, digest string) (module []byte, err error) {
	err = q.QueryRow(ctx, `SELECT module FROM function_modules WHERE digest = $1`, digest).Scan(&module)
	return module, err
}

func countFunctions(ctx context.Context, q store.Querier, projectID string) (n int, err error) {
	err = q.QueryRow(ctx, `SELECT COUNT(*) FROM functions WHERE project_id = $1`, projectID).Scan(&n)
	return n, err
}

func insertFunction(ctx context.Context, tx *store.Tx, f *Function, module []byte) error {
	_, err := tx.Exec(ctx, `INSERT INTO functions (urn, id, project_id, package, name, create_time) VALUES ($1, $2, $3, $4, $5, $6)`,
		f.urn, f.ResourceID, f.Namespace, f.Package, f.FuncName, moment(f))
	if err != nil {
		return err
	}
	f.FuncURN = f.urn + ":" + f.Version
	if err := keepModule(ctx, tx, f, module); err != nil {
		return err
	}
	return insertVersion(ctx, tx, f)
}

func insertVersion(ctx context.Context, tx *store.Tx, f *Function) error {
	_, err := tx.Exec(ctx, `
		INSERT INTO function_versions (urn, version, runtime, handler, timeout, memory_size, digest, target, description,
			version_description, user_data, last_modified)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
		f.urn, f.Version, f.Runtime, f.Handler, f.Timeout, f.MemorySize, f.Digest, f.HTTPTarget, f.Description,
		f.VersionDescription, f.UserData, moment(f))
	return err
}

// updateFunction writes f; module is nil when it stays, before is the digest
// that f had.
func updateFunction(ctx context.Context, tx *store.Tx, f *Function, module []byte, before string) error {
	if err := keepModule(ctx, tx, f, module); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `
		UPDATE function_versions SET handler = $3, timeout = $4, memory_size = $5, digest = $6, target = $7, description = $8,
			user_data = $9, last_modified = $10
		WHERE urn = $1 AND version = $2`,
		f.urn, f.Version, f.Handler, f.Timeout, f.MemorySize, f.Digest, f.HTTPTarget, f.Description, f.UserData, moment(f))
	if err != nil {
		return err
	}
	return dropModule(ctx, tx, before)
}

func keepModule(ctx context.Context, tx *store.Tx, f *Function, module []byte) error {
	if module == nil {
		return nil
	}
	_, err := tx.Exec(ctx, `
		INSERT INTO function_modules (digest, module, size, starts) VALUES ($1, $2, $3, $4) ON CONFLICT (digest) DO NOTHING`,
		f.Digest, module, f.CodeSize, f.starts)
	return err
}

// dropModule deletes a module that no version uses any more.
func dropModule(ctx context.Context, tx *store.Tx, digest string) error {
	_, err := tx.Exec(ctx, `
		DELETE FROM function_modules WHERE digest = $1 AND NOT EXISTS (SELECT 1 FROM function_versions WHERE digest = $1)`, digest)
	return err
}

// deleteFunction removes a function and answers its versions.
func deleteFunction(ctx context.Context, tx *store.Tx, urn string) (versions []string, err error) {
	versions, err = store.List(ctx, tx, store.Text, `SELECT version FROM function_versions WHERE urn = $1 ORDER BY version`, urn)
	if err != nil {
		return nil, err
	}
	digests, err := store.List(ctx, tx, store.Text, `SELECT DISTINCT digest FROM function_versions WHERE urn = $1`, urn)
	if err != nil {
		return nil, err
	}
	for _, statement := range []string{`DELETE FROM function_versions WHERE urn = $1`, `DELETE FROM functions WHERE urn = $1`} {
		if _, err := tx.Exec(ctx, statement, urn); err != nil {
			return nil, err
		}
	}
	for _, d := range digests {
		if err := dropModule(ctx, tx, d); err != nil {
			return nil, err
		}
	}
	return versions, nil
}

func deleteVersion(ctx context.Context, tx *store.Tx, f *Function) error {
	if _, err := tx.Exec(ctx, `DELETE FROM function_versions WHERE urn = $1 AND version = $2`, f.urn, f.Version); err != nil {
		return err
	}
	return dropModule(ctx, tx, f.Digest)
}

// unused refuses to lose what an API or an authorizer names.
func unused(ctx context.Context, q store.Querier, f *Function, whole bool) error {
	var user string
	err := q.QueryRow(ctx, `SELECT api_id FROM api_uses WHERE kind = 'function' AND ref = $1 ORDER BY api_id LIMIT 1`, f.urn).Scan(&user)
	if err == nil {
		return apig.C7701.With("API " + user + " names the function; take it off the API's draft and its publications first")
	}
	if !errors.Is(err, store.ErrNotFound) {
		return err
	}
	version := f.Version
	if whole {
		version = ""
	}
	err = q.QueryRow(ctx, `SELECT id FROM authorizers WHERE function = $1 AND ($2 = '' OR version = $2) ORDER BY id LIMIT 1`, f.urn, version).Scan(&user)
	if err == nil {
		return apig.C7701.With("authorizer " + user + " names the function; delete or change it first")
	}
	if !errors.Is(err, store.ErrNotFound) {
		return err
	}
	return nil
}

func selectFunctions(ctx context.Context, q store.Querier, f store.Filter, order string, limit, offset int) (count int, list []*Function, err error) {
	err = q.QueryRow(ctx, `SELECT COUNT(*) FROM functions f JOIN function_versions v ON v.urn = f.urn`+f.Where(), f.Args()...).Scan(&count)
	if err != nil {
		return 0, nil, err
	}
	query := `SELECT ` + columns + ` FROM ` + tables + f.Where() + order + f.Page(limit, offset)
	list, err = store.List(ctx, q, scan, query, f.Args()...)
	return count, list, err
}

// moment is how the store takes the time of a function's last change.
func moment(f *Function) int64 { return store.Micros(time.Time(f.LastModified)) }
