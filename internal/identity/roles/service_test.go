package roles_test

import (
	"testing"

	"github.com/lintel-gateway/lintel/internal/identity/accounts"
	"github.com/lintel-gateway/lintel/internal/identity/identitytest"
)

// "service" claims quotas for any project of the platform, so it is above
// managers like "admin": they neither give nor take it, nor come to it by way of
// a user or a group that holds it (CVE-2026-43001).
func TestServiceIsAboveManagers(t *testing.T) {
	identitytest.Each(t, func(t *testing.T, w *identitytest.World) {
		c := play(w)
		created, err := w.Accounts.CreateRole(t.Context(), accounts.RoleService, "")
		if err != nil {
			t.Fatal(err)
		}
		service, member := created.ID, c.RoleID(accounts.RoleMember)
		onAnnex, onDomain := "/v3/projects/"+c.Annex.ID, "/v3/domains/"+c.Domain.ID
		clerk, crew := "/users/"+c.Clerk.ID, "/groups/"+c.Crew.ID
		const give, take = "identity:create_grant", "identity:revoke_grant"
		c.table([]ask{
			{c.chief, "PUT " + onAnnex + "/users/" + c.Chief.ID + "/roles/" + service, nil, 403, give},
			{c.chief, "PUT " + onDomain + "/users/" + c.Chief.ID + "/roles/" + service, nil, 403, give},
			{c.chief, "PUT " + onAnnex + crew + "/roles/" + service, nil, 403, give},
			{c.chief, "PUT " + onDomain + crew + "/roles/" + service, nil, 403, give},
			{c.root, "PUT " + onAnnex + clerk + "/roles/" + service, nil, 204, ""},
			{c.root, "PUT " + onAnnex + crew + "/roles/" + service, nil, 204, ""},
			{c.chief, "DELETE " + onAnnex + clerk + "/roles/" + service, nil, 403, take},
			{c.chief, "DELETE " + onAnnex + crew + "/roles/" + service, nil, 403, take},
			{c.chief, "PUT " + onAnnex + clerk + "/roles/" + member, nil, 403, give},
			{c.chief, "PATCH /v3" + clerk, object{"user": object{"password": "another pass phrase"}}, 403, "administers the platform"},
			{c.chief, "PATCH /v3/users/" + c.Stranger.ID, object{"user": object{"password": "another pass phrase"}}, 403, "administers the platform"}, // through the group
			{c.chief, "DELETE /v3" + clerk, nil, 403, "administers the platform"},
			{c.chief, "PUT /v3" + crew + clerk, nil, 403, "identity:add_user_to_group"},
			{c.chief, "DELETE /v3" + crew, nil, 403, "identity:delete_group"},
			{c.root, "DELETE " + onAnnex + clerk + "/roles/" + service, nil, 204, ""},
			{c.chief, "PUT " + onAnnex + clerk + "/roles/" + member, nil, 204, ""},
		})
	})
}
