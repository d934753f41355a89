package ledger

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"github.com/lintel-gateway/lintel/internal/store"
	"github.com/lintel-gateway/lintel/internal/wire"
	"github.com/lintel-gateway/lintel/internal/wire/keystone"
)

func badRequest(format string, args ...any) *wire.Error { return keystone.BadRequest(format, args...) }

// invalid refuses a field; want says what it must be.
func invalid(field, want string) *wire.Error {
	return keystone.BadRequest("Invalid input for field '%.128s': it must be %s.", field, want)
}

// conflict refuses what is well formed, for the numbers that stand beside it.
func conflict(format string, args ...any) *wire.Error {
	return keystone.Conflict("", "").Msg(format, args...)
}

// errBusy and errClosed are answered as "unavailable, try again".
var (
	errBusy   = fmt.Errorf("ledger: %d claims are waiting already: %w", maxWaiting, store.ErrUnavailable)
	errClosed = fmt.Errorf("ledger: closed: %w", store.ErrUnavailable)
)

func sorted[K cmp.Ordered, V any](m map[K]V) []K { return slices.Sorted(maps.Keys(m)) }
