package function

import (
	"context"
	"testing"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"

	"github.com/lintel-gateway/lintel/internal/function/functiontest"
)

// FuzzChecks: a module that the engine takes as it is, it takes with checks as
// well, and inspect finds nothing wrong with it but its size.
func FuzzChecks(f *testing.F) {
	for _, seed := range [][]byte{
		functiontest.Echo(), functiontest.Says("a", "b"), functiontest.Branches(3), functiontest.Fills(2, 3), functiontest.Leaves(1, 1),
		functiontest.Moves(2, 1, 2, 3), functiontest.Long(20, 3), functiontest.Nested(5), functiontest.Table(3), functiontest.Locals(3, 4),
	} {
		f.Add(seed)
	}
	ctx := context.Background()
	engine := wazero.NewRuntimeWithConfig(ctx, wazero.NewRuntimeConfig().
		WithCoreFeatures(api.CoreFeaturesV2.SetEnabled(api.CoreFeatureReferenceTypes, false)).WithCloseOnContextDone(true))
	f.Cleanup(func() { _ = engine.Close(ctx) })
	takes := func(module []byte) (ok bool) {
		defer func() {
			if recover() != nil {
				ok = false
			}
		}()
		code, err := engine.CompileModule(ctx, module)
		if err == nil {
			_ = code.Close(ctx)
		}
		return err == nil
	}
	f.Fuzz(func(t *testing.T, module []byte) {
		if _, err := inspect(module); err != nil || !takes(module) {
			return
		}
		checked := withChecks(module)
		if !takes(checked) {
			t.Fatalf("refused with checks: %x", checked)
		}
	})
}
