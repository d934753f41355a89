package bearer

import (
	"net/http"

	"github.com/lintel-gateway/lintel/internal/identity/accesskeys"
	"github.com/lintel-gateway/lintel/internal/wire"
	"github.com/lintel-gateway/lintel/internal/wire/ghippo"
	"github.com/lintel-gateway/lintel/internal/wire/keystone"
)

// Deps is what the area works with.
type Deps struct {
	Ring  *Ring
	Keys  *accesskeys.Area
	Guard Guard
	Site  keystone.Site
}

// Guard counts wrong secrets together with the wrong signatures of the same
// access key. All are set.
type Guard struct {
	Locked   func(access string) bool
	Failed   func(access string, known bool)
	Verified func(access string)
}

// Area is the open area.
type Area struct {
	Deps
	turns chan struct{} // one element for each exchange that runs
}

// New returns the area.
func New(d Deps) *Area { return &Area{Deps: d, turns: make(chan struct{}, maxExchanges)} }

const (
	tokenPath = ghippo.Base + "/token"
	certsPath = ghippo.Base + "/certs"
	pairsPath = ghippo.Base + "/current-user/accesskeys"
)

// Routes is the table of contents of the area.
func (a *Area) Routes() []wire.Route {
	wrong := []*wire.Error{ghippo.BadRequest("<reason>"), ghippo.Unauthorized()}
	return []wire.Route{
		{
			Method: http.MethodGet, Pattern: tokenPath, Action: "ghippo:token:get", Access: wire.Public,
			Summary: "Makes a token of a key pair. Use POST: a secret does not belong into a URL.",
			Query: []wire.Param{
				{Name: "ak", Type: "string", Required: true, Doc: "The access key."},
				{Name: "sk", Type: "string", Required: true, Doc: "Its secret."},
				{Name: "cycle", Type: "integer", Doc: "Days until the token ends, 1 to 365; 3 when left out."},
			},
			Errors: wrong, Handle: wire.Get(a.tokenByQuery),
		},
		{
			Method: http.MethodPost, Pattern: tokenPath, Action: "ghippo:token:create", Access: wire.Public,
			Summary: "Makes a token of a key pair.", Errors: wrong, Handle: wire.Body(a.tokenByBody),
		},
		{
			Method: http.MethodGet, Pattern: certsPath, Action: "ghippo:certs:get", Access: wire.Public,
			Summary: "The keys with which tokens can be checked, as a JWK set (RFC 7517).", Handle: wire.Get(a.certs),
		},
		{
			Method: http.MethodPost, Pattern: certsPath + "/rotate", Action: "ghippo:certs:rotate", Access: wire.Admin,
			Summary: "Lets another key sign from now on.", Errors: []*wire.Error{tooManyKeys},
			Handle: wire.Body(a.rotate).Optional(),
		},
		{
			Method: http.MethodGet, Pattern: ghippo.Base + "/.well-known/openid-configuration", Action: "ghippo:configuration:get", Access: wire.Public,
			Summary: "What there is to know about the tokens, as OpenID discovery has it.", Handle: wire.Get(a.configuration),
		},
		{
			Method: http.MethodGet, Pattern: pairsPath, Action: "ghippo:accesskeys:list", Access: wire.Authenticated,
			Summary: "Lists the caller's key pairs, without secrets.", Handle: wire.Get(a.listPairs),
		},
		{
			Method: http.MethodPost, Pattern: pairsPath, Action: "ghippo:accesskeys:create", Access: wire.Authenticated,
			Summary: "Makes a key pair; its secret is in this answer only.",
			Errors:  []*wire.Error{ghippo.Forbidden("<action>"), ghippo.BadRequest("akSkNumExceed")},
			Handle:  wire.Body(a.createPair).Optional(),
		},
		{
			Method: http.MethodDelete, Pattern: pairsPath + "/{ak}", Action: "ghippo:accesskeys:delete", Access: wire.Authenticated,
			Summary: "Deletes a key pair and ends the tokens made with it.",
			Errors:  []*wire.Error{ghippo.Forbidden("<action>"), ghippo.NotFound("access key", "<ak>")},
			Handle:  wire.Get(a.deletePair),
		},
	}
}
