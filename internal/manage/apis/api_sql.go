package apis

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/lintel-gateway/lintel/internal/binding"
	"github.com/lintel-gateway/lintel/internal/definition"
	"github.com/lintel-gateway/lintel/internal/manage/apis/draft"
	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/wire/apig"
)

// groupRow is a group, with how many APIs it and its project have.
type groupRow struct {
	projectID, name    string
	inProject, inGroup int
}

// loadGroup asks for all that creating an API needs at once: on PostgreSQL each
// question costs a round trip.
func loadGroup(ctx context.Context, q store.Querier, id string) (groupRow, error) {
	var g groupRow
	err := q.QueryRow(ctx, `
		SELECT g.project_id, g.name, (SELECT COUNT(*) FROM apis a WHERE a.project_id = g.project_id),
			(SELECT COUNT(*) FROM apis a WHERE a.project_id = g.project_id AND a.group_id = g.id)
		FROM groups g WHERE g.id = $1`, id).Scan(&g.projectID, &g.name, &g.inProject, &g.inGroup)
	if errors.Is(err, store.ErrNotFound) {
		return g, apig.NoGroup(id)
	}
	return g, err
}

// loadAPI reads an API and where it is published: a row for each environment,
// or one without.
func loadAPI(ctx context.Context, q store.Querier, id string) (*API, error) {
	rows, err := q.Query(ctx, `
		SELECT a.project_id, g.name, a.document, a.register_time, a.update_time,
			COALESCE(p.env_id, ''), COALESCE(e.name, 'RELEASE'), COALESCE(p.publish_id, '')
		FROM apis a JOIN groups g ON g.id = a.group_id
		LEFT JOIN api_publications p ON p.api_id = a.id LEFT JOIN envs e ON e.id = p.env_id
		WHERE a.id = $1 ORDER BY p.publish_time, p.env_id`, id)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	api := &API{ID: id, Status: 1, ArrangeNecessary: 2}
	var document, env, name, publication string
	var registered, updated int64
	for rows.Next() {
		err := rows.Scan(&api.projectID, &api.GroupName, &document, &registered, &updated, &env, &name, &publication)
		if err != nil {
			return nil, err
		}
		if publication != "" {
			api.RunEnv.add(env, name, publication)
		}
	}
	switch err := rows.Err(); {
	case err != nil:
		return nil, err
	case document == "":
		return nil, store.ErrNotFound
	}
	if err := json.Unmarshal([]byte(document), &api.Document); err != nil {
		return nil, fmt.Errorf("apis: document of API %s: %w", id, err)
	}
	api.RegisterTime, api.UpdateTime = apig.Time(store.Time(registered)), apig.Time(store.Time(updated))
	return api, nil
}

// loadRuns answers where the given APIs are published.
func loadRuns(ctx context.Context, q store.Querier, ids ...string) (map[string]RunEnv, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	args := make([]any, len(ids))
	marks := make([]string, len(ids))
	for i, id := range ids {
		args[i], marks[i] = id, fmt.Sprintf("$%d", i+1)
	}
	rows, err := q.Query(ctx, `
		SELECT p.api_id, p.env_id, COALESCE(e.name, 'RELEASE'), p.publish_id
		FROM api_publications p LEFT JOIN envs e ON e.id = p.env_id
		WHERE p.api_id IN (`+strings.Join(marks, ",")+`)
		ORDER BY p.api_id, p.publish_time, p.env_id`, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	runs := map[string]RunEnv{}
	for rows.Next() {
		var api, env, name, publication string
		if err := rows.Scan(&api, &env, &name, &publication); err != nil {
			return nil, err
		}
		r := runs[api]
		r.add(env, name, publication)
		runs[api] = r
	}
	return runs, rows.Err()
}

// conflict refuses a name or a route that another API of the group has. One
// question for both: on PostgreSQL each costs a round trip.
func conflict(ctx context.Context, q store.Querier, api *API) error {
	var name string
	err := q.QueryRow(ctx, `
		SELECT name FROM apis WHERE group_id = $1 AND name = $2 AND id <> $3
		UNION ALL
		SELECT name FROM apis
		WHERE group_id = $1 AND req_method = $4 AND uri_shape = $5 AND match_mode = $6 AND id <> $3 AND name <> $2
		LIMIT 1`,
		api.GroupID, api.Name, api.ID, api.ReqMethod, draft.Shape(api.ReqURI), api.MatchMode).Scan(&name)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return nil
	case err != nil:
		return err
	case name == api.Name:
		return apig.Taken(apig.E3202, "api_name", name)
	}
	return apig.E3301.Msg("The API already exists, An API with the same combination of the method, path, and x-apigateway-match-mode fields already exists. API name: %s", name)
}

func insertAPI(ctx context.Context, tx *store.Tx, api *API) error {
	document, err := json.Marshal(api.Document)
	if err != nil {
		return fmt.Errorf("apis: encode API %s: %w", api.ID, err)
	}
	err = tx.Send(ctx, `
		INSERT INTO apis (id, project_id, group_id, name, type, version, req_protocol, req_method, req_uri,
			uri_shape, match_mode, auth_type, backend_type, remark, cors, response_id, document, register_time, update_time)
		VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,$17,$18,$19)`,
		api.ID, api.projectID, api.GroupID, api.Name, api.Type, api.Version, api.ReqProtocol, api.ReqMethod, api.ReqURI,
		draft.Shape(api.ReqURI), api.MatchMode, api.AuthType, api.BackendType, api.Remark, flag(api.Cors), api.ResponseID,
		string(document), store.Micros(time.Time(api.RegisterTime)), store.Micros(time.Time(api.UpdateTime)))
	if err != nil {
		return err
	}
	if err := insertTags(ctx, tx, api); err != nil {
		return err
	}
	return insertUses(ctx, tx, api)
}

// updateAPI writes the API over what it was.
func updateAPI(ctx context.Context, tx *store.Tx, api *API, was *draft.Document) error {
	document, err := json.Marshal(api.Document)
	if err != nil {
		return fmt.Errorf("apis: encode API %s: %w", api.ID, err)
	}
	err = tx.Send(ctx, `
		UPDATE apis SET name = $2, type = $3, version = $4, req_protocol = $5, req_method = $6, req_uri = $7,
			uri_shape = $8, match_mode = $9, auth_type = $10, backend_type = $11, remark = $12, cors = $13,
			response_id = $14, document = $15, update_time = $16
		WHERE id = $1 AND project_id = $17`,
		api.ID, api.Name, api.Type, api.Version, api.ReqProtocol, api.ReqMethod, api.ReqURI,
		draft.Shape(api.ReqURI), api.MatchMode, api.AuthType, api.BackendType, api.Remark, flag(api.Cors),
		api.ResponseID, string(document), store.Micros(time.Time(api.UpdateTime)), api.projectID)
	if err != nil {
		return err
	}
	return replaceParts(ctx, tx, api, was)
}

// replaceParts keeps what the document holds a second time, for SQL to find.
// Most updates change none of it.
func replaceParts(ctx context.Context, tx *store.Tx, api *API, was *draft.Document) error {
	if !slices.Equal(was.Tags, api.Tags) {
		if err := tx.Send(ctx, `DELETE FROM api_tags WHERE api_id = $1`, api.ID); err != nil {
			return err
		}
		if err := insertTags(ctx, tx, api); err != nil {
			return err
		}
	}
	if !slices.Equal(was.Uses(), api.Uses()) {
		if err := tx.Send(ctx, `DELETE FROM api_uses WHERE api_id = $1 AND env_id = ''`, api.ID); err != nil {
			return err
		}
		return insertUses(ctx, tx, api)
	}
	return nil
}

func insertTags(ctx context.Context, tx *store.Tx, api *API) error {
	if len(api.Tags) == 0 {
		return nil
	}
	args := []any{api.ID, api.projectID}
	var rows []string
	for _, tag := range api.Tags {
		args = append(args, tag)
		rows = append(rows, fmt.Sprintf("($1, $2, $%d)", len(args)))
	}
	return tx.Send(ctx, `INSERT INTO api_tags (api_id, project_id, tag) VALUES `+strings.Join(rows, ", "), args...)
}

// insertUses records what the draft names, so that it cannot be deleted.
func insertUses(ctx context.Context, tx *store.Tx, api *API) error {
	for _, use := range api.Uses() {
		err := tx.Send(ctx, `INSERT INTO api_uses (api_id, env_id, kind, ref) VALUES ($1, '', $2, $3)`,
			api.ID, use.Kind, use.Ref)
		if err != nil {
			return err
		}
	}
	return nil
}

// deleteAPI removes an unpublished API with everything that hangs on it.
func deleteAPI(ctx context.Context, tx *store.Tx, id string) error {
	grants, err := store.List(ctx, tx, store.Text, `SELECT id FROM grants WHERE api_id = $1`, id)
	if err != nil {
		return err
	}
	for _, grant := range grants {
		tx.Touch(string(definition.KindGrant), grant)
	}
	if err := binding.DropAPI(ctx, tx, id); err != nil {
		return err
	}
	for _, statement := range []string{
		`DELETE FROM api_uses WHERE api_id = $1`,
		`DELETE FROM grants WHERE api_id = $1`,
		`DELETE FROM api_versions WHERE api_id = $1`,
		`DELETE FROM api_tags WHERE api_id = $1`,
		`DELETE FROM apis WHERE id = $1`,
	} {
		if err := tx.Send(ctx, statement, id); err != nil {
			return err
		}
	}
	return nil
}

func flag(b bool) int {
	if b {
		return 1
	}
	return 0
}
