package app

import (
	"context"
	"io/fs"
	"slices"

	"github.com/lintel-gateway/lintel/internal/binding"
	"github.com/lintel-gateway/lintel/internal/clock"
	"github.com/lintel-gateway/lintel/internal/definition"
	"github.com/lintel-gateway/lintel/internal/dial"
	"github.com/lintel-gateway/lintel/internal/entitlement"
	"github.com/lintel-gateway/lintel/internal/function"
	"github.com/lintel-gateway/lintel/internal/identity"
	"github.com/lintel-gateway/lintel/internal/ids"
	"github.com/lintel-gateway/lintel/internal/ledger"
	"github.com/lintel-gateway/lintel/internal/manage/acls"
	"github.com/lintel-gateway/lintel/internal/manage/apis"
	"github.com/lintel-gateway/lintel/internal/manage/apis/debug"
	"github.com/lintel-gateway/lintel/internal/manage/apis/openapi"
	"github.com/lintel-gateway/lintel/internal/manage/apis/releases"
	"github.com/lintel-gateway/lintel/internal/manage/apps"
	"github.com/lintel-gateway/lintel/internal/manage/authorizers"
	"github.com/lintel-gateway/lintel/internal/manage/channels"
	"github.com/lintel-gateway/lintel/internal/manage/configs"
	"github.com/lintel-gateway/lintel/internal/manage/domains"
	"github.com/lintel-gateway/lintel/internal/manage/envs"
	"github.com/lintel-gateway/lintel/internal/manage/functions"
	"github.com/lintel-gateway/lintel/internal/manage/grants"
	"github.com/lintel-gateway/lintel/internal/manage/groups"
	"github.com/lintel-gateway/lintel/internal/manage/market"
	"github.com/lintel-gateway/lintel/internal/manage/outline"
	"github.com/lintel-gateway/lintel/internal/manage/responses"
	"github.com/lintel-gateway/lintel/internal/manage/servers"
	"github.com/lintel-gateway/lintel/internal/manage/signs"
	"github.com/lintel-gateway/lintel/internal/manage/statistics"
	"github.com/lintel-gateway/lintel/internal/manage/throttles"
	"github.com/lintel-gateway/lintel/internal/manage/traces"
	"github.com/lintel-gateway/lintel/internal/publish"
	"github.com/lintel-gateway/lintel/internal/secret"
	calls "github.com/lintel-gateway/lintel/internal/statistics"
	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/wire"
)

// Schemas lists the schema folders of every part that has tables.
func Schemas() []fs.FS {
	return append(identity.Schemas(),
		groups.Schema(), envs.Schema(), apps.Schema(), apis.Schema(), grants.Schema(), publish.Schema(),
		entitlement.Schema(), binding.Schema(), throttles.Schema(), acls.Schema(), signs.Schema(),
		domains.Schema(), responses.Schema(), channels.Schema(), servers.Schema(), authorizers.Schema(),
		functions.Schema(), market.Schema(), statistics.Schema(), ledger.Schema())
}

// areas are the areas of the v1.0 dialect.
type areas struct {
	groups      *groups.Area
	apis        *apis.Area
	releases    *releases.Area
	debug       *debug.Area
	apps        *apps.Area
	grants      *grants.Area
	envs        *envs.Area
	throttles   *throttles.Area
	acls        *acls.Area
	market      *market.Area
	outline     *outline.Area
	signs       *signs.Area
	domains     *domains.Area
	channels    *channels.Area
	servers     *servers.Area
	openapi     *openapi.Area
	authorizers *authorizers.Area
	functions   *functions.Area
	responses   *responses.Area
	statistics  *statistics.Area
	configs     *configs.Area
	traces      *traces.Area
}

// shared is what areas are made of.
type shared struct {
	db     *store.DB
	ids    *ids.Source
	clock  clock.Clock
	sealer *secret.Sealer
	quotas entitlement.Book
	domain string
	debug  func(context.Context, *debug.Call) (*debug.Outcome, error)
	traces traces.Gateway
	calls  *calls.Collector
	orders *calls.Orders
	// resolver is the DNS server for CNAME records, "" for the system's.
	resolver  string
	region    string
	functions *function.Runtime
	// targets are the rules for addresses that APIs and functions name, members
	// those for members of channels.
	targets, members *dial.Rules
	// well reports whether a member of a channel takes calls.
	well func(channelID, memberID string) (well, known bool)
}

func newAreas(s shared) *areas {
	bound := domains.New(domains.Deps{
		DB: s.db, IDs: s.ids, Clock: s.clock, Quotas: s.quotas, Sealer: s.sealer,
		Domain: s.domain, Lookup: domains.NewLookup(s.resolver),
	})
	a := &areas{
		groups:      groups.New(groups.Deps{DB: s.db, IDs: s.ids, Clock: s.clock, Quotas: s.quotas, Domain: s.domain, CNAMEs: bound.Refresh}),
		apis:        apis.New(apis.Deps{DB: s.db, IDs: s.ids, Clock: s.clock, Quotas: s.quotas, Targets: s.targets}),
		releases:    releases.New(releases.Deps{DB: s.db, IDs: s.ids, Clock: s.clock, Quotas: s.quotas, Domain: s.domain, Targets: s.targets}),
		debug:       debug.New(debug.Deps{DB: s.db, Domain: s.domain, Run: s.debug}),
		apps:        apps.New(apps.Deps{DB: s.db, IDs: s.ids, Clock: s.clock, Quotas: s.quotas, Sealer: s.sealer}),
		grants:      grants.New(grants.Deps{DB: s.db, IDs: s.ids, Clock: s.clock}),
		envs:        envs.New(envs.Deps{DB: s.db, IDs: s.ids, Clock: s.clock, Quotas: s.quotas}),
		throttles:   throttles.New(throttles.Deps{DB: s.db, IDs: s.ids, Clock: s.clock, Quotas: s.quotas}),
		acls:        acls.New(acls.Deps{DB: s.db, IDs: s.ids, Clock: s.clock, Quotas: s.quotas}),
		market:      market.New(market.Deps{DB: s.db, IDs: s.ids, Clock: s.clock, Quotas: s.quotas, Sealer: s.sealer, Domain: s.domain, Calls: s.orders}),
		outline:     outline.New(outline.Deps{DB: s.db, Clock: s.clock}),
		signs:       signs.New(signs.Deps{DB: s.db, IDs: s.ids, Clock: s.clock, Quotas: s.quotas, Sealer: s.sealer}),
		domains:     bound,
		channels:    channels.New(channels.Deps{DB: s.db, IDs: s.ids, Clock: s.clock, Quotas: s.quotas, Well: s.well, Targets: s.members}),
		servers:     servers.New(servers.Deps{DB: s.db, IDs: s.ids, Clock: s.clock, Quotas: s.quotas}),
		authorizers: authorizers.New(authorizers.Deps{DB: s.db, IDs: s.ids, Clock: s.clock, Quotas: s.quotas}),
		functions:   functions.New(functions.Deps{DB: s.db, IDs: s.ids, Clock: s.clock, Quotas: s.quotas, Region: s.region, Runtime: s.functions, Targets: s.targets}),
		responses:   responses.New(responses.Deps{DB: s.db, IDs: s.ids, Clock: s.clock, Quotas: s.quotas}),
		statistics:  statistics.New(statistics.Deps{DB: s.db, Clock: s.clock, Calls: s.calls}),
		configs:     configs.New(configs.Deps{DB: s.db, Clock: s.clock, Quotas: s.quotas}),
		traces:      traces.New(traces.Deps{DB: s.db, Gateway: s.traces}),
	}
	a.openapi = openapi.New(openapi.Deps{
		DB: s.db, IDs: s.ids, Clock: s.clock, Quotas: s.quotas, Domain: s.domain,
		APIs: a.apis, Policies: a.importPolicies(),
	})
	return a
}

// routes is the v1.0 dialect in the order of the reference, then what the
// reference lacks.
func (a *areas) routes() []wire.Route {
	return slices.Concat(
		a.groups.Routes(), a.apis.Routes(), a.releases.Routes(), a.debug.Routes(), a.apps.Routes(), a.grants.Routes(), a.envs.Routes(),
		a.throttles.Routes(), a.acls.Routes(), a.market.Routes(), a.outline.Routes(), a.signs.Routes(),
		a.domains.Routes(), a.channels.Routes(), a.openapi.Routes(), a.authorizers.Routes(),
		a.responses.Routes(), a.functions.Routes(), a.servers.Routes(), a.statistics.Routes(), a.configs.Routes(), a.traces.Routes())
}

// contributors has one entry per kind of definition.
func (a *areas) contributors() map[definition.Kind]publish.Contributor {
	return map[definition.Kind]publish.Contributor{
		definition.KindGroup:       a.groups.Contribute,
		definition.KindApp:         a.apps.Contribute,
		definition.KindGrant:       a.grants.Contribute,
		definition.KindAPI:         a.releases.Contribute,
		definition.KindBinding:     binding.Contribute,
		definition.KindThrottle:    a.throttles.Contribute,
		definition.KindACL:         a.acls.Contribute,
		definition.KindSign:        a.signs.Contribute,
		definition.KindChannel:     a.channels.Contribute,
		definition.KindCertificate: a.domains.Contribute,
		definition.KindAuthorizer:  a.authorizers.Contribute,
		definition.KindFunction:    a.functions.Contribute,
		definition.KindResponse:    a.responses.Contribute,
		definition.KindOrder:       a.market.Contribute,
	}
}
