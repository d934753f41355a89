package accesskeys

import (
	"net/http"

	"github.com/lintel-gateway/lintel/internal/wire"
	"github.com/lintel-gateway/lintel/internal/wire/keystone"
)

const path = "/v3.0/OS-CREDENTIAL/credentials"

// Routes is the table of contents of the area.
func (a *Area) Routes() []wire.Route {
	one := []*wire.Error{keystone.NotFound("credential", "<access>")}
	changes := []*wire.Error{one[0], keystone.Forbidden("<rule>")}
	return []wire.Route{
		{
			Method: http.MethodPost, Pattern: path, Action: "identity:create_access_key", Access: wire.Authenticated,
			Summary: "Makes an access key; its secret is in this answer only.", Status: http.StatusCreated, MaxBody: 64 << 10,
			Errors: []*wire.Error{tooMany, keystone.Forbidden("<rule>"), keystone.NotFound("user", "<id>")},
			Handle: wire.Body(a.create),
		},
		{
			Method: http.MethodGet, Pattern: path, Action: "identity:list_access_keys", Access: wire.Authenticated,
			Summary: "Lists the access keys of a user, without secrets.",
			Query:   []wire.Param{{Name: "user_id", Type: "string", Doc: "Whose keys: the caller's own when left out, anybody's to an administrator."}},
			Errors:  []*wire.Error{keystone.Forbidden("<rule>")},
			Handle:  wire.Get(a.list),
		},
		{
			Method: http.MethodGet, Pattern: path + "/{access}", Action: "identity:get_access_key", Access: wire.Authenticated,
			Summary: "Shows an access key, without its secret.", Errors: one,
			Handle: wire.Get(a.show),
		},
		{
			Method: http.MethodPut, Pattern: path + "/{access}", Action: "identity:update_access_key", Access: wire.Authenticated,
			Summary: "Switches an access key on or off, or describes it anew.", Errors: changes, MaxBody: 64 << 10,
			Handle: wire.Body(a.update),
		},
		{
			Method: http.MethodDelete, Pattern: path + "/{access}", Action: "identity:delete_access_key", Access: wire.Authenticated,
			Summary: "Deletes an access key.", Errors: changes,
			Handle: wire.Done(a.remove),
		},
	}
}
