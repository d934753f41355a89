package channels

import (
	"context"
	"time"

	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/wire/apig"
)

// memberColumns finds the host of an instance in the directory of the channel's
// project. A member has at most one of the two hosts.
const memberColumns = `
	SELECT m.id, m.channel_id, m.instance_id, m.name, m.host, COALESCE(s.host, ''), m.weight, m.create_time
	FROM channel_members m
	JOIN channels c ON c.id = m.channel_id
	LEFT JOIN servers s ON s.project_id = c.project_id AND s.id = m.instance_id`

// newest is the order of lists; members that came in one call differ by their
// ids only.
const newest = ` ORDER BY m.create_time DESC, m.id`

func scanMember(row store.Scanner) (m Member, err error) {
	var found string
	var created int64
	err = row.Scan(&m.ID, &m.VPCID, &m.InstanceID, &m.InstanceName, &m.Host, &found, &m.Weight, &created)
	if m.InstanceID != "" {
		m.Host = found
	}
	m.Status = statusNormal
	if m.Host == "" {
		m.Status = statusAbnormal
	}
	m.CreateTime = apig.Time(store.Time(created))
	return m, err
}

func selectMembers(ctx context.Context, q store.Querier, ch *Channel) ([]Member, error) {
	return store.List(ctx, q, scanMember, memberColumns+` WHERE m.channel_id = $1`+newest, ch.ID)
}

func selectMemberPage(ctx context.Context, q store.Querier, f *store.Filter, page apig.Page) (total int, list []Member, err error) {
	if err := q.QueryRow(ctx, `SELECT COUNT(*) FROM channel_members m`+f.Where(), f.Args()...).Scan(&total); err != nil {
		return 0, nil, err
	}
	query := memberColumns + f.Where() + newest + f.Page(page.Limit, page.Offset)
	list, err = store.List(ctx, q, scanMember, query, f.Args()...)
	return total, list, err
}

func countMembers(ctx context.Context, q store.Querier, channelID string) (n int, err error) {
	err = q.QueryRow(ctx, `SELECT COUNT(*) FROM channel_members WHERE channel_id = $1`, channelID).Scan(&n)
	return n, err
}

// selectKeys answers the ids of a channel's members by what tells them apart.
func selectKeys(ctx context.Context, q store.Querier, channelID string) (map[key]string, error) {
	rows, err := q.Query(ctx, `SELECT id, instance_id, host FROM channel_members WHERE channel_id = $1`, channelID)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	keys := map[key]string{}
	for rows.Next() {
		var id string
		var k key
		if err := rows.Scan(&id, &k.instanceID, &k.host); err != nil {
			return nil, err
		}
		keys[k] = id
	}
	return keys, rows.Err()
}

// findMember answers the id of the member with that id, or of the one for that
// instance. Both are unique in a channel; the member's own id comes first.
func findMember(ctx context.Context, q store.Querier, channelID, name string) (id string, err error) {
	if name == "" {
		return "", store.ErrNotFound
	}
	err = q.QueryRow(ctx, `
		SELECT id FROM channel_members WHERE channel_id = $1 AND (id = $2 OR instance_id = $2)
		ORDER BY CASE WHEN id = $2 THEN 0 ELSE 1 END LIMIT 1`, channelID, name).Scan(&id)
	return id, err
}

func hasServer(ctx context.Context, q store.Querier, projectID, id string) (found bool, err error) {
	err = q.QueryRow(ctx, `SELECT EXISTS (SELECT 1 FROM servers WHERE project_id = $1 AND id = $2)`, projectID, id).Scan(&found)
	return found, err
}

func insertMember(ctx context.Context, tx *store.Tx, ch *Channel, id string, m *MemberInput, now time.Time) error {
	_, err := tx.Exec(ctx, `
		INSERT INTO channel_members (id, channel_id, instance_id, host, name, weight, create_time)
		VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		id, ch.ID, m.InstanceID, m.Host, m.InstanceName, *m.Weight, store.Micros(now))
	return err
}

func updateMember(ctx context.Context, tx *store.Tx, id string, m *MemberInput) error {
	_, err := tx.Exec(ctx, `UPDATE channel_members SET name = $1, weight = $2 WHERE id = $3`, m.InstanceName, *m.Weight, id)
	return err
}

func deleteMember(ctx context.Context, tx *store.Tx, id string) error {
	_, err := tx.Exec(ctx, `DELETE FROM channel_members WHERE id = $1`, id)
	return err
}
