package accounts_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/lintel-gateway/lintel/internal/clock"
	"github.com/lintel-gateway/lintel/internal/identity"
	"github.com/lintel-gateway/lintel/internal/identity/accounts"
	"github.com/lintel-gateway/lintel/internal/identity/identitytest"
	"github.com/lintel-gateway/lintel/internal/identity/passwords"
	"github.com/lintel-gateway/lintel/internal/identity/tokens"
	"github.com/lintel-gateway/lintel/internal/ids"
	"github.com/lintel-gateway/lintel/internal/secret"
	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/store/storetest"
)

func TestRoutes(t *testing.T) {
	identitytest.Each(t, func(t *testing.T, w *identitytest.World) {
		t.Run("projects", func(t *testing.T) { projects(t, w) })
	})
}

func projects(t *testing.T, w *identitytest.World) {
	c := w.For(t)
	root, alice, bob, carol := w.LogIn("admin", nil), w.LogIn("alice", nil), w.LogIn("bob", nil), w.LogIn("carol", nil)
	if err := w.Accounts.EnableProject(t.Context(), w.Workshop.ID, false); err != nil {
		t.Fatal(err)
	}
	for _, want := range []struct{ token, query, names string }{
		{root, "", "RegionOne Workshop"}, {root, "?name=Workshop", "Workshop"}, {root, "?name=workshop", ""},
		{root, "?name=Work", ""}, {root, "?name=%25", ""}, {root, "?domain_id=default", "RegionOne Workshop"},
		{root, "?domain_id=x", ""}, {root, "?parent_id=default&name=RegionOne", "RegionOne"},
		{root, "?parent_id=" + w.Region.ID, ""}, {root, "?enabled=true", "RegionOne"}, {root, "?enabled=False", "Workshop"},
		{root, "?is_domain=true", ""}, {root, "?is_domain=false", "RegionOne Workshop"},
		{alice, "", "RegionOne Workshop"}, {alice, "?name=RegionOne", "RegionOne"}, {bob, "", "Workshop"},
		{bob, "?name=RegionOne", ""}, {bob, "?domain_id=default&enabled=1", ""}, {carol, "", ""},
	} {
		r := c.Do("GET", "/v3/projects"+want.query, nil, "X-Auth-Token", want.token).Want(200)
		if got := names(r.Get("projects")); got != want.names {
			t.Errorf("%q lists %q, want %q", want.query, got, want.names)
		}
		if self := r.Text("links.self"); self != "http://example.com/v3/projects"+want.query {
			t.Errorf("link of the list %q", self)
		}
	}
	c.Do("GET", "/v3/projects?enabled=yes", nil, "X-Auth-Token", root).Refused(400, "", "'enabled'")
	c.Do("GET", "/v3/projects?is_domain=2", nil, "X-Auth-Token", root).Refused(400, "", "'is_domain'")
	c.Do("GET", "/v3/projects", nil).Refused(401, "")

	r := c.Do("GET", "/v3/projects/"+w.Region.ID, nil, "X-Auth-Token", alice).Want(200)
	for path, want := range map[string]string{
		"project.id": w.Region.ID, "project.name": "RegionOne", "project.domain_id": "default", "project.parent_id": "default",
		"project.enabled": "true", "project.is_domain": "false", "project.tags": "[]",
		"project.links.self": "http://example.com/v3/projects/" + w.Region.ID,
	} {
		if got := r.Text(path); got != want {
			t.Errorf("%s is %q, want %q", path, got, want)
		}
	}
	c.Do("GET", "/v3/projects/"+w.Region.ID, nil, "X-Auth-Token", root).Want(200)
	// A project of others is as unknown as one that does not exist, and a name
	// is no id: the openstack command relies on the 404.
	for _, id := range []string{w.Region.ID, "nothing", "RegionOne", "%27"} {
		c.Do("GET", "/v3/projects/"+id, nil, "X-Auth-Token", bob).Refused(404, "", "Could not find project")
	}
	c.Do("GET", "/v3/projects/"+w.Region.ID, nil).Refused(401, "")
}

func names(list any) string {
	var all []string
	for _, v := range list.([]any) {
		all = append(all, v.(map[string]any)["name"].(string))
	}
	return strings.Join(all, " ")
}

func TestChanges(t *testing.T) {
	identitytest.Each(t, func(t *testing.T, w *identitytest.World) {
		ctx, a := t.Context(), w.Accounts
		user := func(n accounts.NewUser) error { _, err := a.CreateUser(ctx, n); return err }
		project := func(n accounts.NewProject) error { _, err := a.CreateProject(ctx, n); return err }
		domain := func(name string) error { _, err := a.CreateDomain(ctx, name, ""); return err }
		long := strings.Repeat("ä", accounts.MaxName)
		for name, c := range map[string]struct{ got, want error }{
			"taken user name":      {user(accounts.NewUser{Name: "alice", Password: "x"}), store.ErrDuplicate},
			"taken domain name":    {domain("ELSEWHERE"), store.ErrDuplicate},
			"a domain":             {domain("ÄSOP"), nil},
			"names differ by case": {user(accounts.NewUser{Name: "Alice", Password: "x"}), nil},
			"user in no domain":    {user(accounts.NewUser{Name: "dora", Password: "x", DomainID: "x"}), store.ErrNotFound},
			"user with no project": {user(accounts.NewUser{Name: "dora", Password: "x", DefaultProjectID: "x"}), store.ErrNotFound},
			"over-long password":   {user(accounts.NewUser{Name: "dora", Password: strings.Repeat("x", 1025)}), passwords.ErrTooLong},
			"longest name":         {user(accounts.NewUser{Name: long, Password: "x"}), nil},
			"taken project name":   {project(accounts.NewProject{Name: "Workshop"}), store.ErrDuplicate},
			"project in no domain": {project(accounts.NewProject{Name: "x", DomainID: "x"}), store.ErrNotFound},
			"role of nobody":       {a.Assign(ctx, "x", "admin", accounts.OnProject, w.Region.ID), store.ErrNotFound},
			"unknown role":         {a.Assign(ctx, w.Bob.ID, "king", accounts.OnProject, w.Region.ID), store.ErrNotFound},
			"role on nothing":      {a.Assign(ctx, w.Bob.ID, "admin", accounts.OnProject, "x"), store.ErrNotFound},
			"role on no domain":    {a.Assign(ctx, w.Bob.ID, "admin", accounts.OnDomain, w.Region.ID), store.ErrNotFound},
			"the same role again":  {a.Assign(ctx, w.Bob.ID, "reader", accounts.OnProject, w.Workshop.ID), nil},
			"a role not held":      {a.Unassign(ctx, w.Bob.ID, "admin", accounts.OnProject, w.Workshop.ID), store.ErrNotFound},
			"nobody disabled":      {a.EnableUser(ctx, "x", false), store.ErrNotFound},
			"no project disabled":  {a.EnableProject(ctx, "x", false), store.ErrNotFound},
			"nobody's password":    {a.SetPassword(ctx, "x", "y"), store.ErrNotFound},
		} {
			if !errors.Is(c.got, c.want) {
				t.Errorf("%s: %v, want %v", name, c.got, c.want)
			}
		}
		for _, name := range []string{"", " ", "a\nb", "\xff", long + "x"} {
			if user(accounts.NewUser{Name: name, Password: "x"}) == nil || project(accounts.NewProject{Name: name}) == nil || domain(name) == nil {
				t.Errorf("accepted the name %q", name)
			}
		}
		if err := a.Assign(ctx, w.Bob.ID, "admin", "planet", "x"); err == nil {
			t.Error("a role on a planet")
		}
	})
}

// A password set for a disabled user must not let its old tokens in.
func TestPasswordOfTheDisabled(t *testing.T) {
	identitytest.Each(t, func(t *testing.T, w *identitytest.World) {
		if err := w.Accounts.EnableUser(t.Context(), w.Bob.ID, false); err != nil {
			t.Fatal(err)
		}
		if err := w.Accounts.SetPassword(t.Context(), w.Bob.ID, "another password"); err != nil {
			t.Fatal(err)
		}
		w.Do("POST", "/v3/auth/tokens", identitytest.ByPassword("bob", "another password", nil)).Want(401)
		w.Clock.Advance(time.Second) // a token of a node that did not know yet
		raw, _, err := w.Tokens.Issue(tokens.Token{UserID: w.Bob.ID}, time.Time{})
		if err != nil {
			t.Fatal(err)
		}
		w.Do("POST", "/v3/probe", nil, "X-Auth-Token", raw).Want(401)
		if err := w.Accounts.EnableUser(t.Context(), w.Bob.ID, true); err != nil {
			t.Fatal(err)
		}
		w.Do("POST", "/v3/auth/tokens", identitytest.ByPassword("bob", identitytest.Password("bob"), nil)).Want(401)
		w.Do("POST", "/v3/auth/tokens", identitytest.ByPassword("bob", "another password", nil)).Want(201)
	})
}

func TestBootstrap(t *testing.T) {
	storetest.Each(t, identity.Schemas(), func(t *testing.T, db *store.DB) {
		h := passwords.New(passwords.Cost{Memory: 64, Passes: 1, Threads: 1}, ids.Random())
		o := accounts.Options{Region: "RegionOne", IDs: ids.Random(), Clock: clock.System, Passwords: h}
		for _, wrong := range []accounts.Options{
			{Region: "", IDs: o.IDs, Clock: o.Clock, Passwords: h},
			{Region: "x", AdminPassword: "1234567", IDs: o.IDs, Clock: o.Clock, Passwords: h},
			{Region: "x", AdminPassword: secret.Text(strings.Repeat("x", 1025)), IDs: o.IDs, Clock: o.Clock, Passwords: h},
		} {
			if created, _, err := accounts.Bootstrap(t.Context(), db, wrong); err == nil || created {
				t.Errorf("accepted region %q with %d bytes of password", wrong.Region, len(wrong.AdminPassword.Reveal()))
			}
		}
		created, generated, err := accounts.Bootstrap(t.Context(), db, o)
		if err != nil || !created || len(generated.Reveal()) != 24 {
			t.Fatalf("first start: %v, %d characters, %v", created, len(generated.Reveal()), err)
		}
		if text := fmt.Sprint(generated); strings.Contains(text, generated.Reveal()) {
			t.Error("the password prints itself")
		}
		root, err := accounts.FindUser(t.Context(), db, "default", "admin")
		if err != nil {
			t.Fatal(err)
		}
		if ok, err := h.Check(t.Context(), root.PasswordHash(), generated.Reveal()); !ok || err != nil {
			t.Errorf("the generated password does not open: %v", err)
		}
		project, roles, err := accounts.EnterProject(t.Context(), db, root.ID, root.DefaultProjectID)
		if err != nil || project.Name != "RegionOne" || len(roles) != 1 || roles[0].Name != "admin" {
			t.Errorf("project %+v, roles %+v, %v", project, roles, err)
		}
		if d, roles, err := accounts.EnterDomain(t.Context(), db, &root, "default"); err != nil || d.Name != "Default" || len(roles) != 1 {
			t.Errorf("domain %+v, roles %+v, %v", d, roles, err)
		}
		o.AdminPassword = "another password"
		if created, generated, err := accounts.Bootstrap(t.Context(), db, o); created || generated != "" || err != nil {
			t.Errorf("second start: %v, %v", created, err)
		}
		again, err := accounts.FindUser(t.Context(), db, "default", "admin")
		if err != nil || again.PasswordHash() != root.PasswordHash() {
			t.Errorf("the second start changed the password (%v)", err)
		}
	})
}

// Nodes that start at once make one installation.
func TestBootstrapTwiceAtOnce(t *testing.T) {
	storetest.Each(t, identity.Schemas(), func(t *testing.T, db *store.DB) {
		o := accounts.Options{
			Region: "RegionOne", IDs: ids.Random(), Clock: clock.System,
			Passwords: passwords.New(passwords.Cost{Memory: 64, Passes: 1, Threads: 1}, ids.Random()),
		}
		type result struct {
			created   bool
			generated secret.Text
			err       error
		}
		results := make(chan result)
		for range 4 {
			go func() {
				c, g, err := accounts.Bootstrap(t.Context(), db, o)
				results <- result{c, g, err}
			}()
		}
		made := 0
		for range 4 {
			r := <-results
			if r.err != nil || r.created != (r.generated != "") {
				t.Errorf("created %v, password %v, %v", r.created, r.generated != "", r.err)
			}
			if r.created {
				made++
			}
		}
		if made != 1 {
			t.Errorf("%d of 4 made the first accounts", made)
		}
	})
}
