package catalog

import (
	"net/http"
	"slices"

	"github.com/lintel-gateway/lintel/internal/wire"
	"github.com/lintel-gateway/lintel/internal/wire/keystone"
)

const maxBody = 64 << 10

var bad = keystone.BadRequest("Invalid input for field '<field>': <reason>.")

// Routes is the table of contents of the area.
func (a *Area) Routes() []wire.Route {
	return slices.Concat(a.discoveryRoutes(), a.serviceRoutes(), a.endpointRoutes(), a.regionRoutes())
}

// discoveryRoutes are what anybody may ask before logging in.
func (a *Area) discoveryRoutes() []wire.Route {
	return []wire.Route{
		{
			Method: http.MethodGet, Pattern: "/", Action: "identity:list_versions", Access: wire.Public,
			Summary: "Lists the versions of the identity API.", Status: http.StatusMultipleChoices,
			Handle: wire.Get(func(r *wire.Request) (versions, error) {
				return versions{versionValues{[]version{a.version(r)}}}, nil
			}),
		},
		{
			Method: http.MethodGet, Pattern: "/v3", Action: "identity:get_version", Access: wire.Public,
			Summary: "Describes version 3 of the identity API; /v3/ does the same.",
			Handle:  wire.Get(func(r *wire.Request) (oneVersion, error) { return oneVersion{a.version(r)}, nil }),
		},
	}
}

func (a *Area) serviceRoutes() []wire.Route {
	missing := keystone.NotFound("service", "<id>")
	own := keystone.Conflict("service", "type <type> is that of a service of this installation")
	return []wire.Route{
		{
			Method: http.MethodGet, Pattern: "/v3/services", Action: "identity:list_services", Access: wire.Authenticated,
			Summary: "Lists services.",
			Query: []wire.Param{
				{Name: "type", Type: "string", Doc: "Only services of exactly this type."},
				{Name: "name", Type: "string", Doc: "Only services with exactly this name."},
			},
			Handle: wire.Get(a.listServices),
		},
		{
			Method: http.MethodPost, Pattern: "/v3/services", Action: "identity:create_service", Access: wire.Admin,
			Summary: "Adds a service to the catalog.", Status: http.StatusCreated, MaxBody: maxBody,
			Errors: []*wire.Error{bad, own},
			Handle: wire.Body(a.createService),
		},
		{
			Method: http.MethodGet, Pattern: "/v3/services/{id}", Action: "identity:get_service", Access: wire.Authenticated,
			Summary: "Shows a service.", Errors: []*wire.Error{missing},
			Handle: wire.Get(a.showService),
		},
		{
			Method: http.MethodPatch, Pattern: "/v3/services/{id}", Action: "identity:update_service", Access: wire.Admin,
			Summary: "Changes a service; what is left out stays.", MaxBody: maxBody,
			Errors: []*wire.Error{bad, builtIn, missing, own},
			Handle: wire.Body(a.updateService),
		},
		{
			Method: http.MethodDelete, Pattern: "/v3/services/{id}", Action: "identity:delete_service", Access: wire.Admin,
			Summary: "Deletes a service with its endpoints.", Errors: []*wire.Error{builtIn, missing},
			Handle: wire.Done(a.removeService),
		},
	}
}

func (a *Area) endpointRoutes() []wire.Route {
	missing := keystone.NotFound("endpoint", "<id>")
	return []wire.Route{
		{
			Method: http.MethodGet, Pattern: "/v3/endpoints", Action: "identity:list_endpoints", Access: wire.Authenticated,
			Summary: "Lists endpoints.",
			Query: []wire.Param{
				{Name: "service_id", Type: "string", Doc: "Only endpoints of this service."},
				{Name: "interface", Type: "string", Doc: "public, internal or admin."},
				{Name: "region_id", Type: "string", Doc: "Only endpoints in this region."},
			},
			Handle: wire.Get(a.listEndpoints),
		},
		{
			Method: http.MethodPost, Pattern: "/v3/endpoints", Action: "identity:create_endpoint", Access: wire.Admin,
			Summary: "Adds an endpoint to a service.", Status: http.StatusCreated, MaxBody: maxBody,
			Errors: []*wire.Error{bad, builtIn},
			Handle: wire.Body(a.createEndpoint),
		},
		{
			Method: http.MethodGet, Pattern: "/v3/endpoints/{id}", Action: "identity:get_endpoint", Access: wire.Authenticated,
			Summary: "Shows an endpoint.", Errors: []*wire.Error{missing},
			Handle: wire.Get(a.showEndpoint),
		},
		{
			Method: http.MethodPatch, Pattern: "/v3/endpoints/{id}", Action: "identity:update_endpoint", Access: wire.Admin,
			Summary: "Changes an endpoint; what is left out stays.", MaxBody: maxBody,
			Errors: []*wire.Error{bad, builtIn, missing},
			Handle: wire.Body(a.updateEndpoint),
		},
		{
			Method: http.MethodDelete, Pattern: "/v3/endpoints/{id}", Action: "identity:delete_endpoint", Access: wire.Admin,
			Summary: "Deletes an endpoint.", Errors: []*wire.Error{builtIn, missing},
			Handle: wire.Done(a.removeEndpoint),
		},
	}
}

func (a *Area) regionRoutes() []wire.Route {
	missing := keystone.NotFound("region", "<id>")
	return []wire.Route{
		{
			Method: http.MethodGet, Pattern: "/v3/regions", Action: "identity:list_regions", Access: wire.Authenticated,
			Summary: "Lists regions.",
			Query:   []wire.Param{{Name: "parent_region_id", Type: "string", Doc: "Only regions directly below this one."}},
			Handle:  wire.Get(a.listRegions),
		},
		{
			Method: http.MethodPost, Pattern: "/v3/regions", Action: "identity:create_region", Access: wire.Admin,
			Summary: "Makes a region.", Status: http.StatusCreated, MaxBody: maxBody,
			Errors: []*wire.Error{bad, missing, keystone.Conflict("region", "Duplicate ID, <id>")},
			Handle: wire.Body(a.createRegion),
		},
		{
			Method: http.MethodGet, Pattern: "/v3/regions/{id}", Action: "identity:get_region", Access: wire.Authenticated,
			Summary: "Shows a region.", Errors: []*wire.Error{missing},
			Handle: wire.Get(a.showRegion),
		},
		{
			Method: http.MethodPatch, Pattern: "/v3/regions/{id}", Action: "identity:update_region", Access: wire.Admin,
			Summary: "Describes a region anew, or puts it below another one; what is left out stays.", MaxBody: maxBody,
			Errors: []*wire.Error{bad, builtIn, missing},
			Handle: wire.Body(a.updateRegion),
		},
		{
			Method: http.MethodDelete, Pattern: "/v3/regions/{id}", Action: "identity:delete_region", Access: wire.Admin,
			Summary: "Deletes a region that holds neither endpoints nor regions.",
			Errors:  []*wire.Error{builtIn, missing, keystone.Denied("Unable to delete region <id> because it has endpoints.")},
			Handle:  wire.Done(a.removeRegion),
		},
	}
}
