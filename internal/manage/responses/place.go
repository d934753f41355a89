package responses

import (
	"errors"
	"strings"

	"github.com/lintel-gateway/lintel/internal/ids"
	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/wire"
	"github.com/lintel-gateway/lintel/internal/wire/apig"
)

// ownGroup answers the group of the path if the actor may handle it. Below the
// paths of v2 a group lives in the project of the path.
func ownGroup(r *wire.Request, q store.Querier) (*group, error) {
	id, instance := r.Path("group_id"), r.Path("instance_id")
	if instance != "" {
		projectID, err := apig.InProject(r)
		if err != nil {
			return nil, err
		}
		if !wellFormed(instance) {
			return nil, apig.E3030
		}
		g, err := selectGroup(r.Context(), q, id)
		if errors.Is(err, store.ErrNotFound) || err == nil && g.projectID != projectID {
			return nil, apig.NoGroup(id)
		}
		return g, err
	}
	g, err := selectGroup(r.Context(), q, id)
	if errors.Is(err, store.ErrNotFound) {
		return nil, apig.NoGroup(id)
	}
	if err != nil {
		return nil, err
	}
	return g, apig.Own(&r.Actor, g.projectID, apig.E1101)
}

// wellFormed reports whether an instance id has one of the two forms in which
// they are written: 32 hex characters, or those of a UUID.
func wellFormed(id string) bool {
	if len(id) == 36 && id[8] == '-' && id[13] == '-' && id[18] == '-' && id[23] == '-' {
		id = strings.ReplaceAll(id, "-", "")
	}
	return ids.Valid(id)
}
