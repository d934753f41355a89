package callers

import (
	"hash/maphash"
	"sync/atomic"
	"unique"

	"github.com/lintel-gateway/lintel/internal/definition"
	"github.com/lintel-gateway/lintel/internal/gateway/shard"
)

// access is what a grant allows: an app a place.
type access struct {
	app string
	place
}

// place is an API in an environment.
type place struct{ api, env string }

// allowance is an access that at least one grant allows. Readers find it by the sums of
// its app and its place, which say nearly all; that it is the one they mean is said by
// the names, and of the place by a handle that had the same names before.
type allowance struct {
	access
	seen   atomic.Pointer[Grants] // a handle of the place
	next   *allowance             // another access with the same sums
	grants int                    // how many say so; the writers'
}

// PutGrant adds a grant or replaces the one with its id.
func (c *Callers) PutGrant(g definition.Grant) {
	c.mu.Lock()
	defer c.mu.Unlock()
	next := access{unique.Make(g.AppID).Value(), place{g.APIID, g.EnvID}}
	old, had := c.grants[g.ID]
	if had && old == next {
		return
	}
	c.grants[g.ID] = next
	c.most = max(c.most, len(c.grants))
	c.count(next, 1)
	if had {
		c.count(old, -1)
	}
}

// DropGrant removes a grant.
func (c *Callers) DropGrant(id string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if old, had := c.grants[id]; had {
		delete(c.grants, id)
		c.grants, c.most = shard.Fitted(c.grants, c.most)
		c.count(old, -1)
	}
}

// count changes by how many grants an access is allowed.
func (c *Callers) count(a access, by int) {
	sum := maphash.String(c.seed, a.app) ^ c.sumOf(a.place)
	first, _ := c.granted.Get(sum)
	for l := first; l != nil; l = l.next {
		if l.access == a && l.grants+by > 0 {
			l.grants += by
			return
		}
	}
	if by > 0 {
		c.granted.Set(sum, &allowance{access: a, grants: by, next: first})
		return
	}
	// Readers may be on their way along the chain, so that what stays is made anew.
	var rest *allowance
	for l := first; l != nil; l = l.next {
		if l.access != a {
			rest = &allowance{access: l.access, grants: l.grants, next: rest}
		}
	}
	if rest == nil {
		c.granted.Delete(sum)
		return
	}
	c.granted.Set(sum, rest)
}

func (c *Callers) sumOf(p place) uint64 { return maphash.Comparable(c.seed, p) }

// Grants answers for one API in one environment which applications may call
// it. It is live: a plan asks for it once and sees every later change. It holds
// nothing but the question, so it need not be given back.
type Grants struct {
	callers *Callers
	place
	sum uint64 // of place
}

// Granted returns the grants of an API in an environment.
func (c *Callers) Granted(apiID, envID string) *Grants {
	p := place{apiID, envID}
	return &Grants{c, p, c.sumOf(p)}
}

// Has reports whether the application may call.
func (g *Grants) Has(appID string) bool {
	return g.Allow(appID, maphash.String(g.callers.seed, appID))
}

// Allow is Has for who knows the sum of the App. With another one nobody may.
func (g *Grants) Allow(appID string, sum uint64) bool {
	l, _ := g.callers.granted.Get(g.sum ^ sum)
	for ; l != nil; l = l.next {
		if l.app == appID && (l.seen.Load() == g || l.at(g)) {
			return true
		}
	}
	return false
}

// at reports whether g is of the place of l. Names are compared once for each handle: a
// plan is used for many calls.
func (l *allowance) at(g *Grants) bool {
	if l.place != g.place {
		return false
	}
	l.seen.Store(g)
	return true
}
