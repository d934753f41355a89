package login

import (
	"net/http"

	"github.com/lintel-gateway/lintel/internal/clock"
	"github.com/lintel-gateway/lintel/internal/identity/accounts"
	"github.com/lintel-gateway/lintel/internal/identity/appcredentials"
	"github.com/lintel-gateway/lintel/internal/identity/catalog"
	"github.com/lintel-gateway/lintel/internal/identity/tokens"
	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/wire"
	"github.com/lintel-gateway/lintel/internal/wire/keystone"
)

// Deps is what the area works with.
type Deps struct {
	DB             *store.DB
	Clock          clock.Clock
	Accounts       *accounts.Area
	Tokens         *tokens.Authority
	Catalog        *catalog.Area
	AppCredentials *appcredentials.Area
}

// Area gives out tokens.
type Area struct{ Deps }

// New returns the area.
func New(d Deps) *Area {
	return &Area{Deps: d}
}

// Routes is the table of contents of the area.
func (a *Area) Routes() []wire.Route {
	subject := []*wire.Error{noSubject, noToken, keystone.Forbidden("<rule>")}
	nocatalog := []wire.Param{{Name: "nocatalog", Type: "string", Doc: "Given with any value: the answer has no catalog."}}
	return []wire.Route{
		{
			Method: http.MethodPost, Pattern: "/v3/auth/tokens", Action: "identity:authenticate", Access: wire.Public,
			Summary: "Gives out a token, in the header X-Subject-Token.", Status: http.StatusCreated, Query: nocatalog,
			Errors: []*wire.Error{keystone.BadRequest("<reason>"), keystone.Unauthorized(), rescoped, accounts.Busy},
			Handle: wire.Body(a.create),
		},
		{
			Method: http.MethodGet, Pattern: "/v3/auth/tokens", Action: "identity:validate_token", Access: wire.Authenticated,
			Summary: "Shows the token in X-Subject-Token: the caller's own, or anybody's to an administrator.",
			Query:   nocatalog, Errors: subject,
			Handle: wire.Get(a.show),
		},
		{
			Method: http.MethodDelete, Pattern: "/v3/auth/tokens", Action: "identity:revoke_token", Access: wire.Authenticated,
			Summary: "Ends the token in X-Subject-Token.", Errors: subject,
			Handle: wire.Done(a.revoke),
		},
		{
			Method: http.MethodGet, Pattern: "/v3/auth/projects", Action: "identity:get_auth_projects", Access: wire.Authenticated,
			Summary: "Lists the projects that the caller can ask a token for.",
			Handle:  wire.Get(a.projects),
		},
		{
			Method: http.MethodGet, Pattern: "/v3/auth/domains", Action: "identity:get_auth_domains", Access: wire.Authenticated,
			Summary: "Lists the caller's domain and those on which it holds a role.",
			Handle:  wire.Get(a.domains),
		},
		{
			Method: http.MethodGet, Pattern: "/v3/auth/catalog", Action: "identity:get_auth_catalog", Access: wire.Authenticated,
			Summary: "Shows the services of this installation and their addresses.",
			Handle:  wire.Get(a.catalog),
		},
	}
}
