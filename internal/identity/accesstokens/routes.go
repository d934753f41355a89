package accesstokens

import (
	"net/http"

	"github.com/lintel-gateway/lintel/internal/clock"
	"github.com/lintel-gateway/lintel/internal/identity/bearer"
	"github.com/lintel-gateway/lintel/internal/identity/tokens"
	"github.com/lintel-gateway/lintel/internal/ids"
	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/wire"
	"github.com/lintel-gateway/lintel/internal/wire/ghippo"
)

// Deps is what the area works with.
type Deps struct {
	DB      *store.DB
	IDs     *ids.Source
	Clock   clock.Clock
	Revoked *tokens.Revocations
	Ring    *bearer.Ring
}

// Area is the open area.
type Area struct{ Deps }

// New returns the area.
func New(d Deps) *Area { return &Area{d} }

const (
	ownPath  = ghippo.Base + "/current-user/accesstoken" // the reference makes them here and lists them in the plural
	userPath = ghippo.Base + "/users/{id}/accesstoken"
)

// Routes is the table of contents of the area.
func (a *Area) Routes() []wire.Route {
	invalid, forbidden := ghippo.BadRequest("<reason>"), ghippo.Forbidden("<action>")
	noUser, noToken := ghippo.NotFound("user", "<id>"), ghippo.NotFound("access token", "<id>")
	return []wire.Route{
		{
			Method: http.MethodPost, Pattern: ownPath, Action: "ghippo:accesstokens:create", Access: wire.Authenticated,
			Summary: "Makes an access token of the caller's; it is in this answer only.",
			Errors:  []*wire.Error{invalid, forbidden, tooMany}, Handle: wire.Body(a.create),
		},
		{
			Method: http.MethodGet, Pattern: ownPath + "s", Action: "ghippo:accesstokens:list", Access: wire.Authenticated,
			Summary: "Lists the caller's access tokens, without the tokens themselves.", Handle: wire.Get(a.list),
		},
		{
			Method: http.MethodDelete, Pattern: ownPath + "s/{id}", Action: "ghippo:accesstokens:delete", Access: wire.Authenticated,
			Summary: "Deletes an access token of the caller's and ends it.",
			Errors:  []*wire.Error{forbidden, noToken}, Handle: wire.Get(a.remove),
		},
		{
			Method: http.MethodPost, Pattern: userPath, Action: "ghippo:users:accesstokens:create", Access: wire.Admin,
			Summary: "Makes an access token of a user; it is in this answer only.",
			Errors:  []*wire.Error{invalid, forbidden, noUser, tooMany}, Handle: wire.Body(a.createFor),
		},
		{
			Method: http.MethodGet, Pattern: userPath + "s", Action: "ghippo:users:accesstokens:list", Access: wire.Domain,
			Summary: "Lists the access tokens of a user, without the tokens themselves.",
			Errors:  []*wire.Error{forbidden, noUser}, Handle: wire.Get(a.listFor),
		},
		{
			Method: http.MethodDelete, Pattern: userPath + "s/{aid}", Action: "ghippo:users:accesstokens:delete", Access: wire.Domain,
			Summary: "Deletes an access token of a user and ends it.",
			Errors:  []*wire.Error{forbidden, noUser, noToken}, Handle: wire.Get(a.removeFor),
		},
	}
}
