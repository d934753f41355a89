package accounts_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/lintel-gateway/lintel/internal/identity/accounts"
	"github.com/lintel-gateway/lintel/internal/identity/identitytest"
	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/wire"
)

// status is that of a refusal for clients, 0 without one.
func status(err error) int {
	var refusal *wire.Error
	switch {
	case err == nil:
		return 0
	case errors.As(err, &refusal):
		return refusal.Status
	default:
		return -1
	}
}

// The reach of an actor is what its verified credentials say, and nothing
// reaches nothing.
func TestReach(t *testing.T) {
	for name, want := range map[string]struct {
		actor         wire.Actor
		seen, managed accounts.Reach
	}{
		"admin":                {wire.Actor{UserID: "u", Roles: []string{"admin"}}, accounts.Reach{All: true, UserID: "u"}, accounts.Everywhere},
		"admin of a domain":    {wire.Actor{UserID: "u", ScopeDomainID: "d", Roles: []string{"admin"}}, accounts.Reach{All: true, UserID: "u", DomainID: "d"}, accounts.Reach{All: true, DomainID: "d"}},
		"manager":              {wire.Actor{UserID: "u", ScopeDomainID: "d", Roles: []string{"manager"}}, accounts.Reach{UserID: "u", DomainID: "d"}, accounts.Reach{DomainID: "d"}},
		"reader of a domain":   {wire.Actor{UserID: "u", ScopeDomainID: "d", Roles: []string{"reader"}}, accounts.Reach{UserID: "u", DomainID: "d"}, accounts.Reach{}},
		"own domain, no role":  {wire.Actor{UserID: "u", DomainID: "d", ScopeDomainID: "d"}, accounts.Reach{UserID: "u"}, accounts.Reach{}},
		"manager of a project": {wire.Actor{UserID: "u", DomainID: "d", ProjectID: "p", Roles: []string{"manager"}}, accounts.Reach{UserID: "u"}, accounts.Reach{}},
		"nobody":               {wire.Actor{}, accounts.Reach{}, accounts.Reach{}},
	} {
		if got := accounts.Seen(&want.actor); got != want.seen {
			t.Errorf("%s sees %+v, want %+v", name, got, want.seen)
		}
		if got := accounts.Managed(&want.actor); got != want.managed {
			t.Errorf("%s manages %+v, want %+v", name, got, want.managed)
		}
	}
	nothing := accounts.Reach{}
	if nothing.Domain("") || nothing.Domain("d") || nothing.User(&accounts.User{}) {
		t.Error("nothing reaches something")
	}
	identitytest.Each(t, func(t *testing.T, w *identitytest.World) {
		d := w.Department()
		groups, total, err := w.Accounts.Groups(t.Context(), accounts.GroupQuery{})
		if len(groups) != 0 || total != 0 || err != nil {
			t.Errorf("nothing sees %d of %d groups (%v)", len(groups), total, err)
		}
		holdings, err := w.Accounts.Holdings(t.Context(), accounts.HoldingQuery{})
		if len(holdings) != 0 || err != nil {
			t.Errorf("nothing sees %d holdings (%v)", len(holdings), err)
		}
		crew := accounts.Holder{GroupID: d.Crew.ID}
		for _, place := range []accounts.Place{{Scope: accounts.OnDomain}, {Scope: accounts.OnProject}, {Scope: accounts.OnDomain, ID: d.Domain.ID}, {Scope: accounts.OnDomain, ID: d.Annex.ID}} {
			if got := status(w.Accounts.Grant(t.Context(), nothing, crew, place, d.Auditor.ID)); got != 404 {
				t.Errorf("nothing grants on %+v: %d", place, got)
			}
		}
		if got := status(w.Accounts.Grant(t.Context(), accounts.Everywhere, crew, accounts.Place{Scope: "planet", ID: "x"}, d.Auditor.ID)); got != -1 {
			t.Errorf("a role on a planet: %d", got)
		}
		if got := status(w.Accounts.Grant(t.Context(), accounts.Everywhere, accounts.Holder{}, accounts.Place{Scope: accounts.OnProject, ID: d.Annex.ID}, d.Auditor.ID)); got != 404 {
			t.Errorf("a role for nobody: %d", got)
		}
	})
}

// Lists of groups have pages and a search, which another dialect shows.
func TestGroupsInPages(t *testing.T) {
	identitytest.Each(t, func(t *testing.T, w *identitytest.World) {
		ctx, everywhere := t.Context(), accounts.Everywhere
		for _, name := range []string{"alpha", "Beta", "beta_2", "gamma"} {
			if _, err := w.Accounts.CreateGroup(ctx, everywhere, accounts.NewGroup{DomainID: "default", Name: name, Description: "of " + name}); err != nil {
				t.Fatal(err)
			}
		}
		for _, want := range []struct {
			query accounts.GroupQuery
			names string
			total int
		}{
			{accounts.GroupQuery{By: everywhere}, "Beta alpha beta_2 gamma", 4},
			{accounts.GroupQuery{By: everywhere, Limit: 2}, "Beta alpha", 4},
			{accounts.GroupQuery{By: everywhere, Limit: 2, Offset: 2}, "beta_2 gamma", 4},
			{accounts.GroupQuery{By: everywhere, Limit: 2, Offset: 9}, "", 4},
			{accounts.GroupQuery{By: everywhere, Offset: -1}, "Beta alpha beta_2 gamma", 4},
			{accounts.GroupQuery{By: everywhere, Search: "BETA"}, "Beta beta_2", 2},
			{accounts.GroupQuery{By: everywhere, Search: "a_2"}, "beta_2", 1},
			{accounts.GroupQuery{By: everywhere, Search: "%"}, "", 0},
			{accounts.GroupQuery{By: accounts.Reach{DomainID: "other"}}, "", 0},
			{accounts.GroupQuery{By: accounts.Reach{UserID: w.Alice.ID}, DomainID: "default"}, "", 0},
			{accounts.GroupQuery{By: everywhere, UserID: w.Alice.ID}, "", 0},
		} {
			list, total, err := w.Accounts.Groups(ctx, want.query)
			if err != nil {
				t.Fatal(err)
			}
			var names []string
			for _, g := range list {
				names = append(names, g.Name)
				if g.Description != "of "+g.Name || g.DomainID != "default" || !g.Created.Equal(identitytest.Start) || g.Members != 0 {
					t.Errorf("listed as %+v", g)
				}
			}
			// The engines order letters of different case differently.
			if got := strings.Join(names, " "); total != want.total || len(names) != len(strings.Fields(want.names)) || w.DB.Engine() == store.SQLite && got != want.names {
				t.Errorf("%+v lists %q of %d, want %q of %d", want.query, got, total, want.names, want.total)
			}
		}
	})
}

// "admin" counts wherever and however it is held.
func TestHoldsAdmin(t *testing.T) {
	identitytest.Each(t, func(t *testing.T, w *identitytest.World) {
		ctx, d := t.Context(), w.Department()
		holds := func(who accounts.Holder) bool {
			t.Helper()
			yes, err := accounts.HoldsAdmin(ctx, w.DB, who)
			if err != nil {
				t.Fatal(err)
			}
			return yes
		}
		stranger, crew := accounts.Holder{UserID: w.Stranger.ID}, accounts.Holder{GroupID: d.Crew.ID}
		if !holds(accounts.Holder{UserID: w.Root.ID}) || holds(accounts.Holder{UserID: d.Chief.ID}) || holds(stranger) || holds(crew) || holds(accounts.Holder{}) {
			t.Error("the wrong ones hold admin")
		}
		admin, annex := w.RoleID(accounts.RoleAdmin), accounts.Place{Scope: accounts.OnProject, ID: d.Annex.ID}
		if err := w.Accounts.Grant(ctx, accounts.Everywhere, crew, annex, admin); err != nil {
			t.Fatal(err)
		}
		if !holds(crew) || !holds(stranger) {
			t.Error("admin of a group is not seen, or not in its member")
		}
		if err := w.Accounts.Revoke(ctx, accounts.Everywhere, crew, annex, admin); err != nil {
			t.Fatal(err)
		}
		if holds(crew) || holds(stranger) {
			t.Error("admin is still seen when it is taken away")
		}
		if _, err := w.Accounts.RoleByName(ctx, "Admin"); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("a role by a name in other case: %v", err)
		}
	})
}

// crowd makes users person1, person2… and puts them into the crew, in two
// statements: thousands of them are slow under the race detector.
func crowd(t *testing.T, w *identitytest.World, d *identitytest.Department, people int) {
	t.Helper()
	if err := w.DB.Write(t.Context(), func(tx *store.Tx) error {
		if _, err := tx.Exec(t.Context(), `
WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < CAST($2 AS BIGINT))
INSERT INTO identity_users (id, domain_id, name, email, description, enabled, password, default_project_id, create_time)
SELECT 'person' || CAST(i AS TEXT), CAST($1 AS TEXT), 'person' || CAST(i AS TEXT), '', '', 1, '', '', 0 FROM n`, d.Domain.ID, people); err != nil {
			return err
		}
		_, err := tx.Exec(t.Context(), `
INSERT INTO identity_memberships (group_id, user_id) SELECT CAST($1 AS TEXT), id FROM identity_users WHERE id LIKE 'person%'`, d.Crew.ID)
		return err
	}); err != nil {
		t.Fatal(err)
	}
}

// A group with thousands of members: what is taken from it ends the tokens of
// all in one statement, because every other write waits meanwhile, and lists
// are bounded.
func TestGreatGroup(t *testing.T) {
	identitytest.Each(t, func(t *testing.T, w *identitytest.World) {
		ctx, d := t.Context(), w.Department()
		crowd(t, w, d, great)
		timed := func(what string, f func() error) {
			t.Helper()
			start := time.Now()
			if err := f(); err != nil {
				t.Fatal(err)
			}
			t.Logf("%s: %v", what, time.Since(start).Round(time.Millisecond))
		}
		crew, annex := accounts.Holder{GroupID: d.Crew.ID}, accounts.Place{Scope: accounts.OnProject, ID: d.Annex.ID}
		chief := accounts.Reach{DomainID: d.Domain.ID, UserID: d.Chief.ID}
		var list []accounts.Holding
		timed("effective list of a project", func() (err error) {
			list, err = w.Accounts.Holdings(ctx, accounts.HoldingQuery{By: chief, ProjectID: d.Annex.ID, Effective: true})
			return err
		})
		if want := min(great+1, 10_000); len(list) != want { // the stranger is in it too
			t.Errorf("the project has %d entries, want %d", len(list), want)
		}
		timed("effective list of a member", func() (err error) {
			list, err = w.Accounts.Holdings(ctx, accounts.HoldingQuery{By: accounts.Reach{UserID: "person7"}, Effective: true})
			return err
		})
		if len(list) != 1 || list[0].User.ID != "person7" {
			t.Errorf("a member sees %d entries", len(list))
		}
		w.Clock.Advance(time.Second)
		timed("a role taken from the group", func() error {
			return w.Accounts.Revoke(ctx, chief, crew, annex, w.RoleID(accounts.RoleMember))
		})
		var ended int
		if err := w.DB.QueryRow(ctx, `SELECT COUNT(*) FROM identity_revocations WHERE kind = 'user' AND void_before = $1`, store.Micros(w.Clock.Now())).Scan(&ended); err != nil || ended != great+1 {
			t.Errorf("the tokens of %d users ended, want %d (%v)", ended, great+1, err)
		}
		w.Clock.Advance(time.Second)
		timed("the group deleted", func() error { return w.Accounts.DeleteGroup(ctx, chief, d.Crew.ID) })
	})
}
