package apps

import (
	"strconv"
	"strings"

	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/wire"
	"github.com/lintel-gateway/lintel/internal/wire/apig"
)

// List is a page of apps, the newest first (reference table 4-185).
type List struct {
	Total int      `json:"total"`
	Size  int      `json:"size"`
	Apps  []Listed `json:"apps"`
}

// Listed is an app in a list (reference table 4-186).
type Listed struct {
	App
	BindNum int `json:"bind_num" doc:"Number of grants: an API counts once for each environment."`
}

func (a *Area) list(r *wire.Request) (*List, error) {
	page, err := apig.Paging(r)
	if err != nil {
		return nil, err
	}
	f, err := newFilter(r)
	if err != nil {
		return nil, err
	}
	out := &List{}
	if out.Total, out.Apps, err = selectApps(r.Context(), a.DB, f, page); err != nil {
		return nil, err
	}
	for i := range out.Apps {
		if err := a.unseal(r, &out.Apps[i].App); err != nil {
			return nil, err
		}
	}
	out.Size = len(out.Apps)
	return out, nil
}

// newFilter reads the query. The tenant comes from the token alone.
func newFilter(r *wire.Request) (*store.Filter, error) {
	f, q := &store.Filter{}, r.Query()
	if !r.Actor.Admin() {
		f.And("p.project_id = ?", r.Actor.ProjectID)
	}
	f.Equal("p.id", q.Get("id"))
	f.Equal("p.app_key", q.Get("app_key"))
	f.Match("p.name", q.Get("name"), apig.Precise(r, "name"))
	var c apig.Check
	if creator := q.Get("creator"); creator != "" {
		c.Enum("creator", &creator, creatorUser, creatorMarket)
		f.Equal("p.creator", creator)
	}
	if text := strings.TrimSpace(q.Get("status")); text != "" {
		status, err := strconv.Atoi(text)
		c.That(err == nil && status >= 1 && status <= 3, apig.Invalid("status"))
		f.And("p.status = ?", status)
	}
	return f, c.Err()
}
