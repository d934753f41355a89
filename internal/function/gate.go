package function

import (
	"context"
	"sync"
)

// gate gives out places among the running calls, in the order in which they
// were asked for, except that who may not run yet does not hold up who may.
type gate struct {
	limits share

	mu       sync.Mutex
	running  int
	memory   int // megabytes promised to the running
	projects map[string]int
	// functions counts the running and the waiting of each function.
	functions map[string]*crowd
	queue     []*place
}

// share is who may have how much of a gate.
type share struct {
	Total, Project, Function int // running at once
	Waiting                  int // of one function
	Queue                    int // waiting in all
	MemoryMB                 int // of the running together
}

type crowd struct{ running, waiting int }

// place is a right to run, or the hope of one.
type place struct {
	gate              *gate
	project, function string
	memory            int
	ready             chan struct{} // closed when it may run
}

// stackMB is what the stack of a module may take beside its memory: the
// engine ends a call whose stack is larger than 50 MB before it doubles it again.
const stackMB = 100

func newGate(s share) *gate {
	return &gate{limits: s, projects: map[string]int{}, functions: map[string]*crowd{}}
}

// enter answers a place, running or waiting, or false when there is none.
// Whoever has one waits on it or leaves it.
func (g *gate) enter(f *Function) (*place, bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	p := &place{gate: g, project: f.ProjectID, function: f.URN, memory: min(f.MemoryMB+stackMB, g.limits.MemoryMB), ready: make(chan struct{})}
	c := g.functions[p.function]
	if c == nil {
		c = &crowd{}
	}
	if g.fits(p) {
		g.functions[p.function] = c
		g.start(p)
		return p, true
	}
	if c.waiting >= g.limits.Waiting || len(g.queue) >= g.limits.Queue {
		return nil, false
	}
	g.functions[p.function] = c
	c.waiting++
	g.queue = append(g.queue, p)
	return p, true
}

func (g *gate) fits(p *place) bool {
	c := g.functions[p.function]
	return g.running < g.limits.Total && g.projects[p.project] < g.limits.Project &&
		(c == nil || c.running < g.limits.Function) && g.memory+p.memory <= g.limits.MemoryMB
}

func (g *gate) start(p *place) {
	g.running++
	g.memory += p.memory
	g.projects[p.project]++
	g.functions[p.function].running++
	close(p.ready)
}

// wait blocks until the place may run. After an error the place is left.
func (p *place) wait(ctx context.Context) error {
	select {
	case <-p.ready:
		return nil
	default:
	}
	select {
	case <-p.ready:
		return nil
	case <-ctx.Done():
		p.leave()
		return ctx.Err()
	}
}

// leave gives the place back, whether it runs or waits, and lets those run that
// may now. It is called once.
func (p *place) leave() {
	g := p.gate
	g.mu.Lock()
	defer g.mu.Unlock()
	c := g.functions[p.function]
	select {
	case <-p.ready:
		g.running--
		g.memory -= p.memory
		c.running--
		if g.projects[p.project]--; g.projects[p.project] == 0 {
			delete(g.projects, p.project)
		}
	default:
		c.waiting--
		g.remove(p)
	}
	if *c == (crowd{}) {
		delete(g.functions, p.function)
	}
	g.admit()
}

func (g *gate) remove(p *place) {
	for i, q := range g.queue {
		if q == p {
			g.queue = append(g.queue[:i], g.queue[i+1:]...)
			return
		}
	}
}

// admit looks at everybody who waits: the queue is short.
func (g *gate) admit() {
	left := g.queue[:0]
	for _, p := range g.queue {
		if !g.fits(p) {
			left = append(left, p)
			continue
		}
		g.functions[p.function].waiting--
		g.start(p)
	}
	clear(g.queue[len(left):])
	g.queue = left
}
