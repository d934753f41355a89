package accounts

import (
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
	Revoked   *tokens.Revocations
	Site      keystone.Site
}

// Area makes, changes and shows accounts.
type Area struct{ Deps }

// New returns the area.
func New(d Deps) *Area { return &Area{d} }
