package grants

import (
	"context"

	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/wire/apig"
)

const boundFrom = `
	FROM grants t
	JOIN apps p ON p.id = t.app_id
	JOIN apis a ON a.id = t.api_id
	JOIN groups g ON g.id = a.group_id
	LEFT JOIN envs e ON e.id = t.env_id
	LEFT JOIN api_publications u ON u.api_id = t.api_id AND u.env_id = t.env_id`

// where restricts by what was given only, as in unboundFilter.
func (f *boundFilter) where() *store.Filter {
	w := &store.Filter{}
	w.Equal("t.project_id", f.provider)
	w.Equal("t.app_id", f.appID)
	w.Equal("t.api_id", f.apiID)
	w.Equal("t.env_id", f.envID)
	w.Equal("a.group_id", f.groupID)
	w.Match("a.name", f.apiName, false)
	w.Match("g.name", f.groupName, false)
	w.Match("p.name", f.appName, false)
	if f.published {
		w.And("u.publish_id IS NOT NULL")
	}
	return w
}

func selectBound(ctx context.Context, q store.Querier, f *boundFilter, page apig.Page) (total int, list []Grant, err error) {
	w := f.where()
	if err := q.QueryRow(ctx, `SELECT COUNT(*)`+boundFrom+w.Where(), w.Args()...).Scan(&total); err != nil {
		return 0, nil, err
	}
	query := `SELECT t.id, t.api_id, a.name, g.name, a.remark, a.type, COALESCE(e.name, 'RELEASE'), t.env_id,
			t.auth_role, t.auth_time, t.app_id, p.name, p.creator, p.remark, p.app_type, COALESCE(u.publish_id, '')` +
		boundFrom + w.Where() + ` ORDER BY t.auth_time DESC, t.id` + w.Page(page.Limit, page.Offset)
	list, err = store.List(ctx, q, func(row store.Scanner) (g Grant, err error) {
		var granted int64
		err = row.Scan(&g.ID, &g.APIID, &g.APIName, &g.GroupName, &g.APIRemark, &g.APIType, &g.EnvName, &g.EnvID,
			&g.AuthRole, &granted, &g.AppID, &g.AppName, &g.AppCreator, &g.AppRemark, &g.AppType, &g.PublishID)
		g.AuthTime = apig.Time(store.Time(granted))
		return g, err
	}, query, w.Args()...)
	return total, list, err
}
