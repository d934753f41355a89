package servers

import (
	"context"
	"encoding/json"
	"time"

	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/wire/apig"
)

const columns = `
	SELECT id, project_id, name, status, host, access_ipv4, access_ipv6, addresses, create_time, update_time
	FROM servers`

func scanServer(row store.Scanner) (*Server, error) {
	s := &Server{}
	var addresses string
	var created, updated int64
	err := row.Scan(&s.ID, &s.TenantID, &s.Name, &s.Status, &s.host, &s.AccessIPv4, &s.AccessIPv6, &addresses, &created, &updated)
	if err != nil {
		return nil, err
	}
	s.Created, s.Updated = apig.Time(store.Time(created)), apig.Time(store.Time(updated))
	return s, json.Unmarshal([]byte(addresses), &s.Addresses)
}

func selectServer(ctx context.Context, q store.Querier, projectID, id string) (*Server, error) {
	return scanServer(q.QueryRow(ctx, columns+` WHERE project_id = $1 AND id = $2`, projectID, id))
}

// after restricts a list to what comes behind a server.
func after(f *store.Filter, last *Server) {
	at := store.Micros(time.Time(last.Created))
	f.And("(create_time < ? OR create_time = ? AND id > ?)", at, at, last.ID)
}

func selectServers(ctx context.Context, q store.Querier, f *store.Filter, limit int) ([]*Server, error) {
	query := columns + f.Where() + ` ORDER BY create_time DESC, id` + f.Page(limit, 0)
	return store.List(ctx, q, scanServer, query, f.Args()...)
}

func countServers(ctx context.Context, q store.Querier, projectID string) (n int, err error) {
	err = q.QueryRow(ctx, `SELECT COUNT(*) FROM servers WHERE project_id = $1`, projectID).Scan(&n)
	return n, err
}

func hasProject(ctx context.Context, q store.Querier, id string) (found bool, err error) {
	err = q.QueryRow(ctx, `SELECT EXISTS (SELECT 1 FROM identity_projects WHERE id = $1)`, id).Scan(&found)
	return found, err
}

// selectChannels answers the channels of the project with a member of that
// server.
func selectChannels(ctx context.Context, q store.Querier, projectID, id string) ([]string, error) {
	return store.List(ctx, q, store.Text, `
		SELECT c.id FROM channel_members m JOIN channels c ON c.id = m.channel_id
		WHERE m.instance_id = $1 AND c.project_id = $2 ORDER BY c.id`, id, projectID)
}

func insertServer(ctx context.Context, tx *store.Tx, s *Server) error {
	addresses, err := json.Marshal(s.Addresses)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `
		INSERT INTO servers (id, project_id, name, status, host, access_ipv4, access_ipv6, addresses, create_time, update_time)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
		s.ID, s.TenantID, s.Name, s.Status, s.host, s.AccessIPv4, s.AccessIPv6, string(addresses),
		store.Micros(time.Time(s.Created)), store.Micros(time.Time(s.Updated)))
	return err
}

func updateServer(ctx context.Context, tx *store.Tx, s *Server) error {
	addresses, err := json.Marshal(s.Addresses)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `
		UPDATE servers SET name = $1, status = $2, host = $3, access_ipv4 = $4, access_ipv6 = $5, addresses = $6, update_time = $7
		WHERE project_id = $8 AND id = $9`,
		s.Name, s.Status, s.host, s.AccessIPv4, s.AccessIPv6, string(addresses), store.Micros(time.Time(s.Updated)), s.TenantID, s.ID)
	return err
}

func deleteServer(ctx context.Context, tx *store.Tx, s *Server) error {
	_, err := tx.Exec(ctx, `DELETE FROM servers WHERE project_id = $1 AND id = $2`, s.TenantID, s.ID)
	return err
}
