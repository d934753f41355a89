package functions

import (
	"context"
	"errors"
	"strings"

	"github.com/lintel-gateway/lintel/internal/definition"
	"github.com/lintel-gateway/lintel/internal/store"
)

// Contribute is the published form of the version with the id
// "<urn>:<version>", nil when there is none any more.
func (a *Area) Contribute(ctx context.Context, q store.Querier, id string) (any, error) {
	i := strings.LastIndexByte(id, ':')
	if i < 0 {
		return nil, nil
	}
	f, err := selectVersion(ctx, q, id[:i], id[i+1:])
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	d, err := describe(ctx, q, f)
	if err != nil {
		return nil, err
	}
	return *d, nil
}

// describe is a function as it is run.
func describe(ctx context.Context, q store.Querier, f *Function) (*definition.Function, error) {
	d := &definition.Function{
		URN: f.urn, Version: f.Version, ProjectID: f.Namespace, Runtime: f.Runtime, Handler: f.Handler,
		TimeoutMS: f.Timeout * 1000, MemoryMB: f.MemorySize, Target: f.HTTPTarget,
	}
	if f.Digest == "" {
		return d, nil
	}
	var err error
	d.Module, err = selectModule(ctx, q, f.Digest)
	return d, err
}
