package functions

import (
	"strconv"

	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/wire"
	"github.com/lintel-gateway/lintel/internal/wire/apig"
)

// List is a page of functions.
type List struct {
	Functions  []*Function `json:"functions"`
	NextMarker int         `json:"next_marker" doc:"The marker of the next page."`
	Count      int         `json:"count" doc:"How many there are in all."`
}

// Versions is a page of versions.
type Versions struct {
	Versions   []*Function `json:"versions"`
	NextMarker int         `json:"next_marker" doc:"The marker of the next page."`
	Count      int         `json:"count" doc:"How many there are in all."`
}

// largestPage is FunctionGraph's, which is its default too.
const largestPage = 400

// window reads FunctionGraph's paging.
func window(r *wire.Request) (marker, limit int, err error) {
	if marker, err = number(r, "marker"); err != nil {
		return 0, 0, err
	}
	if limit, err = number(r, "maxitems"); err != nil {
		return 0, 0, err
	}
	if limit == 0 || limit > largestPage {
		limit = largestPage
	}
	return marker, limit, nil
}

// number reads a number of the query that is not negative; nothing is 0.
func number(r *wire.Request, param string) (int, error) {
	text := r.Query().Get(param)
	if text == "" {
		return 0, nil
	}
	n, err := strconv.ParseInt(text, 10, 32)
	var c apig.Check
	c.That(err == nil, apig.Invalid(param))
	c.That(n >= 0, apig.TooSmall(param))
	return int(n), c.Err()
}

func (a *Area) list(r *wire.Request) (*List, error) {
	projectID, err := apig.InProject(r)
	if err != nil {
		return nil, err
	}
	marker, limit, err := window(r)
	if err != nil {
		return nil, err
	}
	var f store.Filter
	f.And("f.project_id = ?", projectID)
	f.And("v.version = ?", latest)
	f.Equal("f.package", r.Query().Get("package_name"))
	f.Match("f.name", r.Query().Get("func_name"), false)
	out := &List{}
	out.Count, out.Functions, err = selectFunctions(r.Context(), a.DB, f, ` ORDER BY f.create_time, f.urn`, limit, marker)
	out.NextMarker = marker + len(out.Functions)
	return out, err
}

func (a *Area) listVersions(r *wire.Request) (*Versions, error) {
	marker, limit, err := window(r)
	if err != nil {
		return nil, err
	}
	of, err := own(r, a.DB)
	if err != nil {
		return nil, err
	}
	var f store.Filter
	f.And("f.urn = ?", of.urn)
	out := &Versions{}
	out.Count, out.Versions, err = selectFunctions(r.Context(), a.DB, f,
		` ORDER BY CASE v.version WHEN 'latest' THEN 0 ELSE 1 END, v.last_modified DESC, v.version`, limit, marker)
	out.NextMarker = marker + len(out.Versions)
	return out, err
}
