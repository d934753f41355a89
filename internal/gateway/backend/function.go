package backend

import (
	"github.com/lintel-gateway/lintel/internal/definition"
	"github.com/lintel-gateway/lintel/internal/gateway/call"
	"github.com/lintel-gateway/lintel/internal/gateway/functions"
)

// Function calls a function.
type Function struct {
	functions *functions.Functions
	target    *definition.FunctionBackend
}

// NewFunction makes the backend.
func NewFunction(f *functions.Functions, d *definition.FunctionBackend) (*Function, error) {
	return &Function{f, d}, nil
}

// Send implements plan.Backend.
func (b *Function) Send(*call.Call) *call.Fault {
	return call.NotServed.With("backend_type FUNCTION is not served by this gateway yet")
}
