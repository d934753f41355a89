package identity

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/lintel-gateway/lintel/internal/clock"
	"github.com/lintel-gateway/lintel/internal/identity/accesskeys"
	"github.com/lintel-gateway/lintel/internal/identity/accesstokens"
	"github.com/lintel-gateway/lintel/internal/identity/accounts"
	"github.com/lintel-gateway/lintel/internal/identity/appcredentials"
	"github.com/lintel-gateway/lintel/internal/identity/bearer"
	"github.com/lintel-gateway/lintel/internal/identity/catalog"
	"github.com/lintel-gateway/lintel/internal/identity/credentials"
	"github.com/lintel-gateway/lintel/internal/identity/domains"
	"github.com/lintel-gateway/lintel/internal/identity/groups"
	"github.com/lintel-gateway/lintel/internal/identity/login"
	"github.com/lintel-gateway/lintel/internal/identity/passwords"
	"github.com/lintel-gateway/lintel/internal/identity/profiles"
	"github.com/lintel-gateway/lintel/internal/identity/projects"
	"github.com/lintel-gateway/lintel/internal/identity/roles"
	"github.com/lintel-gateway/lintel/internal/identity/tokens"
	"github.com/lintel-gateway/lintel/internal/identity/users"
	"github.com/lintel-gateway/lintel/internal/identity/verify"
	"github.com/lintel-gateway/lintel/internal/ids"
	"github.com/lintel-gateway/lintel/internal/secret"
	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/wire"
	"github.com/lintel-gateway/lintel/internal/wire/keystone"
)

const (
	// DefaultPoll is how often other nodes' revocations are read; what is
	// revoked there is refused here within 5 s, slow queries included.
	DefaultPoll = 2 * time.Second
	// pollTimeout bounds one reading or writing in the background.
	pollTimeout = 2 * time.Second
	// flushEvery is how many polls pass between two writings of last uses.
	flushEvery = 30
)

// Options say what Open puts together.
type Options struct {
	DB     *store.DB
	Sealer *secret.Sealer
	Region string
	// Site says how clients reach this API.
	Site      keystone.Site
	Passwords *passwords.Hasher // nil: one with passwords.DefaultCost
	// Policy is what passwords must be like and how long they last; the zero
	// value asks for nothing.
	Policy passwords.Policy
	// Owned says what a project still owns, for people, before it is deleted;
	// nil: nothing.
	Owned accounts.Owned
	IDs   *ids.Source   // nil: random
	Clock clock.Clock   // nil: the machine's
	Log   *slog.Logger  // nil drops
	Poll  time.Duration // 0: DefaultPoll
}

// Identity is the open service.
type Identity struct {
	Accounts       *accounts.Area
	Users          *users.Area
	Domains        *domains.Area
	Projects       *projects.Area
	Groups         *groups.Area
	Roles          *roles.Area
	Keys           *accesskeys.Area
	AppCredentials *appcredentials.Area
	Credentials    *credentials.Area
	Login          *login.Area
	Catalog        *catalog.Area
	Tokens         *tokens.Authority
	Bearer         *bearer.Area
	AccessTokens   *accesstokens.Area
	Profiles       *profiles.Area

	revoked *tokens.Revocations
	ring    *bearer.Ring
	verify  *verify.Authenticator
	log     *slog.Logger

	stop context.CancelFunc
	done sync.WaitGroup
}

// Schemas are the schema folders of all parts.
func Schemas() []fs.FS {
	return []fs.FS{
		accounts.Schema(), catalog.Schema(), tokens.Schema(), accesskeys.Schema(), bearer.Schema(), accesstokens.Schema(), appcredentials.Schema(), credentials.Schema(),
	}
}

// Open reads the revocations and starts to follow them. Close ends that; the
// database stays the caller's.
func Open(ctx context.Context, o Options) (*Identity, error) {
	o.defaults()
	revoked, err := tokens.OpenRevocations(ctx, o.DB, o.Clock)
	if err != nil {
		return nil, fmt.Errorf("identity: %w", err)
	}
	i := &Identity{revoked: revoked, log: o.Log}
	i.Catalog = catalog.New(catalog.Deps{DB: o.DB, IDs: o.IDs, Clock: o.Clock, Revoked: revoked, Site: o.Site, Region: o.Region})
	i.Tokens = tokens.New(o.Sealer.Derive("token-signing"), revoked, o.Clock, o.IDs)
	i.Accounts = accounts.New(accounts.Deps{
		DB: o.DB, IDs: o.IDs, Clock: o.Clock, Passwords: o.Passwords, Policy: o.Policy, Revoked: revoked, Site: o.Site, Owned: o.Owned,
	})
	i.Users = users.New(users.Deps{Accounts: i.Accounts, Site: o.Site})
	i.Domains = domains.New(domains.Deps{Accounts: i.Accounts, Site: o.Site})
	i.Projects = projects.New(projects.Deps{Accounts: i.Accounts, Site: o.Site})
	i.Groups = groups.New(groups.Deps{Accounts: i.Accounts, Site: o.Site})
	i.Roles = roles.New(roles.Deps{Accounts: i.Accounts, Site: o.Site})
	i.AppCredentials = appcredentials.New(appcredentials.Deps{DB: o.DB, IDs: o.IDs, Clock: o.Clock, Passwords: o.Passwords, Revoked: revoked, Site: o.Site})
	i.Credentials = credentials.New(credentials.Deps{DB: o.DB, IDs: o.IDs, Clock: o.Clock, Sealer: o.Sealer, Revoked: revoked, Site: o.Site})
	i.Keys = accesskeys.New(accesskeys.Deps{DB: o.DB, IDs: o.IDs, Clock: o.Clock, Sealer: o.Sealer, Revoked: revoked})
	i.ring = bearer.NewRing(bearer.RingDeps{DB: o.DB, IDs: o.IDs, Clock: o.Clock, Sealer: o.Sealer, Revoked: revoked})
	i.AccessTokens = accesstokens.New(accesstokens.Deps{DB: o.DB, IDs: o.IDs, Clock: o.Clock, Revoked: revoked, Ring: i.ring})
	i.Profiles = profiles.New(profiles.Deps{Accounts: i.Accounts})
	i.Login = login.New(login.Deps{DB: o.DB, Clock: o.Clock, Accounts: i.Accounts, Tokens: i.Tokens, Catalog: i.Catalog, AppCredentials: i.AppCredentials})
	i.verify = verify.New(verify.Deps{
		DB: o.DB, IDs: o.IDs, Clock: o.Clock, Tokens: i.Tokens, Revoked: revoked, Keys: i.Keys, Ring: i.ring, Credentials: i.Credentials, Region: o.Region,
	})
	i.Bearer = bearer.New(bearer.Deps{Ring: i.ring, Keys: i.Keys, Site: o.Site, Guard: bearer.Guard{
		Locked: i.verify.Locked, Failed: i.verify.Failed, Verified: i.verify.Verified,
	}})
	background, stop := context.WithCancel(context.WithoutCancel(ctx))
	i.stop = stop
	i.done.Go(func() {
		tick := time.NewTicker(o.Poll)
		defer tick.Stop()
		i.follow(background, tick.C)
	})
	return i, nil
}

func (o *Options) defaults() {
	if o.IDs == nil {
		o.IDs = ids.Random()
	}
	if o.Clock == nil {
		o.Clock = clock.System
	}
	if o.Passwords == nil {
		o.Passwords = passwords.New(passwords.DefaultCost(), o.IDs)
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Poll <= 0 {
		o.Poll = DefaultPoll
	}
}

// Routes are the routes of the v3 dialect, for keystone.Site.Dialect.
func (i *Identity) Routes() []wire.Route {
	return slices.Concat(i.Catalog.Routes(), i.Login.Routes(),
		i.Domains.Routes(), i.Projects.Routes(), i.Users.Routes(), i.Groups.Routes(), i.Roles.Routes(),
		i.AppCredentials.Routes(), i.Credentials.Routes(), i.Keys.Routes())
}

// BearerRoutes are the routes of the third dialect, for ghippo.Dialect.
func (i *Identity) BearerRoutes() []wire.Route {
	return slices.Concat(i.Bearer.Routes(), i.AccessTokens.Routes(), i.Profiles.Routes())
}

// Authenticate is the wire.Authenticator of every dialect.
func (i *Identity) Authenticate() wire.Authenticator { return i.verify.Authenticate }

// Signatures checks those of a gateway, whose requests are no http.Requests.
func (i *Identity) Signatures() *verify.Authenticator { return i.verify }

// Ring signs and checks the tokens of the third dialect.
func (i *Identity) Ring() *bearer.Ring { return i.ring }

// Refresh reads other nodes' changes now.
func (i *Identity) Refresh(ctx context.Context) error { return i.revoked.Refresh(ctx) }

// follow reads other nodes' changes at each tick until ctx ends. When the
// database is away the last known revocations stay in force.
func (i *Identity) follow(ctx context.Context, ticks <-chan time.Time) {
	for n := 1; ; n++ {
		select {
		case <-ctx.Done():
			return
		case <-ticks:
		}
		i.bounded(ctx, "read revocations", i.revoked.Refresh)
		i.bounded(ctx, "write wrong passwords", i.Accounts.Flush)
		if n%flushEvery == 0 {
			i.bounded(ctx, "write last uses of access keys", i.Keys.Flush)
			i.bounded(ctx, "replace an old signing key", i.ring.Upkeep)
		}
	}
}

func (i *Identity) bounded(ctx context.Context, what string, f func(context.Context) error) {
	ctx, cancel := context.WithTimeout(ctx, pollTimeout)
	defer cancel()
	if err := f(ctx); err != nil && !errors.Is(err, context.Canceled) {
		i.log.Warn("identity cannot "+what, "error", err)
	}
}

// Close stops following and writes what is pending. It is called once, before
// the database is closed.
func (i *Identity) Close() error {
	i.stop()
	i.done.Wait()
	ctx, cancel := context.WithTimeout(context.Background(), pollTimeout)
	defer cancel()
	return errors.Join(i.Accounts.Close(ctx), i.Keys.Flush(ctx))
}
