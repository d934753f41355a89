package identitytest

import (
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/lintel-gateway/lintel/internal/clock"
	"github.com/lintel-gateway/lintel/internal/identity"
	"github.com/lintel-gateway/lintel/internal/identity/accounts"
	"github.com/lintel-gateway/lintel/internal/identity/passwords"
	"github.com/lintel-gateway/lintel/internal/ids"
	"github.com/lintel-gateway/lintel/internal/secret"
	"github.com/lintel-gateway/lintel/internal/signature"
	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/store/storetest"
	"github.com/lintel-gateway/lintel/internal/wire"
	"github.com/lintel-gateway/lintel/internal/wire/ghippo"
	"github.com/lintel-gateway/lintel/internal/wire/keystone"
	"github.com/lintel-gateway/lintel/internal/wire/wiretest"
)

// Start is where the clock of a World stands at first.
var Start = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

// Region is the region, and the name of the first project.
const Region = "RegionOne"

// World is an installation:
//
//	admin  admin on RegionOne (its default project) and on the domain
//	alice  member on RegionOne (her default project), reader on Workshop
//	bob    reader on Workshop, no default project
//	carol  nothing
//	stranger, of the domain Elsewhere: nothing
//
// The password of each is Password(name).
type World struct {
	*wiretest.Client
	*identity.Identity
	DB                          *store.DB
	Clock                       *clock.Fake
	Hasher                      *passwords.Hasher
	Policy                      passwords.Policy // of nodes that are opened from now on
	Sealer                      *secret.Sealer
	Region, Workshop            accounts.Project
	Root                        accounts.User
	Alice, Bob, Carol, Stranger accounts.User
	t                           testing.TB
}

// Password is the password of a user of a World.
func Password(name string) string { return "the password of " + name }

// Policy is that of a World: the one of a fresh installation.
func Policy() passwords.Policy {
	return passwords.Policy{MinLength: 8, Classes: 2, History: 5, Failures: 5, Window: 5 * time.Minute, Lock: 5 * time.Minute}
}

// Each runs f on each engine, in a World of its own.
func Each(t *testing.T, f func(t *testing.T, w *World)) {
	t.Helper()
	storetest.Each(t, identity.Schemas(), func(t *testing.T, db *store.DB) { f(t, New(t, db)) })
}

// New makes a World in an empty database.
func New(t testing.TB, db *store.DB) *World {
	t.Helper()
	source := ids.Random()
	w := &World{
		DB: db, Clock: clock.NewFake(Start), Policy: Policy(), t: t,
		// The cost of real hashes would be most of the time of the tests.
		Hasher: passwords.New(passwords.Cost{Memory: 64, Passes: 1, Threads: 1}, source),
	}
	var err error
	if w.Sealer, err = secret.NewSealer(source.Bytes(32)); err != nil {
		t.Fatal(err)
	}
	if _, _, err := accounts.Bootstrap(t.Context(), db, accounts.Options{
		AdminPassword: secret.Text(Password("admin")), Region: Region, IDs: source, Clock: w.Clock.Now, Passwords: w.Hasher,
	}); err != nil {
		t.Fatal(err)
	}
	w.Identity = w.Node()
	w.Client = w.Serve(w.Identity)
	w.people()
	return w
}

// Node opens the identity of another node on the same database, which is
// closed when the test ends.
func (w *World) Node() *identity.Identity {
	w.t.Helper()
	node, err := identity.Open(w.t.Context(), identity.Options{
		DB: w.DB, Sealer: w.Sealer, Region: Region, Passwords: w.Hasher, Policy: w.Policy, Clock: w.Clock.Now, Poll: time.Hour,
	})
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() {
		if err := node.Close(); err != nil {
			w.t.Errorf("close identity: %v", err)
		}
	})
	return node
}

// Serve is a client of a node.
func (w *World) Serve(node *identity.Identity) *wiretest.Client {
	w.t.Helper()
	return wiretest.ServeWith(w.t, wire.Options{
		Dialects:     []*wire.Dialect{keystone.Dialect(append(node.Routes(), probes()...)), ghippo.Dialect(node.BearerRoutes())},
		Authenticate: node.Authenticate(), Clock: w.Clock.Now,
	})
}

func (w *World) people() {
	w.t.Helper()
	ctx := w.t.Context()
	must := func(err error) {
		w.t.Helper()
		if err != nil {
			w.t.Fatal(err)
		}
	}
	var err error
	w.Root, err = accounts.FindUser(ctx, w.DB, accounts.DefaultDomainID, "admin")
	must(err)
	w.Region, err = accounts.FindProject(ctx, w.DB, accounts.DefaultDomainID, Region)
	must(err)
	w.Workshop, err = w.Accounts.CreateProject(ctx, accounts.NewProject{Name: "Workshop"})
	must(err)
	w.Alice = w.user("alice", w.Region.ID)
	w.Bob = w.user("bob", "")
	w.Carol = w.user("carol", "")
	elsewhere, err := w.Accounts.CreateDomain(ctx, "Elsewhere", "")
	must(err)
	w.Stranger, err = w.Accounts.CreateUser(ctx, accounts.NewUser{DomainID: elsewhere.ID, Name: "stranger", Password: Password("stranger")})
	must(err)
	must(w.Accounts.Assign(ctx, w.Alice.ID, accounts.RoleMember, accounts.OnProject, w.Region.ID))
	must(w.Accounts.Assign(ctx, w.Alice.ID, accounts.RoleReader, accounts.OnProject, w.Workshop.ID))
	must(w.Accounts.Assign(ctx, w.Bob.ID, accounts.RoleReader, accounts.OnProject, w.Workshop.ID))
}

func (w *World) user(name, project string) accounts.User {
	w.t.Helper()
	u, err := w.Accounts.CreateUser(w.t.Context(), accounts.NewUser{Name: name, Password: Password(name), DefaultProjectID: project})
	if err != nil {
		w.t.Fatal(err)
	}
	return u
}

// Object is a JSON object.
type Object = map[string]any

// ByPassword is the body of a log-in of a user of the default domain; scope
// may be nil.
func ByPassword(name, password string, scope any) Object {
	auth := Object{"identity": Object{
		"methods":  []string{"password"},
		"password": Object{"user": Object{"name": name, "password": password, "domain": Object{"id": "default"}}},
	}}
	if scope != nil {
		auth["scope"] = scope
	}
	return Object{"auth": auth}
}

// ByToken is the body of a log-in with a token; scope may be nil.
func ByToken(token string, scope any) Object {
	auth := Object{"identity": Object{"methods": []string{"token"}, "token": Object{"id": token}}}
	if scope != nil {
		auth["scope"] = scope
	}
	return Object{"auth": auth}
}

// Project is the scope of a project by its id.
func Project(id string) Object { return Object{"project": Object{"id": id}} }

// LogIn answers a token for a user of the default domain.
func (w *World) LogIn(name string, scope any) string {
	w.t.Helper()
	return w.Do("POST", "/v3/auth/tokens", ByPassword(name, Password(name), scope)).Want(201).Header.Get("X-Subject-Token")
}

// Sign answers the headers, as wiretest.Client.Do takes them, of a request
// signed with an access key. More headers are signed too.
func (w *World) Sign(access string, secretKey []byte, method, path, body string, headers ...string) []string {
	w.t.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	if err := signature.SignRequest(r, access, secretKey, w.Clock.Now()); err != nil {
		w.t.Fatal(err)
	}
	return append(headers, "Authorization", r.Header.Get("Authorization"), "X-Sdk-Date", r.Header.Get("X-Sdk-Date"))
}
