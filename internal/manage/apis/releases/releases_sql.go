package releases

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/lintel-gateway/lintel/internal/manage/apis/draft"
	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/wire"
	"github.com/lintel-gateway/lintel/internal/wire/apig"
)

// draftRow is a draft as releases read it.
type draftRow struct {
	id, projectID       string
	document            string
	doc                 draft.Document
	registered, updated int64
}

// loadDraft reads an API and refuses another project's.
func loadDraft(ctx context.Context, q store.Querier, actor *wire.Actor, id string) (*draftRow, error) {
	d := &draftRow{id: id}
	err := q.QueryRow(ctx, `SELECT project_id, document, register_time, update_time FROM apis WHERE id = $1`, id).
		Scan(&d.projectID, &d.document, &d.registered, &d.updated)
	if errors.Is(err, store.ErrNotFound) {
		return nil, apig.NoAPI(id)
	}
	if err != nil {
		return nil, err
	}
	if err := apig.Own(actor, d.projectID, apig.E1102); err != nil {
		return nil, err
	}
	if err := json.Unmarshal([]byte(d.document), &d.doc); err != nil {
		return nil, fmt.Errorf("releases: document of API %s: %w", id, err)
	}
	return d, nil
}

// ownEnv refuses an environment that does not exist or is another project's.
// With a projectID the environment must also be of that project, so that an
// administrator cannot mix the resources of two.
func ownEnv(ctx context.Context, q store.Querier, actor *wire.Actor, projectID, id string) error {
	if id == releaseID {
		return nil
	}
	var owner string
	err := q.QueryRow(ctx, `SELECT project_id FROM envs WHERE id = $1`, id).Scan(&owner)
	if errors.Is(err, store.ErrNotFound) {
		return apig.NoEnv(id)
	}
	if err != nil {
		return err
	}
	if err := apig.Own(actor, owner, apig.E1103); err != nil {
		return err
	}
	if projectID != "" && owner != projectID {
		return apig.E1201
	}
	return nil
}

func loadVariables(ctx context.Context, q store.Querier, groupID, envID string) (map[string]string, error) {
	rows, err := q.Query(ctx, `SELECT name, value FROM env_variables WHERE group_id = $1 AND env_id = $2`, groupID, envID)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := map[string]string{}
	for rows.Next() {
		var name, value string
		if err := rows.Scan(&name, &value); err != nil {
			return nil, err
		}
		out[name] = value
	}
	return out, rows.Err()
}

// versionRow is a version with what its answers need.
type versionRow struct {
	Publication
	number, document, variables string
	doc                         draft.Document
	envName, groupName          string
	subDomain                   string
	registered, updated         apig.Time
	running                     bool
}

func insertVersion(ctx context.Context, tx *store.Tx, v *versionRow) error {
	return tx.Send(ctx, `
		INSERT INTO api_versions (version_id, version_no, publish_id, api_id, env_id, document, variables, remark,
			publish_time, register_time, update_time)
		VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11)`,
		v.VersionID, v.number, v.PublishID, v.APIID, v.EnvID, v.document, v.variables, v.Remark,
		store.Micros(time.Time(v.PublishTime)), store.Micros(time.Time(v.registered)), store.Micros(time.Time(v.updated)))
}

func replacePublication(ctx context.Context, tx *store.Tx, p *Publication, projectID, auth string) error {
	return tx.Send(ctx, `
		INSERT INTO api_publications (api_id, env_id, publish_id, version_id, auth_type, remark, publish_time, project_id)
		VALUES ($1,$2,$3,$4,$5,$6,$7,$8)
		ON CONFLICT (api_id, env_id) DO UPDATE SET publish_id = excluded.publish_id, version_id = excluded.version_id,
			auth_type = excluded.auth_type, remark = excluded.remark, publish_time = excluded.publish_time`,
		p.APIID, p.EnvID, p.PublishID, p.VersionID, auth, p.Remark, store.Micros(time.Time(p.PublishTime)), projectID)
}

// forgetVersions keeps the newest versions of an API in an environment. The one
// in force was just made, so it is never among the forgotten. The limit is an
// expression because SQLite looks into a bare parameter there and then parses a kept
// statement again for each value: 70 to 88 µs instead of 14 to 26.
func forgetVersions(ctx context.Context, tx *store.Tx, apiID, envID string, keep int) error {
	return tx.Send(ctx, `
		DELETE FROM api_versions WHERE api_id = $1 AND env_id = $2 AND version_id NOT IN (
			SELECT version_id FROM api_publications WHERE api_id = $1 AND env_id = $2)
		AND version_id NOT IN (
			SELECT version_id FROM api_versions WHERE api_id = $1 AND env_id = $2
			ORDER BY publish_time DESC, version_no DESC, version_id LIMIT ($3 + 0))`, apiID, envID, keep)
}

const versionColumns = `
	SELECT v.version_id, v.version_no, v.publish_id, v.api_id, v.env_id, COALESCE(e.name, 'RELEASE'), v.remark,
		v.publish_time, CASE WHEN p.version_id IS NULL THEN 0 ELSE 1 END, a.project_id,
		g.name, g.sl_domain, v.document, v.register_time, v.update_time
	FROM api_versions v
	JOIN apis a ON a.id = v.api_id
	JOIN groups g ON g.id = a.group_id
	LEFT JOIN envs e ON e.id = v.env_id
	LEFT JOIN api_publications p ON p.version_id = v.version_id
	WHERE v.version_id = $1`

func loadVersion(ctx context.Context, q store.Querier, actor *wire.Actor, id string) (*versionRow, error) {
	v := &versionRow{}
	var projectID string
	var published, registered, updated int64
	var running int
	err := q.QueryRow(ctx, versionColumns, id).Scan(&v.VersionID, &v.number, &v.PublishID, &v.APIID, &v.EnvID,
		&v.envName, &v.Remark, &published, &running, &projectID, &v.groupName, &v.subDomain,
		&v.document, &registered, &updated)
	if errors.Is(err, store.ErrNotFound) {
		return nil, apig.NoVersion(id)
	}
	if err != nil {
		return nil, err
	}
	if err := apig.Own(actor, projectID, apig.E1102); err != nil {
		return nil, err
	}
	if err := json.Unmarshal([]byte(v.document), &v.doc); err != nil {
		return nil, fmt.Errorf("releases: document of version %s: %w", id, err)
	}
	v.running, v.PublishTime = running == 1, apig.Time(store.Time(published))
	v.registered, v.updated = apig.Time(store.Time(registered)), apig.Time(store.Time(updated))
	return v, nil
}

func runningVersion(ctx context.Context, q store.Querier, apiID, envID string) (string, error) {
	var id string
	err := q.QueryRow(ctx, `SELECT version_id FROM api_publications WHERE api_id = $1 AND env_id = $2`, apiID, envID).Scan(&id)
	if errors.Is(err, store.ErrNotFound) {
		return "", apig.NoPublication(apiID)
	}
	return id, err
}

func listVersions(ctx context.Context, q store.Querier, apiID, envID, envName string, page apig.Page) (*VersionList, error) {
	const from = `
		FROM api_versions v LEFT JOIN envs e ON e.id = v.env_id
		LEFT JOIN api_publications p ON p.version_id = v.version_id
		WHERE v.api_id = $1 AND ($2 = '' OR v.env_id = $2) AND ($3 = '' OR COALESCE(e.name, 'RELEASE') = $3)`
	out := &VersionList{Versions: []VersionRecord{}}
	if err := q.QueryRow(ctx, `SELECT COUNT(*)`+from, apiID, envID, envName).Scan(&out.Total); err != nil {
		return nil, err
	}
	rows, err := q.Query(ctx, `
		SELECT v.version_id, v.version_no, v.api_id, v.env_id, COALESCE(e.name, 'RELEASE'), v.remark, v.publish_time,
			CASE WHEN p.version_id IS NULL THEN 2 ELSE 1 END`+from+`
		ORDER BY v.publish_time DESC, v.version_id LIMIT $4 OFFSET $5`,
		apiID, envID, envName, page.Limit, page.Offset)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var v VersionRecord
		var published int64
		if err := rows.Scan(&v.VersionID, &v.VersionNo, &v.APIID, &v.EnvID, &v.EnvName, &v.Remark, &published, &v.Status); err != nil {
			return nil, err
		}
		v.PublishTime = apig.Time(store.Time(published))
		out.Versions = append(out.Versions, v)
	}
	out.Size = len(out.Versions)
	return out, rows.Err()
}

// publishedRow is what Contribute needs of a publication.
type publishedRow struct {
	apiID, projectID, groupID string
	envID, envName            string
	publishID, versionID      string
	document, variables       string
}

func loadPublished(ctx context.Context, q store.Querier, record string) (*publishedRow, error) {
	apiID, envID := splitRecord(record)
	p := &publishedRow{apiID: apiID, envID: envID}
	err := q.QueryRow(ctx, `
		SELECT a.project_id, a.group_id, COALESCE(e.name, 'RELEASE'), p.publish_id, p.version_id, v.document, v.variables
		FROM api_publications p
		JOIN api_versions v ON v.version_id = p.version_id
		JOIN apis a ON a.id = p.api_id
		LEFT JOIN envs e ON e.id = p.env_id
		WHERE p.api_id = $1 AND p.env_id = $2`, apiID, envID,
	).Scan(&p.projectID, &p.groupID, &p.envName, &p.publishID, &p.versionID, &p.document, &p.variables)
	return p, err
}
