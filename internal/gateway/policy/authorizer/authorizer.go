package authorizer

import (
	"github.com/lintel-gateway/lintel/internal/clock"
	"github.com/lintel-gateway/lintel/internal/definition"
	"github.com/lintel-gateway/lintel/internal/gateway/call"
	"github.com/lintel-gateway/lintel/internal/gateway/functions"
	"github.com/lintel-gateway/lintel/internal/gateway/shard"
)

// Authorizers are those that this gateway knows, by id, and what they answered.
// It is safe for concurrent use.
type Authorizers struct {
	known     *shard.Map[string, *definition.Authorizer]
	functions *functions.Functions
}

// NewAuthorizers returns an empty set.
func NewAuthorizers(f *functions.Functions, now clock.Clock) *Authorizers {
	return &Authorizers{shard.New[string, *definition.Authorizer](), f}
}

// Check refuses what cannot be asked.
func (a *Authorizers) Check(d *definition.Authorizer) error { return nil }

// Put adds an authorizer or replaces the one with its id; nothing that the old
// one answered counts any more.
func (a *Authorizers) Put(d *definition.Authorizer) { a.known.Set(d.ID, d) }

// Drop removes an authorizer.
func (a *Authorizers) Drop(id string) { a.known.Delete(id) }

// Policy asks one authorizer about each call.
type Policy struct {
	authorizers *Authorizers
	id          string
}

// Frontend makes the policy of an API whose auth is AUTHORIZER.
func Frontend(a *Authorizers, id string) *Policy { return &Policy{a, id} }

// Backend makes the policy of a backend with an authorizer.
func Backend(a *Authorizers, id string) *Policy { return &Policy{a, id} }

// Apply implements plan.Policy. It fills c.Authorizer.
func (p *Policy) Apply(*call.Call) *call.Fault {
	return call.NotServed.With("authorizers are not served by this gateway yet")
}
