package channels

import (
	"context"
	"time"

	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/wire/apig"
)

const channelColumns = `
	SELECT id, project_id, name, member_type, port, balance, create_time,
	       check_id, protocol, path, check_port, normal, abnormal, time_out, time_interval, http_code,
	       EXISTS (SELECT 1 FROM channel_members m WHERE m.channel_id = channels.id)
	FROM channels`

func scanChannel(row store.Scanner) (*Channel, error) {
	ch := &Channel{Type: typeBuiltIn, Status: statusNormal}
	h := &ch.health
	var created int64
	err := row.Scan(&ch.ID, &ch.projectID, &ch.Name, &ch.MemberType, &ch.Port, &ch.BalanceStrategy, &created,
		&h.ID, &h.Protocol, &h.Path, &h.onPort, &h.ThresholdNormal, &h.ThresholdAbnormal,
		&h.TimeOut, &h.TimeInterval, &h.HTTPCode, &ch.hasMembers)
	if err != nil {
		return nil, err
	}
	ch.CreateTime = apig.Time(store.Time(created))
	h.VPCID, h.CreateTime, h.Port = ch.ID, ch.CreateTime, h.onPort
	if h.Port == 0 {
		h.Port = ch.Port
	}
	return ch, nil
}

func selectChannel(ctx context.Context, q store.Querier, id string) (*Channel, error) {
	return scanChannel(q.QueryRow(ctx, channelColumns+` WHERE id = $1`, id))
}

func selectChannels(ctx context.Context, q store.Querier, f *store.Filter, page apig.Page) (total int, list []*Channel, err error) {
	if err := q.QueryRow(ctx, `SELECT COUNT(*) FROM channels`+f.Where(), f.Args()...).Scan(&total); err != nil {
		return 0, nil, err
	}
	query := channelColumns + f.Where() + ` ORDER BY create_time DESC, id` + f.Page(page.Limit, page.Offset)
	list, err = store.List(ctx, q, scanChannel, query, f.Args()...)
	return total, list, err
}

func countChannels(ctx context.Context, q store.Querier, projectID string) (n int, err error) {
	err = q.QueryRow(ctx, `SELECT COUNT(*) FROM channels WHERE project_id = $1`, projectID).Scan(&n)
	return n, err
}

func insertChannel(ctx context.Context, tx *store.Tx, ch *Channel) error {
	h := &ch.health
	_, err := tx.Exec(ctx, `
		INSERT INTO channels (id, project_id, name, member_type, port, balance, create_time,
		                      check_id, protocol, path, check_port, normal, abnormal, time_out, time_interval, http_code)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)`,
		ch.ID, ch.projectID, ch.Name, ch.MemberType, ch.Port, ch.BalanceStrategy, store.Micros(time.Time(ch.CreateTime)),
		h.ID, h.Protocol, h.Path, h.onPort, h.ThresholdNormal, h.ThresholdAbnormal, h.TimeOut, h.TimeInterval, h.HTTPCode)
	return err
}

func updateChannel(ctx context.Context, tx *store.Tx, ch *Channel) error {
	h := &ch.health
	_, err := tx.Exec(ctx, `
		UPDATE channels SET name = $1, member_type = $2, port = $3, balance = $4,
		       protocol = $5, path = $6, check_port = $7, normal = $8, abnormal = $9,
		       time_out = $10, time_interval = $11, http_code = $12
		WHERE id = $13`,
		ch.Name, ch.MemberType, ch.Port, ch.BalanceStrategy,
		h.Protocol, h.Path, h.onPort, h.ThresholdNormal, h.ThresholdAbnormal, h.TimeOut, h.TimeInterval, h.HTTPCode, ch.ID)
	return err
}

// inUse reports whether a draft or a published version of an API names the
// channel.
func inUse(ctx context.Context, q store.Querier, id string) (used bool, err error) {
	err = q.QueryRow(ctx, `SELECT EXISTS (SELECT 1 FROM api_uses WHERE kind = 'channel' AND ref = $1)`, id).Scan(&used)
	return used, err
}

func deleteChannel(ctx context.Context, tx *store.Tx, id string) error {
	if _, err := tx.Exec(ctx, `DELETE FROM channel_members WHERE channel_id = $1`, id); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `DELETE FROM channels WHERE id = $1`, id)
	return err
}
