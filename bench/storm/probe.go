package main

import (
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

// served is how long a change took: until its request was answered, and until
// the end of the first call that saw it, both from the sending of the request.
type served struct {
	kind             kind
	large            bool
	answered, served moment
}

// prober looks when changes are served. It is safe for concurrent use.
type prober struct {
	h     *house
	w     watch
	judge func(*api, *reply)
	calls atomic.Int64

	mu    sync.Mutex
	lines []*line
	list  []served
}

const (
	// probeGap is the least time between two calls of a prober. A change that
	// lasts is asked for in tenths of its time: a gateway that is slow must not
	// get the more calls the slower it is.
	probeGap = 2 * time.Millisecond
	// probeTime is how long a prober goes on after the request was answered.
	probeTime = 5 * time.Second
)

// watch calls an API again and again until seen says so. The function that it
// returns is called when the change was answered, with its success; it waits
// for the end.
func (p *prober) watch(a *api, k kind, began moment, seen func(*reply) bool) func(ok bool) error {
	var answered atomic.Int64
	end := make(chan error, 1)
	go func() { end <- p.run(a, began, k, seen, &answered) }()
	return func(ok bool) error {
		at := p.w.now()
		if !ok {
			at = -1
		}
		answered.Store(int64(at))
		return <-end
	}
}

func (p *prober) run(a *api, began moment, k kind, seen func(*reply) bool, answered *atomic.Int64) error {
	l := p.take()
	defer p.give(l)
	group := p.h.plot.Groups[a.Group]
	for {
		r := l.call(group.Host, a, p.w.now())
		p.calls.Add(1)
		p.judge(a, r)
		at := moment(answered.Load())
		switch {
		case r.err == nil && seen(r):
			for ; at == 0; at = moment(answered.Load()) {
				time.Sleep(probeGap)
			}
			if at > 0 {
				p.mu.Lock()
				p.list = append(p.list, served{k, a.Group == 0, at - began, r.end - began})
				p.mu.Unlock()
			}
			return nil
		case at < 0: // the request has failed and says so itself
			return nil
		case at > 0 && r.end-at > moment(probeTime):
			return fmt.Errorf("API %s: %s is not served %v after it was answered", a.Name, k, probeTime)
		}
		time.Sleep(max(probeGap, time.Duration(r.end-began)/10))
	}
}

func (p *prober) take() *line {
	p.mu.Lock()
	defer p.mu.Unlock()
	if n := len(p.lines); n > 0 {
		l := p.lines[n-1]
		p.lines = p.lines[:n-1]
		return l
	}
	return &line{address: p.h.server.gateway, watch: p.w}
}

func (p *prober) give(l *line) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.lines = append(p.lines, l)
}

// changes takes what was seen since the last time.
func (p *prober) changes() []served {
	p.mu.Lock()
	defer p.mu.Unlock()
	list := p.list
	p.list = nil
	return list
}

func (p *prober) close() {
	for _, l := range p.lines {
		l.close()
	}
}
