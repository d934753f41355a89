package grants

import (
	"context"

	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/wire/apig"
)

const unboundFrom = `
	FROM apis a
	JOIN groups g ON g.id = a.group_id
	JOIN api_publications u ON u.api_id = a.id AND u.env_id = $3
	LEFT JOIN envs e ON e.id = u.env_id
	WHERE u.auth_type = 'APP'
	AND NOT EXISTS (SELECT 1 FROM grants t WHERE t.app_id = $2 AND t.api_id = a.id AND t.env_id = $3)
	AND ($1 = '' OR a.project_id = $1) AND ($4 = '' OR a.group_id = $4) AND ($5 = '' OR a.id = $5)
	AND ($6 = '' OR lower(a.name) LIKE lower($6) ESCAPE '\')`

func (f *unboundFilter) args() []any {
	return []any{f.projectID, f.appID, f.envID, f.groupID, f.apiID, f.apiName}
}

func selectUnbound(ctx context.Context, q store.Querier, f *unboundFilter, page apig.Page) (total int, list []API, err error) {
	if err := q.QueryRow(ctx, `SELECT COUNT(*)`+unboundFrom, f.args()...).Scan(&total); err != nil {
		return 0, nil, err
	}
	list, err = store.List(ctx, q, func(row store.Scanner) (api API, err error) {
		err = row.Scan(&api.ID, &api.Name, &api.GroupID, &api.GroupName, &api.Remark,
			&api.RunEnvName, &api.RunEnvID, &api.PublishID, &api.AuthType, &api.ReqURI)
		return api, err
	}, `SELECT a.id, a.name, a.group_id, g.name, a.remark, COALESCE(e.name, 'RELEASE'), u.env_id, u.publish_id, u.auth_type, a.req_uri`+
		unboundFrom+` ORDER BY u.publish_time DESC, a.id LIMIT $7 OFFSET $8`,
		append(f.args(), page.Limit, page.Offset)...)
	return total, list, err
}
