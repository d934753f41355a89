package appcredentials

import (
	"net/http"

	"github.com/lintel-gateway/lintel/internal/clock"
	"github.com/lintel-gateway/lintel/internal/identity/accounts"
	"github.com/lintel-gateway/lintel/internal/identity/passwords"
	"github.com/lintel-gateway/lintel/internal/identity/tokens"
	"github.com/lintel-gateway/lintel/internal/ids"
	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/wire"
	"github.com/lintel-gateway/lintel/internal/wire/keystone"
)

// Deps is what the area works with.
type Deps struct {
	DB        *store.DB
	IDs       *ids.Source
	Clock     clock.Clock
	Passwords *passwords.Hasher
	Revoked   *tokens.Revocations
	Site      keystone.Site
}

// Area makes, shows, proves and deletes application credentials.
type Area struct {
	Deps
	guesses guesses
}

// New returns the area.
func New(d Deps) *Area { return &Area{Deps: d, guesses: guesses{rows: map[string]*guess{}}} }

const path = "/v3/users/{user_id}/application_credentials"

// Routes is the table of contents of the area.
func (a *Area) Routes() []wire.Route {
	nobody := keystone.NotFound("user", "<id>")
	one := []*wire.Error{nobody, keystone.NotFound(kind, "<id>")}
	return []wire.Route{
		{
			Method: http.MethodPost, Pattern: path, Action: "identity:create_application_credential", Access: wire.Project,
			Summary: "Makes an application credential for the caller in the project in scope; its secret is in this answer only.",
			Status:  http.StatusCreated, MaxBody: 64 << 10,
			Errors: []*wire.Error{keystone.BadRequest("<reason>"), keystone.Forbidden("<rule>"), ErrBound, full, nobody, taken, accounts.Busy},
			Handle: wire.Body(a.create),
		},
		{
			Method: http.MethodGet, Pattern: path, Action: "identity:list_application_credentials", Access: wire.Authenticated,
			Summary: "Lists a user's application credentials, without secrets: one's own, or anybody's to an administrator.",
			Query:   []wire.Param{{Name: "name", Type: "string", Doc: "Only the one with exactly this name."}},
			Errors:  []*wire.Error{nobody},
			Handle:  wire.Get(a.list),
		},
		{
			Method: http.MethodGet, Pattern: path + "/{id}", Action: "identity:get_application_credential", Access: wire.Authenticated,
			Summary: "Shows an application credential, without its secret.", Errors: one,
			Handle: wire.Get(a.get),
		},
		{
			Method: http.MethodDelete, Pattern: path + "/{id}", Action: "identity:delete_application_credential", Access: wire.Authenticated,
			Summary: "Deletes an application credential and ends its tokens.", Errors: append(one, ErrBound),
			Handle: wire.Done(a.remove),
		},
	}
}
