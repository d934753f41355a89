package app

import (
	"io/fs"
	"slices"

	"github.com/lintel-gateway/lintel/internal/clock"
	"github.com/lintel-gateway/lintel/internal/definition"
	"github.com/lintel-gateway/lintel/internal/identity"
	"github.com/lintel-gateway/lintel/internal/ids"
	"github.com/lintel-gateway/lintel/internal/manage/apis"
	"github.com/lintel-gateway/lintel/internal/manage/apis/releases"
	"github.com/lintel-gateway/lintel/internal/manage/apps"
	"github.com/lintel-gateway/lintel/internal/manage/envs"
	"github.com/lintel-gateway/lintel/internal/manage/grants"
	"github.com/lintel-gateway/lintel/internal/manage/groups"
	"github.com/lintel-gateway/lintel/internal/publish"
	"github.com/lintel-gateway/lintel/internal/quota"
	"github.com/lintel-gateway/lintel/internal/secret"
	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/wire"
)

// Schemas lists the schema folders of every part that has tables.
func Schemas() []fs.FS {
	return append(identity.Schemas(),
		groups.Schema(), envs.Schema(), apps.Schema(), apis.Schema(), grants.Schema(), publish.Schema())
}

// areas are the areas of the v1.0 dialect.
type areas struct {
	groups   *groups.Area
	envs     *envs.Area
	apps     *apps.Area
	grants   *grants.Area
	apis     *apis.Area
	releases *releases.Area
}

// shared is what areas are made of.
type shared struct {
	db     *store.DB
	ids    *ids.Source
	clock  clock.Clock
	sealer *secret.Sealer
	limits quota.Limits
	domain string
}

func newAreas(s shared) *areas {
	return &areas{
		groups:   groups.New(groups.Deps{DB: s.db, IDs: s.ids, Clock: s.clock, Limits: s.limits, Domain: s.domain}),
		envs:     envs.New(envs.Deps{DB: s.db, IDs: s.ids, Clock: s.clock, Limits: s.limits}),
		apps:     apps.New(apps.Deps{DB: s.db, IDs: s.ids, Clock: s.clock, Limits: s.limits, Sealer: s.sealer}),
		grants:   grants.New(grants.Deps{DB: s.db, IDs: s.ids, Clock: s.clock}),
		apis:     apis.New(apis.Deps{DB: s.db, IDs: s.ids, Clock: s.clock, Limits: s.limits}),
		releases: releases.New(releases.Deps{DB: s.db, IDs: s.ids, Clock: s.clock, Domain: s.domain}),
	}
}

// routes is the v1.0 dialect in the order of the reference.
func (a *areas) routes() []wire.Route {
	return slices.Concat(
		a.groups.Routes(), a.apis.Routes(), a.releases.Routes(), a.apps.Routes(), a.grants.Routes(), a.envs.Routes())
}

// contributors has one entry per kind of definition.
func (a *areas) contributors() map[definition.Kind]publish.Contributor {
	return map[definition.Kind]publish.Contributor{
		definition.KindGroup: a.groups.Contribute,
		definition.KindApp:   a.apps.Contribute,
		definition.KindGrant: a.grants.Contribute,
		definition.KindAPI:   a.releases.Contribute,
	}
}
