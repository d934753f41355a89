package wiretest

import (
	"slices"

	"github.com/lintel-gateway/lintel/internal/wire"
)

func (s *seen) observe(route *wire.Route, status int) {
	if route == nil {
		return
	}
	bit := successSeen
	if status >= 400 {
		bit = refusalSeen
	}
	s.mu.Lock()
	s.routes[route.Action] |= bit
	s.mu.Unlock()
}

// Covered fails the test for each route that was not called, through this
// client, with both a success and a refusal. Call it when the scenarios are
// over.
func (c *Client) Covered(routes []wire.Route) {
	c.t.Helper()
	for _, lack := range c.uncovered(routes) {
		c.t.Errorf("no scenario: %s", lack)
	}
}

func (c *Client) uncovered(routes []wire.Route) []string {
	c.seen.mu.Lock()
	defer c.seen.mu.Unlock()
	var lacks []string
	for _, r := range routes {
		if c.seen.routes[r.Action]&successSeen == 0 {
			lacks = append(lacks, r.Action+": success")
		}
		if c.seen.routes[r.Action]&refusalSeen == 0 {
			lacks = append(lacks, r.Action+": refusal")
		}
	}
	slices.Sort(lacks)
	return lacks
}
