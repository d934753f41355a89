package servers

import (
	"errors"
	"net/url"
	"strconv"
	"strings"

	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/wire"
	"github.com/lintel-gateway/lintel/internal/wire/apig"
)

// List is a page of servers in the form of the compute API.
type List struct {
	Servers []*Server `json:"servers"`
	Links   []Link    `json:"servers_links,omitempty" doc:"The next page; absent on the last one."`
}

// Link leads somewhere.
type Link struct {
	Rel  string `json:"rel" doc:"next"`
	Href string `json:"href"`
}

// maxPage is the largest page of the compute API; longer ones are cut to it, as
// there.
const maxPage = 1000

func (a *Area) list(r *wire.Request) (*List, error) {
	projectID, err := project(r)
	if err != nil {
		return nil, err
	}
	q := r.Query()
	limit, err := pageLimit(q.Get("limit"))
	if err != nil {
		return nil, err
	}
	var f store.Filter
	f.And("project_id = ?", projectID)
	f.Match("name", q.Get("name"), false)
	f.Equal("status", strings.ToUpper(q.Get("status")))
	if marker := q.Get("marker"); marker != "" {
		last, err := selectServer(r.Context(), a.DB, projectID, marker)
		if errors.Is(err, store.ErrNotFound) {
			return nil, apig.Invalid("marker")
		}
		if err != nil {
			return nil, err
		}
		after(&f, last)
	}
	l := &List{}
	// One more than asked for tells whether there is a next page.
	if l.Servers, err = selectServers(r.Context(), a.DB, &f, limit+1); err != nil {
		return nil, err
	}
	if len(l.Servers) > limit {
		l.Servers = l.Servers[:limit]
		l.Links = []Link{{Rel: "next", Href: a.next(r, l.Servers[limit-1].ID)}}
	}
	return l, nil
}

// pageLimit reads limit. An empty one counts as absent, and so does 0.
func pageLimit(v string) (int, error) {
	if v == "" {
		return maxPage, nil
	}
	if digits := strings.TrimPrefix(v, "-"); digits == "" || strings.Trim(digits, "0123456789") != "" {
		return 0, apig.Invalid("limit")
	}
	n, err := strconv.Atoi(v)
	switch {
	case strings.HasPrefix(v, "-") && strings.Trim(v, "-0") != "":
		return 0, apig.TooSmall("limit")
	case err != nil || n > maxPage || n == 0:
		return maxPage, nil
	}
	return n, nil
}

// next is the address of the page behind marker, with what else was asked.
func (a *Area) next(r *wire.Request, marker string) string {
	q := url.Values{}
	for name, values := range r.Query() {
		q[name] = values
	}
	q.Set("marker", marker)
	return a.Site.Base(r.HTTP) + r.HTTP.URL.EscapedPath() + "?" + q.Encode()
}
