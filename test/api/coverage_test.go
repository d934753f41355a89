package api_test

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/lintel-gateway/lintel/internal/wire/apig/catalog"
)

// coverage is what the scenarios asserted of each operation, and of each code
// of the catalogue.
type coverage struct {
	contract *contract
	mu       sync.Mutex
	seen     map[*operation]*asserted
	provoked map[string]string // code → the first scenario that asserted it
	answered map[string]string // code → the first call that was answered so
}

type asserted struct {
	successes, refusals int
	codes               map[string]bool
	statuses            map[int]bool
}

func newCoverage(c *contract) *coverage {
	v := &coverage{contract: c, seen: map[*operation]*asserted{}, provoked: map[string]string{}, answered: map[string]string{}}
	for _, op := range c.operations {
		v.seen[op] = &asserted{codes: map[string]bool{}, statuses: map[int]bool{}}
	}
	return v
}

// codeField is a code of the catalogue where answers have one: in the body of
// a refusal, in the entries of a batch that failed, in the envelope of
// statistics.
var codeField = regexp.MustCompile(`"(?:error_)?code":"(API[GC]\.\d{4})"`)

// codes notes the codes of an answer, whatever it was asked for.
func (c *coverage) codes(a *answer) {
	for _, found := range codeField.FindAllSubmatch(a.body, -1) {
		c.mu.Lock()
		if code := string(found[1]); c.answered[code] == "" {
			c.answered[code] = a.call
		}
		c.mu.Unlock()
	}
}

// provokes remembers the scenario that asserted a code first.
func (c *coverage) provokes(a *answer, code string) {
	scenario := strings.Split(a.s.t.Name(), "/")
	if code != "" && c.provoked[code] == "" { // Keystone's refusals have no code
		c.provoked[code] = scenario[min(2, len(scenario)-1)]
	}
}

func (c *coverage) success(a *answer) {
	c.mu.Lock()
	for _, found := range codeField.FindAllSubmatch(a.body, -1) {
		c.provokes(a, string(found[1]))
	}
	c.mu.Unlock()
	if a.op == nil || a.s.generated {
		return
	}
	c.mu.Lock()
	c.seen[a.op].successes++
	c.mu.Unlock()
}

func (c *coverage) refusal(a *answer, code string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.provokes(a, code)
	if a.op == nil {
		return
	}
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

// everyCode fails for each code of the catalogue that an operation can answer
// and no scenario provoked, and for each that cannot occur and did.
func (c *coverage) everyCode(t *testing.T) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, chapter := range catalog.Chapters() {
		for _, e := range chapter.Entries {
			_, excused := unprovoked[e.Code]
			if c.provoked[e.Code] == "" && !excused {
				t.Errorf("%s: no scenario provoked it", e.Code)
			}
		}
	}
	for _, absence := range catalog.Absences() {
		for _, code := range absence.Codes {
			if call, ok := c.answered[code]; ok {
				t.Errorf("%s cannot occur (%s) and was answered to %s", code, absence.Title.En, call)
			}
		}
	}
	var table strings.Builder
	for _, code := range slices.Sorted(maps.Keys(c.provoked)) {
		fmt.Fprintf(&table, "\n%s  %s", code, c.provoked[code])
	}
	t.Logf("%d codes, each with the first scenario that provoked it:%s", len(c.provoked), table.String())
}
