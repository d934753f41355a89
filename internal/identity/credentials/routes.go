package credentials

import (
	"net/http"

	"github.com/lintel-gateway/lintel/internal/clock"
	"github.com/lintel-gateway/lintel/internal/identity/appcredentials"
	"github.com/lintel-gateway/lintel/internal/identity/tokens"
	"github.com/lintel-gateway/lintel/internal/ids"
	"github.com/lintel-gateway/lintel/internal/secret"
	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/wire"
	"github.com/lintel-gateway/lintel/internal/wire/keystone"
)

// Deps is what the area works with.
type Deps struct {
	DB      *store.DB
	IDs     *ids.Source
	Clock   clock.Clock
	Sealer  *secret.Sealer
	Revoked *tokens.Revocations
	Site    keystone.Site
}

// Area makes, changes, shows and deletes credentials.
type Area struct{ Deps }

// New returns the area.
func New(d Deps) *Area { return &Area{d} }

const (
	path    = "/v3/credentials"
	ec2Path = "/v3/users/{user_id}/credentials/OS-EC2"
	// maxBody is room for a blob of MaxBlob in which every byte is escaped.
	maxBody = 7 * MaxBlob
)

// Routes is the table of contents of the area.
func (a *Area) Routes() []wire.Route {
	var (
		nobody  = keystone.NotFound("user", "<id>")
		missing = keystone.NotFound("credential", "<id>")
		reason  = keystone.BadRequest("<reason>")
		rule    = keystone.Forbidden("<rule>")
		bound   = appcredentials.ErrBound
	)
	return []wire.Route{
		{
			Method: http.MethodPost, Pattern: path, Action: "identity:create_credential", Access: wire.Authenticated,
			Summary: "Keeps a credential of the caller for the project in scope.", Status: http.StatusCreated, MaxBody: maxBody,
			Errors: []*wire.Error{reason, rule, bound, full, endless, nobody, taken},
			Handle: wire.Body(a.create),
		},
		{
			Method: http.MethodGet, Pattern: path, Action: "identity:list_credentials", Access: wire.Authenticated,
			Summary: "Lists credentials: the caller's own, or anybody's, without blobs, to an administrator.",
			Query: []wire.Param{
				{Name: "user_id", Type: "string", Doc: "Only those of this user."},
				{Name: "type", Type: "string", Doc: "Only those of this type."},
			},
			Handle: wire.Get(a.list),
		},
		{
			Method: http.MethodGet, Pattern: path + "/{id}", Action: "identity:get_credential", Access: wire.Authenticated,
			Summary: "Shows a credential.", Errors: []*wire.Error{missing},
			Handle: wire.Get(a.get),
		},
		{
			Method: http.MethodPatch, Pattern: path + "/{id}", Action: "identity:update_credential", Access: wire.Authenticated,
			Summary: "Replaces the blob of one of the caller's credentials.", MaxBody: maxBody,
			Errors: []*wire.Error{reason, rule, bound, missing},
			Handle: wire.Body(a.update),
		},
		{
			Method: http.MethodDelete, Pattern: path + "/{id}", Action: "identity:delete_credential", Access: wire.Authenticated,
			Summary: "Deletes a credential; an EC2 key signs no more.", Errors: []*wire.Error{bound, missing},
			Handle: wire.Done(a.remove),
		},
		{
			Method: http.MethodPost, Pattern: ec2Path, Action: "identity:ec2_create_credential", Access: wire.Authenticated,
			Summary: "Makes an EC2 key of the caller for the project in scope.", Status: http.StatusCreated, MaxBody: 64 << 10,
			Errors: []*wire.Error{reason, rule, bound, full, endless, nobody},
			Handle: wire.Body(a.createEC2),
		},
		{
			Method: http.MethodGet, Pattern: ec2Path, Action: "identity:ec2_list_credentials", Access: wire.Authenticated,
			Summary: "Lists the EC2 keys of a user: one's own, or anybody's, without secrets, to an administrator.",
			Errors:  []*wire.Error{nobody},
			Handle:  wire.Get(a.listEC2),
		},
		{
			Method: http.MethodGet, Pattern: ec2Path + "/{access}", Action: "identity:ec2_get_credential", Access: wire.Authenticated,
			Summary: "Shows an EC2 key.", Errors: []*wire.Error{nobody, missing},
			Handle: wire.Get(a.getEC2),
		},
		{
			Method: http.MethodDelete, Pattern: ec2Path + "/{access}", Action: "identity:ec2_delete_credential", Access: wire.Authenticated,
			Summary: "Deletes an EC2 key; it signs no more.", Errors: []*wire.Error{nobody, missing, bound},
			Handle: wire.Done(a.removeEC2),
		},
	}
}
