package openapi

import (
	"context"
	"errors"

	"github.com/lintel-gateway/lintel/internal/manage/apis/draft"
	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/wire"
	"github.com/lintel-gateway/lintel/internal/wire/apig"
)

type groupRow struct{ projectID, name, remark, label string }

// ownGroup reads a group and refuses another project's.
func ownGroup(r *wire.Request, q store.Querier, id string) (g groupRow, err error) {
	err = q.QueryRow(r.Context(), `SELECT project_id, name, remark, sl_domain FROM groups WHERE id = $1`, id).
		Scan(&g.projectID, &g.name, &g.remark, &g.label)
	if errors.Is(err, store.ErrNotFound) {
		return g, apig.NoGroup(id)
	}
	if err != nil {
		return g, err
	}
	return g, apig.Own(&r.Actor, g.projectID, apig.E1101)
}

// selectConflict finds the API of the group that has the route of the document,
// else the one that has its name.
func selectConflict(ctx context.Context, q store.Querier, groupID string, doc *draft.Document) (id, name string, byName bool, err error) {
	err = q.QueryRow(ctx, `
		SELECT id, name FROM apis WHERE group_id = $1 AND req_method = $2 AND uri_shape = $3 AND match_mode = $4`,
		groupID, doc.ReqMethod, draft.Shape(doc.ReqURI), doc.MatchMode).Scan(&id, &name)
	if !errors.Is(err, store.ErrNotFound) {
		return id, name, false, err
	}
	err = q.QueryRow(ctx, `SELECT id, name FROM apis WHERE group_id = $1 AND name = $2`, groupID, doc.Name).Scan(&id, &name)
	return id, name, true, err
}

// selectNamed finds what has a name in a project; kind "" does not ask for the
// type. The table is a word of ours.
func selectNamed(ctx context.Context, q store.Querier, table, projectID, name, kind string) (id string, err error) {
	if kind == "" {
		err = q.QueryRow(ctx, `SELECT id FROM `+table+` WHERE project_id = $1 AND name = $2`, projectID, name).Scan(&id)
		return id, err
	}
	err = q.QueryRow(ctx, `SELECT id FROM `+table+` WHERE project_id = $1 AND name = $2 AND type = $3`, projectID, name, kind).Scan(&id)
	return id, err
}

func selectResponse(ctx context.Context, q store.Querier, groupID, name string) (id string, err error) {
	err = q.QueryRow(ctx, `SELECT id FROM group_responses WHERE group_id = $1 AND name = $2`, groupID, name).Scan(&id)
	return id, err
}

// selectEntity is the slot of an access control policy.
func selectEntity(ctx context.Context, q store.Querier, id string) (entity string, err error) {
	err = q.QueryRow(ctx, `SELECT entity_type FROM acls WHERE id = $1`, id).Scan(&entity)
	return entity, err
}
