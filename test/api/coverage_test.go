package api_test

import (
	"fmt"
	"sync"
	"testing"
)

// coverage is what the scenarios asserted of each operation.
type coverage struct {
	contract *contract
	mu       sync.Mutex
	seen     map[*operation]*asserted
}

type asserted struct {
	successes, refusals int
	codes               map[string]bool
	statuses            map[int]bool
}

func newCoverage(c *contract) *coverage {
	v := &coverage{contract: c, seen: map[*operation]*asserted{}}
	for _, op := range c.operations {
		v.seen[op] = &asserted{codes: map[string]bool{}, statuses: map[int]bool{}}
	}
	return v
}

func (c *coverage) success(a *answer) {
	if a.op == nil || a.s.generated {
		return
	}
	c.mu.Lock()
	c.seen[a.op].successes++
	c.mu.Unlock()
}

func (c *coverage) refusal(a *answer, code string) {
	if a.op == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.seen[a.op].codes[code], c.seen[a.op].statuses[a.status] = true, true
	if !a.s.generated {
		c.seen[a.op].refusals++
	}
}

// unprovoked are declared codes that no scenario here can provoke.
var unprovoked = map[string]string{
	"APIG.9999": "a fault of the service itself",
	"APIC.9100": "the database is away: test/e2e takes it away",
}

// complete fails for each operation that lacks an asserted success or refusal,
// and for each code that an operation declares and nothing provoked.
func (c *coverage) complete(t *testing.T) {
	for _, lack := range c.lacks() {
		t.Error(lack)
	}
}

func (c *coverage) lacks() []string {
	var lacks []string
	for _, op := range c.contract.operations {
		seen := c.seen[op]
		if seen.successes == 0 {
			lacks = append(lacks, fmt.Sprintf("%s (%s): no success", op, op.id))
		}
		if seen.refusals == 0 {
			lacks = append(lacks, fmt.Sprintf("%s (%s): no refusal", op, op.id))
		}
		for _, code := range op.codes() {
			if _, excused := unprovoked[code]; !excused && !seen.codes[code] {
				lacks = append(lacks, fmt.Sprintf("%s (%s): declares %s, which nothing provoked", op, op.id, code))
			}
		}
		// In the Keystone dialect a refusal has its status only.
		for _, status := range op.refusals() {
			if status < 500 && !seen.statuses[status] {
				lacks = append(lacks, fmt.Sprintf("%s (%s): declares status %d, which nothing provoked", op, op.id, status))
			}
		}
	}
	return lacks
}
