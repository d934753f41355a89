package keystone

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/lintel-gateway/lintel/internal/message"
	"github.com/lintel-gateway/lintel/internal/wire"
)

// Site knows the address under which clients reach this API. Clients follow
// the links in answers, so these must carry the public host (wire-facts §16.1).
type Site struct {
	// URL is scheme and host without a slash at the end, as configured behind a
	// proxy: "https://iam.example.com". Empty means: as the client addressed
	// us. X-Forwarded-* is not read, for anybody can send it.
	URL string
}

// Base is scheme and host for links in the answer to r, without a slash at
// the end.
func (s Site) Base(r *http.Request) string {
	if s.URL != "" {
		return strings.TrimSuffix(s.URL, "/")
	}
	scheme := "http://"
	if r.TLS != nil {
		scheme = "https://"
	}
	if _, err := message.CanonicalHost(r.Host); err != nil {
		return scheme + "localhost"
	}
	return scheme + r.Host
}

// Links are the links of a list. Previous and next are null: lists of this
// API come whole.
type Links struct {
	Self     string  `json:"self" doc:"URL of this very list."`
	Previous *string `json:"previous" doc:"Always null."`
	Next     *string `json:"next" doc:"Always null."`
}

// Link is the link of one entity. Old openstack commands crash without it
// (wire-facts §16.3).
type Link struct {
	Self string `json:"self" doc:"URL of this entity."`
}

// List is the links of the list that r asked for, with its query.
func (s Site) List(r *wire.Request) Links {
	self := s.Base(r.HTTP) + r.HTTP.URL.EscapedPath()
	if q := r.HTTP.URL.RawQuery; q != "" {
		self += "?" + q
	}
	return Links{Self: self}
}

// Entity is the link of the entity at the path under /v3, given in segments:
// Entity(r, "users", id).
func (s Site) Entity(r *wire.Request, path ...string) Link {
	var b strings.Builder
	b.WriteString(s.Base(r.HTTP))
	b.WriteString("/v3")
	for _, segment := range path {
		b.WriteString("/")
		b.WriteString(url.PathEscape(segment))
	}
	return Link{Self: b.String()}
}
