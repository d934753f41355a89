package openapi

import (
	"github.com/lintel-gateway/lintel/internal/clock"
	"github.com/lintel-gateway/lintel/internal/entitlement"
	"github.com/lintel-gateway/lintel/internal/ids"
	"github.com/lintel-gateway/lintel/internal/manage/apis"
	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/wire"
)

// Policies are the areas of what an imported document names; they create in
// the import's transaction, with their own rules and refusals.
type Policies struct {
	// Group creates a group and answers its id.
	Group func(r *wire.Request, tx *store.Tx, name, remark string) (id string, err error)
	// Throttle creates the throttling policy, or answers the one of that name;
	// with overwrite it changes that one.
	Throttle func(r *wire.Request, tx *store.Tx, projectID string, t Throttle, overwrite bool) (id string, err error)
	// ACL does the same for an access control policy.
	ACL func(r *wire.Request, tx *store.Tx, projectID string, a ACL, overwrite bool) (id string, err error)
}

// Throttle is a throttling policy in a document.
type Throttle struct {
	Name               string
	API, User, App, IP int64 // 0: no limit
	Interval           int64
	Unit               string
	Shared             bool
	Specials           []Special
}

// Special is the own limit of an app or tenant.
type Special struct {
	Type, Instance string
	Limit          int64
}

// ACL is an access control policy in a document.
type ACL struct{ Name, Type, Entity, Value string }

// Deps are what the area needs.
type Deps struct {
	DB       *store.DB
	IDs      *ids.Source
	Clock    clock.Clock
	Quotas   entitlement.Book
	Domain   string // under which each group has its sub-domain
	APIs     *apis.Area
	Policies Policies
}

// Area serves the area's routes.
type Area struct{ Deps }

// New makes the area.
func New(d Deps) *Area { return &Area{d} }

// Routes is the area's table of contents.
func (a *Area) Routes() []wire.Route { return nil }
