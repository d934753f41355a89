package groups

import (
	"context"
	"strings"

	"github.com/lintel-gateway/lintel/internal/store"
)

// selectDomains answers the domains of groups, the oldest first.
func selectDomains(ctx context.Context, q store.Querier, groupIDs []string) ([]URLDomain, error) {
	var f store.Filter
	args := make([]any, len(groupIDs))
	for i, id := range groupIDs {
		args[i] = id
	}
	f.And("d.group_id IN (?"+strings.Repeat(", ?", len(args)-1)+")", args...)
	return store.List(ctx, q, func(row store.Scanner) (d URLDomain, err error) {
		err = row.Scan(&d.groupID, &d.ID, &d.Domain, &d.CNAMEStatus, &d.SSLID, &d.SSLName)
		return d, err
	}, `SELECT d.group_id, d.id, d.url_domain, d.cname_status, COALESCE(c.id, ''), COALESCE(c.name, '')
		FROM domains d
		LEFT JOIN certificates c ON c.domain_id = d.id`+f.Where()+` ORDER BY d.create_time, d.id`, f.Args()...)
}

// selectHosts answers the hosts that the domains of a group are to gateways.
func selectHosts(ctx context.Context, q store.Querier, groupID string) ([]string, error) {
	return store.List(ctx, q, store.Text, `SELECT domain FROM domains WHERE group_id = $1 ORDER BY domain`, groupID)
}

// deleteResponses answers the ids of the responses that a group had.
func deleteResponses(ctx context.Context, tx *store.Tx, groupID string) ([]string, error) {
	return drop(ctx, tx, groupID, `SELECT id FROM group_responses WHERE group_id = $1 ORDER BY id`,
		`DELETE FROM group_response_types WHERE response_id IN (SELECT id FROM group_responses WHERE group_id = $1)`,
		`DELETE FROM group_responses WHERE group_id = $1`)
}

// deleteDomains answers the ids of the certificates that the domains of a group
// had.
func deleteDomains(ctx context.Context, tx *store.Tx, groupID string) ([]string, error) {
	return drop(ctx, tx, groupID,
		`SELECT c.id FROM certificates c JOIN domains d ON d.id = c.domain_id WHERE d.group_id = $1 ORDER BY c.id`,
		`DELETE FROM certificates WHERE domain_id IN (SELECT id FROM domains WHERE group_id = $1)`,
		`DELETE FROM domains WHERE group_id = $1`)
}

func deleteVariables(ctx context.Context, tx *store.Tx, groupID string) error {
	_, err := tx.Exec(ctx, `DELETE FROM env_variables WHERE group_id = $1`, groupID)
	return err
}

// drop reads ids and deletes; every statement takes the group.
func drop(ctx context.Context, tx *store.Tx, groupID, ids string, statements ...string) ([]string, error) {
	held, err := store.List(ctx, tx, store.Text, ids, groupID)
	if err != nil {
		return nil, err
	}
	for _, statement := range statements {
		if _, err := tx.Exec(ctx, statement, groupID); err != nil {
			return nil, err
		}
	}
	return held, nil
}
