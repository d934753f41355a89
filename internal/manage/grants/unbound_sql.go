package grants

import (
	"context"

	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/wire/apig"
)

// What a list of unbound APIs begins with: what a project has published in the
// environment. Counting leaves out what neither selects nor filters.
const (
	publications = ` FROM api_publications u`
	apis         = ` JOIN apis a ON a.id = u.api_id`
	unboundFrom  = publications + apis + `
		JOIN groups g ON g.id = a.group_id
		LEFT JOIN envs e ON e.id = u.env_id`
)

// where restricts by what was given only: a condition that also holds for
// "not given" would keep both engines from using an index.
func (f *unboundFilter) where() *store.Filter {
	w := &store.Filter{}
	w.And("u.env_id = ? AND u.auth_type = 'APP'", f.envID)
	w.And("NOT EXISTS (SELECT 1 FROM grants t WHERE t.app_id = ? AND t.api_id = u.api_id AND t.env_id = u.env_id)", f.appID)
	w.Equal("u.project_id", f.projectID)
	w.Equal("a.group_id", f.groupID)
	w.Equal("a.id", f.apiID)
	w.Match("a.name", f.apiName, false)
	return w
}

func selectUnbound(ctx context.Context, q store.Querier, f *unboundFilter, page apig.Page) (total int, list []API, err error) {
	w := f.where()
	count := publications
	if f.groupID != "" || f.apiID != "" || f.apiName != "" {
		count += apis
	}
	if err := q.QueryRow(ctx, `SELECT COUNT(*)`+count+w.Where(), w.Args()...).Scan(&total); err != nil {
		return 0, nil, err
	}
	query := `SELECT a.id, a.name, a.group_id, g.name, a.remark, COALESCE(e.name, 'RELEASE'), u.env_id, u.publish_id, u.auth_type, a.req_uri` +
		unboundFrom + w.Where() + ` ORDER BY u.publish_time DESC, a.id` + w.Page(page.Limit, page.Offset)
	list, err = store.List(ctx, q, func(row store.Scanner) (api API, err error) {
		err = row.Scan(&api.ID, &api.Name, &api.GroupID, &api.GroupName, &api.Remark,
			&api.RunEnvName, &api.RunEnvID, &api.PublishID, &api.AuthType, &api.ReqURI)
		return api, err
	}, query, w.Args()...)
	return total, list, err
}
