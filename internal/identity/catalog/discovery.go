package catalog

import "github.com/lintel-gateway/lintel/internal/wire"

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

func (a *Area) version(r *wire.Request) version {
	return version{
		ID: "v3.14", Status: "stable", Updated: "2020-04-07T00:00:00Z",
		Links:      []link{{Rel: "self", Href: a.Site.Base(r.HTTP) + "/v3/"}},
		MediaTypes: []mediaType{{Base: "application/json", Type: "application/vnd.openstack.identity-v3+json"}},
	}
}
