package answer

import (
	"github.com/lintel-gateway/lintel/internal/definition"
	"github.com/lintel-gateway/lintel/internal/gateway/call"
	"github.com/lintel-gateway/lintel/internal/gateway/shard"
)

// Answers are the responses of all groups. It is safe for concurrent use.
type Answers struct {
	known *shard.Map[string, *definition.Response]
}

// New returns an empty set.
func New() *Answers { return &Answers{shard.New[string, *definition.Response]()} }

// Check refuses a template that cannot be filled.
func (a *Answers) Check(d *definition.Response) error { return nil }

// Put adds a response or replaces the one with its id.
func (a *Answers) Put(d *definition.Response) { a.known.Set(d.ID, d) }

// Drop removes a response.
func (a *Answers) Drop(id string) { a.known.Delete(id) }

// Word rewords the answer to c, which stands in c.Response, when the group has
// words of its own for the type of c.Fault: those of the API's response, else the
// group's default one.
func (a *Answers) Word(c *call.Call, groupID, responseID string) {}
