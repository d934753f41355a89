package configs

import (
	"github.com/lintel-gateway/lintel/internal/clock"
	"github.com/lintel-gateway/lintel/internal/entitlement"
	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/wire"
)

// Deps are what the area needs.
type Deps struct {
	DB     *store.DB
	Clock  clock.Clock
	Quotas entitlement.Book
}

// Area serves the area's routes.
type Area struct{ Deps }

// New makes the area.
func New(d Deps) *Area { return &Area{d} }

// Routes is the area's table of contents.
func (a *Area) Routes() []wire.Route { return nil }
