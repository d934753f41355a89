package quota

import (
	"errors"
	"fmt"
	"maps"
	"slices"
)

// Most bounds every override: answers and publications that hold all rows of
// a project must stay bounded, whatever an operator allows.
const Most = 1_000_000

// Limits are the quotas in force. It is immutable; the zero value is Default.
type Limits struct{ changed map[Item]int }

// Default is what the shared edition allows.
func Default() Limits { return Limits{} }

// Of is how many of an item there may be. An item that does not exist may not
// be owned at all.
func (l Limits) Of(item Item) int {
	if n, ok := l.changed[item]; ok {
		return n
	}
	n, _ := standard(item)
	return n
}

// Full reports whether one more of an item is too many when count are there.
func (l Limits) Full(item Item, count int) bool { return count >= l.Of(item) }

// With is l with other numbers for some items, as an operator configures
// them. All faults are reported at once.
func (l Limits) With(overrides map[Item]int) (Limits, error) {
	next := Limits{maps.Clone(l.changed)}
	if next.changed == nil {
		next.changed = make(map[Item]int, len(overrides))
	}
	var faults []error
	for _, item := range slices.Sorted(maps.Keys(overrides)) {
		n := overrides[item]
		if _, known := standard(item); !known {
			faults = append(faults, fmt.Errorf("quota %q does not exist; the quotas are %v", item, Items()))
		} else if n < 0 || n > Most {
			faults = append(faults, fmt.Errorf("quota %q is %d; give a number from 0 to %d", item, n, Most))
		}
		next.changed[item] = n
	}
	if len(faults) > 0 {
		return Limits{}, errors.Join(faults...)
	}
	return next, nil
}
