package responses

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/wire/apig"
)

func selectGroup(ctx context.Context, q store.Querier, id string) (*group, error) {
	g := group{id: id}
	var registered int64
	err := q.QueryRow(ctx, `SELECT project_id, register_time FROM groups WHERE id = $1`, id).Scan(&g.projectID, &registered)
	if err != nil {
		return nil, err
	}
	g.registered = store.Time(registered)
	return &g, nil
}

const selectResponses = `SELECT id, group_id, project_id, name, is_default, create_time, update_time FROM group_responses`

func scanResponse(row store.Scanner) (*Response, error) {
	response := &Response{set: map[string]setting{}}
	var standard int
	var created, updated int64
	err := row.Scan(&response.ID, &response.groupID, &response.projectID, &response.Name, &standard, &created, &updated)
	if err != nil {
		return nil, err
	}
	response.Default = standard == 1
	response.CreateTime, response.UpdateTime = apig.Time(store.Time(created)), apig.Time(store.Time(updated))
	return response, nil
}

// selectResponse answers a response with its types.
func selectResponse(ctx context.Context, q store.Querier, id string) (*Response, error) {
	response, err := scanResponse(q.QueryRow(ctx, selectResponses+` WHERE id = $1`, id))
	if err != nil {
		return nil, err
	}
	return response, selectTypes(ctx, q, []*Response{response}, `response_id = $1`, id)
}

// selectPage answers responses of a group with their types.
func selectPage(ctx context.Context, q store.Querier, groupID string, page apig.Page) (total int, list []*Response, err error) {
	err = q.QueryRow(ctx, `SELECT COUNT(*) FROM group_responses WHERE group_id = $1`, groupID).Scan(&total)
	if err != nil {
		return 0, nil, err
	}
	list, err = store.List(ctx, q, scanResponse,
		selectResponses+` WHERE group_id = $1 ORDER BY is_default DESC, create_time DESC, id LIMIT $2 OFFSET $3`, groupID, page.Limit, page.Offset)
	if err != nil {
		return 0, nil, err
	}
	return total, list, selectTypes(ctx, q, list, `response_id IN (SELECT id FROM group_responses WHERE group_id = $1)`, groupID)
}

// selectTypes fills in what was set of responses; condition takes arg.
func selectTypes(ctx context.Context, q store.Querier, list []*Response, condition, arg string) error {
	type row struct {
		id, name string
		setting
	}
	rows, err := store.List(ctx, q, func(s store.Scanner) (r row, err error) {
		err = s.Scan(&r.id, &r.name, &r.status, &r.body)
		return r, err
	}, `SELECT response_id, type, status, body FROM group_response_types WHERE `+condition, arg)
	for _, r := range rows {
		if i := slices.IndexFunc(list, func(response *Response) bool { return response.ID == r.id }); i >= 0 {
			list[i].set[r.name] = r.setting
		}
	}
	return err
}

func hasDefault(ctx context.Context, q store.Querier, groupID string) (bool, error) {
	var n int
	err := q.QueryRow(ctx, `SELECT COUNT(*) FROM group_responses WHERE group_id = $1 AND name = $2`, groupID, defaultName).Scan(&n)
	return n > 0, err
}

// countOthers counts the responses of a group without the default one.
func countOthers(ctx context.Context, q store.Querier, groupID string) (n int, err error) {
	err = q.QueryRow(ctx, `SELECT COUNT(*) FROM group_responses WHERE group_id = $1 AND is_default = 0`, groupID).Scan(&n)
	return n, err
}

func insertResponse(ctx context.Context, tx *store.Tx, r *Response) error {
	standard := 0
	if r.Default {
		standard = 1
	}
	_, err := tx.Exec(ctx, `
		INSERT INTO group_responses (id, group_id, project_id, name, is_default, create_time, update_time)
		VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		r.ID, r.groupID, r.projectID, r.Name, standard, store.Micros(time.Time(r.CreateTime)), store.Micros(time.Time(r.UpdateTime)))
	return err
}

func updateResponse(ctx context.Context, tx *store.Tx, r *Response) error {
	_, err := tx.Exec(ctx, `UPDATE group_responses SET name = $1, update_time = $2 WHERE id = $3`,
		r.Name, store.Micros(time.Time(r.UpdateTime)), r.ID)
	return err
}

// replaceTypes stores what is set of a response, and nothing else.
func replaceTypes(ctx context.Context, tx *store.Tx, r *Response) error {
	if _, err := tx.Exec(ctx, `DELETE FROM group_response_types WHERE response_id = $1`, r.ID); err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(r.set)) {
		_, err := tx.Exec(ctx, `INSERT INTO group_response_types (response_id, type, status, body) VALUES ($1, $2, $3, $4)`,
			r.ID, name, r.set[name].status, r.set[name].body)
		if err != nil {
			return err
		}
	}
	return nil
}

// usedBy answers an API that names the response, as a draft or as it was
// published.
func usedBy(ctx context.Context, q store.Querier, id string) (apiID string, err error) {
	err = q.QueryRow(ctx, `SELECT api_id FROM api_uses WHERE kind = 'response' AND ref = $1 ORDER BY api_id LIMIT 1`, id).Scan(&apiID)
	return apiID, err
}

func deleteResponse(ctx context.Context, tx *store.Tx, id string) error {
	if _, err := tx.Exec(ctx, `DELETE FROM group_response_types WHERE response_id = $1`, id); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `DELETE FROM group_responses WHERE id = $1`, id)
	return err
}
