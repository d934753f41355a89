package catalog

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"

	"github.com/lintel-gateway/lintel/internal/wire/keystone"
)

// Service is one entry of the catalog.
type Service struct {
	ID        string     `json:"id" doc:"Id of the service."`
	Type      string     `json:"type" doc:"What clients look it up by."`
	Name      string     `json:"name" doc:"Name for people."`
	Endpoints []Endpoint `json:"endpoints" doc:"Where it is reached."`
}

// Endpoint is one address of a service.
type Endpoint struct {
	ID        string `json:"id" doc:"Id of the endpoint."`
	Interface string `json:"interface" doc:"Always public."`
	Region    string `json:"region" doc:"Name of the region."`
	RegionID  string `json:"region_id" doc:"Id of the region; the same as its name."`
	URL       string `json:"url" doc:"Base of the service's paths."`
}

// Catalog knows the services of a site.
type Catalog struct {
	Site   keystone.Site
	Region string
}

// Services is the catalog for a client that reached us with r.
func (c Catalog) Services(r *http.Request) []Service {
	base := c.Site.Base(r)
	return []Service{
		c.service("identity", "keystone", base+"/v3"),
		// Clients of this dialect append "api-groups" and its neighbours.
		c.service("apig", "apig", base+"/v1.0/apigw"),
	}
}

func (c Catalog) service(kind, name, url string) Service {
	return Service{ID: c.id(kind), Type: kind, Name: name, Endpoints: []Endpoint{{
		ID: c.id(kind, "public"), Interface: "public", Region: c.Region, RegionID: c.Region, URL: url,
	}}}
}

// id is the same on every node and after every start: clients may keep it.
func (c Catalog) id(parts ...string) string {
	h := sha256.New()
	for _, p := range append([]string{"catalog", c.Region}, parts...) {
		h.Write([]byte(p + "\x00"))
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}
