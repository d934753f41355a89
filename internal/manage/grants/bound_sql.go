package grants

import (
	"context"

	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/wire/apig"
)

// boundFrom holds every restriction at once, so that counting and listing
// cannot differ; one that was not given is an empty text or 0.
const boundFrom = `
	FROM grants t
	JOIN apps p ON p.id = t.app_id
	JOIN apis a ON a.id = t.api_id
	JOIN groups g ON g.id = a.group_id
	LEFT JOIN envs e ON e.id = t.env_id
	LEFT JOIN api_publications u ON u.api_id = t.api_id AND u.env_id = t.env_id
	WHERE ($1 = '' OR t.project_id = $1) AND ($2 = '' OR t.app_id = $2) AND ($3 = '' OR t.api_id = $3)
	AND ($4 = '' OR t.env_id = $4) AND ($5 = '' OR a.group_id = $5)
	AND ($6 = '' OR lower(a.name) LIKE lower($6) ESCAPE '\')
	AND ($7 = '' OR lower(g.name) LIKE lower($7) ESCAPE '\')
	AND ($8 = '' OR lower(p.name) LIKE lower($8) ESCAPE '\')
	AND ($9 = 0 OR u.publish_id IS NOT NULL)`

func (f *boundFilter) args() []any {
	published := 0
	if f.published {
		published = 1
	}
	return []any{f.provider, f.appID, f.apiID, f.envID, f.groupID, f.apiName, f.groupName, f.appName, published}
}

func selectBound(ctx context.Context, q store.Querier, f *boundFilter, page apig.Page) (total int, list []Grant, err error) {
	if err := q.QueryRow(ctx, `SELECT COUNT(*)`+boundFrom, f.args()...).Scan(&total); err != nil {
		return 0, nil, err
	}
	list, err = store.List(ctx, q, func(row store.Scanner) (g Grant, err error) {
		var granted int64
		err = row.Scan(&g.ID, &g.APIID, &g.APIName, &g.GroupName, &g.APIRemark, &g.APIType, &g.EnvName, &g.EnvID,
			&g.AuthRole, &granted, &g.AppID, &g.AppName, &g.AppCreator, &g.AppRemark, &g.AppType, &g.PublishID)
		g.AuthTime = apig.Time(store.Time(granted))
		return g, err
	}, `SELECT t.id, t.api_id, a.name, g.name, a.remark, a.type, COALESCE(e.name, 'RELEASE'), t.env_id,
			t.auth_role, t.auth_time, t.app_id, p.name, p.creator, p.remark, p.app_type, COALESCE(u.publish_id, '')`+
		boundFrom+` ORDER BY t.auth_time DESC, t.id LIMIT $10 OFFSET $11`,
		append(f.args(), page.Limit, page.Offset)...)
	return total, list, err
}
