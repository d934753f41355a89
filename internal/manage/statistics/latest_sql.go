package statistics

import (
	"context"

	"github.com/lintel-gateway/lintel/internal/store"
)

// subject is a table of sums and the column that says whose they are.
type subject struct{ table, column string }

var (
	ofAPIs   = subject{"api_statistics", "api_id"}
	ofGroups = subject{"group_statistics", "group_id"}
)

func selectAPI(ctx context.Context, q store.Querier, id string) (o owner, err error) {
	err = q.QueryRow(ctx, `SELECT project_id, group_id FROM apis WHERE id = $1`, id).Scan(&o.projectID, &o.groupID)
	return o, err
}

func selectGroup(ctx context.Context, q store.Querier, id string) (o owner, err error) {
	o.groupID = id
	err = q.QueryRow(ctx, `SELECT project_id FROM groups WHERE id = $1`, id).Scan(&o.projectID)
	return o, err
}

// selectMinutes answers the stored minutes from since on, the oldest first.
func selectMinutes(ctx context.Context, q store.Querier, of subject, id string, since int64) ([]minute, error) {
	return store.List(ctx, q, func(row store.Scanner) (m minute, err error) {
		err = row.Scan(&m.start, &m.Calls, &m.OK, &m.Refused, &m.Failed, &m.Latency, &m.LatencyMax,
			&m.Asked, &m.Backend, &m.BackendMax, &m.Inner, &m.InnerMax, &m.In, &m.Out, &m.recorded)
		return m, err
	}, `SELECT minute, calls, calls_2xx, calls_4xx, calls_5xx, latency, latency_max,
			asked, backend, backend_max, inner_sum, inner_max, bytes_in, bytes_out, register_time
		FROM `+of.table+` WHERE `+of.column+` = $1 AND minute >= $2 ORDER BY minute`, id, since)
}
