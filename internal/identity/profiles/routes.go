package profiles

import (
	"github.com/lintel-gateway/lintel/internal/identity/accounts"
	"github.com/lintel-gateway/lintel/internal/wire"
)

// Deps is what the area works with.
type Deps struct {
	Accounts *accounts.Area
}

// Area is the open area.
type Area struct{ Deps }

// New returns the area.
func New(d Deps) *Area { return &Area{d} }

// Routes is the table of contents of the area.
func (a *Area) Routes() []wire.Route { return nil }
