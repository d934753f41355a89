package catalog

import (
	"net/http"

	"github.com/lintel-gateway/lintel/internal/wire"
)

// version is what this API says of itself. v3.14 is the last version of
// Keystone; clients only look for "v3" and "stable" (wire-facts §16.1).
type version struct {
	ID         string      `json:"id" doc:"Version of the protocol."`
	Status     string      `json:"status" doc:"Always stable."`
	Updated    string      `json:"updated" doc:"When the protocol last changed."`
	Links      []link      `json:"links" doc:"Where the version is served."`
	MediaTypes []mediaType `json:"media-types" doc:"What it speaks."`
}

type link struct {
	Rel  string `json:"rel"`
	Href string `json:"href"`
}

type mediaType struct {
	Base string `json:"base"`
	Type string `json:"type"`
}

type versions struct {
	Versions versionValues `json:"versions"`
}

type versionValues struct {
	Values []version `json:"values"`
}

type oneVersion struct {
	Version version `json:"version"`
}

// Routes is the table of contents: what anybody may ask before logging in.
func (c Catalog) Routes() []wire.Route {
	return []wire.Route{
		{
			Method: http.MethodGet, Pattern: "/", Action: "identity:list_versions", Access: wire.Public,
			Summary: "Lists the versions of the identity API.", Status: http.StatusMultipleChoices,
			Handle: wire.Get(func(r *wire.Request) (versions, error) {
				return versions{versionValues{[]version{c.version(r)}}}, nil
			}),
		},
		{
			Method: http.MethodGet, Pattern: "/v3", Action: "identity:get_version", Access: wire.Public,
			Summary: "Describes version 3 of the identity API; /v3/ does the same.",
			Handle:  wire.Get(func(r *wire.Request) (oneVersion, error) { return oneVersion{c.version(r)}, nil }),
		},
	}
}

func (c Catalog) version(r *wire.Request) version {
	return version{
		ID: "v3.14", Status: "stable", Updated: "2020-04-07T00:00:00Z",
		Links:      []link{{Rel: "self", Href: c.Site.Base(r.HTTP) + "/v3/"}},
		MediaTypes: []mediaType{{Base: "application/json", Type: "application/vnd.openstack.identity-v3+json"}},
	}
}
