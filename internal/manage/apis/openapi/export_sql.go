package openapi

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/lintel-gateway/lintel/internal/definition"
	"github.com/lintel-gateway/lintel/internal/manage/apis/draft"
	"github.com/lintel-gateway/lintel/internal/manage/apis/openapi/exporter"
	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/wire"
	"github.com/lintel-gateway/lintel/internal/wire/apig"
)

// ownEnv refuses an environment that does not exist, is another project's, or
// is not of the project that is exported.
func ownEnv(r *wire.Request, q store.Querier, projectID, id string) error {
	if id == releaseEnv {
		return nil
	}
	var owner string
	err := q.QueryRow(r.Context(), `SELECT project_id FROM envs WHERE id = $1`, id).Scan(&owner)
	if errors.Is(err, store.ErrNotFound) {
		return apig.NoEnv(id)
	}
	if err != nil {
		return err
	}
	if err := apig.Own(&r.Actor, owner, apig.E1103); err != nil {
		return err
	}
	if owner != projectID {
		return apig.E1201
	}
	return nil
}

type apiRow struct{ projectID, groupID string }

// ownAPI reads where an API is and refuses another project's.
func ownAPI(r *wire.Request, q store.Querier, id string) (a apiRow, err error) {
	err = q.QueryRow(r.Context(), `SELECT project_id, group_id FROM apis WHERE id = $1`, id).Scan(&a.projectID, &a.groupID)
	if errors.Is(err, store.ErrNotFound) {
		return a, apig.NoAPI(id)
	}
	if err != nil {
		return a, err
	}
	return a, apig.Own(&r.Actor, a.projectID, apig.E1102)
}

// publishedRow is an API as an environment serves it.
type publishedRow struct {
	id  string
	doc *draft.Document
}

func selectPublished(ctx context.Context, q store.Querier, groupID, envID string) ([]*publishedRow, error) {
	return store.List(ctx, q, func(row store.Scanner) (*publishedRow, error) {
		p := &publishedRow{doc: &draft.Document{}}
		var text string
		if err := row.Scan(&p.id, &text); err != nil {
			return nil, err
		}
		if err := json.Unmarshal([]byte(text), p.doc); err != nil {
			return nil, fmt.Errorf("openapi: published document of API %s: %w", p.id, err)
		}
		return p, nil
	}, `
		SELECT a.id, v.document FROM apis a
		JOIN api_publications p ON p.api_id = a.id AND p.env_id = $2
		JOIN api_versions v ON v.version_id = p.version_id
		WHERE a.group_id = $1 ORDER BY a.id`, groupID, envID)
}

// selectNames reads the names of what documents hold as ids.
func selectNames(ctx context.Context, q store.Querier, projectID, groupID string) (names exporter.Names, err error) {
	for _, kind := range []struct {
		into  *map[string]string
		query string
		arg   string
	}{
		{&names.Channels, `SELECT id, name FROM channels WHERE project_id = $1`, projectID},
		{&names.Authorizers, `SELECT id, name FROM authorizers WHERE project_id = $1`, projectID},
		{&names.Responses, `SELECT id, name FROM group_responses WHERE group_id = $1`, groupID},
	} {
		pairs, err := store.List(ctx, q, func(row store.Scanner) (p [2]string, err error) {
			err = row.Scan(&p[0], &p[1])
			return p, err
		}, kind.query, kind.arg)
		if err != nil {
			return names, err
		}
		*kind.into = make(map[string]string, len(pairs))
		for _, p := range pairs {
			(*kind.into)[p[0]] = p[1]
		}
	}
	return names, nil
}

// bindingRow is a policy that holds for an API in the environment.
type bindingRow struct{ apiID, policy, policyID string }

func (b *bindingRow) throttle() bool { return b.policy == definition.BindThrottle }

func selectBindings(ctx context.Context, q store.Querier, groupID, envID string) ([]bindingRow, error) {
	return store.List(ctx, q, func(row store.Scanner) (b bindingRow, err error) {
		err = row.Scan(&b.apiID, &b.policy, &b.policyID)
		return b, err
	}, `
		SELECT b.api_id, b.policy, b.policy_id FROM apis a
		JOIN bindings b ON b.api_id = a.id AND b.env_id = $2
		WHERE a.group_id = $1 AND b.policy IN ($3, $4) ORDER BY b.api_id, b.policy, b.slot`,
		groupID, envID, definition.BindThrottle, definition.BindACL)
}
