package functions

import (
	"github.com/lintel-gateway/lintel/internal/definition"
	"github.com/lintel-gateway/lintel/internal/function"
	"github.com/lintel-gateway/lintel/internal/gateway/shard"
)

// Functions is safe for concurrent use.
type Functions struct {
	Runtime *function.Runtime // nil where functions are not run (a dry build)

	known *shard.Map[string, *function.Function] // by "<urn>:<version>"
}

// New returns an empty set whose functions run in r.
func New(r *function.Runtime) *Functions {
	return &Functions{Runtime: r, known: shard.New[string, *function.Function]()}
}

// Put adds a function or replaces the one of its URN and version.
func (f *Functions) Put(d *definition.Function) { f.known.Set(d.URN+":"+d.Version, function.Load(d)) }

// Drop removes what the record id, "<urn>:<version>", names.
func (f *Functions) Drop(id string) { f.known.Delete(id) }

// Get answers the function, or nil. urn may end in ":<version>"; else version is
// taken, and "latest" when that is empty.
func (f *Functions) Get(urn, version string) *function.Function {
	if found, ok := f.known.Get(urn); ok {
		return found
	}
	if version == "" {
		version = "latest"
	}
	found, _ := f.known.Get(urn + ":" + version)
	return found
}
