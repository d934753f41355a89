package channels

import (
	"context"
	"embed"
	"io/fs"

	"github.com/lintel-gateway/lintel/internal/clock"
	"github.com/lintel-gateway/lintel/internal/entitlement"
	"github.com/lintel-gateway/lintel/internal/ids"
	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/wire"
)

//go:embed schema/*.sql
var schema embed.FS

// Schema is the area's part of the database schema.
func Schema() fs.FS { return store.Schema(schema) }

// Deps are what the area needs.
type Deps struct {
	DB     *store.DB
	IDs    *ids.Source
	Clock  clock.Clock
	Quotas entitlement.Book
}

// Area serves the area's routes.
type Area struct{ Deps }

// New makes the area.
func New(d Deps) *Area { return &Area{d} }

// Routes is the area's table of contents.
func (a *Area) Routes() []wire.Route { return nil }

// Contribute is the published form of the thing with the id, nil when it is gone.
func (a *Area) Contribute(ctx context.Context, q store.Querier, id string) (any, error) {
	return nil, nil
}
