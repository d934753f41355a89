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

// filter is what a list is restricted to; the zero value of a field restricts
// nothing.
type filter struct {
	projectID, id, appKey, creator string
	name, like                     string
	status                         int
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

func newFilter(r *wire.Request) (*filter, error) {
	q := r.Query()
	f := &filter{id: q.Get("id"), appKey: q.Get("app_key"), creator: q.Get("creator")}
	if !r.Actor.Admin() {
		f.projectID = r.Actor.ProjectID
	}
	switch name := q.Get("name"); {
	case name == "":
	case apig.Precise(r, "name"):
		f.name = name
	default:
		f.like = store.Like(name)
	}
	var c apig.Check
	if f.creator != "" {
		c.Enum("creator", &f.creator, creatorUser, creatorMarket)
	}
	if text := strings.TrimSpace(q.Get("status")); text != "" {
		var err error
		f.status, err = strconv.Atoi(text)
		c.That(err == nil && f.status >= 1 && f.status <= 3, apig.Invalid("status"))
	}
	return f, c.Err()
}
