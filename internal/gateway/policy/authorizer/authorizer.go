package authorizer

import (
	"fmt"
	"strings"

	"github.com/lintel-gateway/lintel/internal/clock"
	"github.com/lintel-gateway/lintel/internal/definition"
	"github.com/lintel-gateway/lintel/internal/gateway/functions"
	"github.com/lintel-gateway/lintel/internal/gateway/shard"
)

// Types of authorizers.
const (
	frontend = "FRONTEND"
	backend  = "BACKEND"
)

// maxTTL is the longest time for which a verdict is kept, in seconds.
const maxTTL = 3600

// Authorizers are those that this gateway knows, by id, and what they answered.
// It is safe for concurrent use.
type Authorizers struct {
	known     *shard.Map[string, *authorizer]
	functions *functions.Functions
	now       clock.Clock
}

// authorizer is one definition with its verdicts, which end with it.
type authorizer struct {
	*definition.Authorizer
	kept *verdicts
}

// NewAuthorizers returns an empty set.
func NewAuthorizers(f *functions.Functions, now clock.Clock) *Authorizers {
	return &Authorizers{shard.New[string, *authorizer](), f, now}
}

// Check refuses what cannot be asked.
func (a *Authorizers) Check(d *definition.Authorizer) error {
	switch {
	case d.Type != frontend && d.Type != backend:
		return fmt.Errorf("type %q is none of %s, %s", d.Type, frontend, backend)
	case d.URN == "":
		return fmt.Errorf("the URN of the function is empty")
	case d.TTL < 0 || d.TTL > maxTTL:
		return fmt.Errorf("ttl %d is not between 0 and %d seconds", d.TTL, maxTTL)
	case len(d.Identities) > maxIdentities:
		return fmt.Errorf("there are %d identities; %d are allowed", len(d.Identities), maxIdentities)
	}
	for i, id := range d.Identities {
		switch {
		case id.Name == "":
			return fmt.Errorf("identity %d has no name", i+1)
		case id.In != definition.InHeader && id.In != definition.InQuery:
			return fmt.Errorf("identity %q: location %q is none of HEADER, QUERY", id.Name, id.In)
		case id.In == definition.InHeader && strings.ContainsAny(id.Name, "_ \t\r\n:"):
			return fmt.Errorf("identity %q: no header of this name reaches an API", id.Name)
		}
	}
	return nil
}

// Put adds an authorizer or replaces the one with its id; nothing that the old
// one answered counts any more.
func (a *Authorizers) Put(d *definition.Authorizer) {
	a.known.Set(d.ID, &authorizer{d, newVerdicts()})
}

// Drop removes an authorizer.
func (a *Authorizers) Drop(id string) { a.known.Delete(id) }
