package accounts

import (
	"context"

	"github.com/lintel-gateway/lintel/internal/clock"
	"github.com/lintel-gateway/lintel/internal/identity/passwords"
	"github.com/lintel-gateway/lintel/internal/identity/tokens"
	"github.com/lintel-gateway/lintel/internal/ids"
	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/wire/keystone"
)

// Deps is what the area works with.
type Deps struct {
	DB        *store.DB
	IDs       *ids.Source
	Clock     clock.Clock
	Passwords *passwords.Hasher
	Policy    passwords.Policy
	Revoked   *tokens.Revocations
	Site      keystone.Site
	Owned     Owned // nil: projects own nothing
}

// Owned says, for people, what a project still owns of the platform:
// "3 groups", "1 app". It is asked inside the transaction that deletes it.
type Owned func(ctx context.Context, q store.Querier, projectID string) ([]string, error)

// Area makes, changes and shows accounts.
type Area struct {
	Deps
	failures failures
}

// New returns the area.
func New(d Deps) *Area { return &Area{Deps: d} }
