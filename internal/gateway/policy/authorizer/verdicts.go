package authorizer

import (
	"context"
	"crypto/sha256"
	"sync"
	"time"

	"github.com/lintel-gateway/lintel/internal/function"
)

// What one authorizer keeps at most.
const (
	parts      = 16        // with a lock of their own
	maxKept    = 1024      // verdicts of one part
	maxKeptMem = 256 << 10 // bytes of contexts of one part
)

// verdicts are the kept verdicts of one authorizer, and the questions under way.
type verdicts struct{ parts [parts]part }

type part struct {
	mu      sync.Mutex
	kept    map[[sha256.Size]byte]kept
	flights map[[sha256.Size]byte]*flight
	size    int // bytes of contexts
}

// kept is a verdict that counts until it ends, and as long as its function is
// the one that gave it.
type kept struct {
	*verdict
	until time.Time
	by    *function.Function
}

// flight is one question that several calls may wait for. verdict and err are
// set before done is closed.
type flight struct {
	done    chan struct{}
	by      *function.Function
	verdict *verdict
	err     error
}

func newVerdicts() *verdicts { return &verdicts{} }

func (k *verdicts) at(key [sha256.Size]byte) *part { return &k.parts[key[0]%parts] }

// find answers a verdict, or the flight to wait for; mine says that the caller
// has to start it.
func (k *verdicts) find(key [sha256.Size]byte, by *function.Function, now time.Time) (v *verdict, f *flight, mine bool) {
	p := k.at(key)
	p.mu.Lock()
	defer p.mu.Unlock()
	if e, ok := p.kept[key]; ok {
		if e.by == by && now.Before(e.until) {
			return e.verdict, nil, false
		}
		p.drop(key)
	}
	// A flight of a function that was replaced is not joined.
	if f := p.flights[key]; f != nil && f.by == by {
		return nil, f, false
	}
	if p.flights == nil {
		p.flights, p.kept = map[[sha256.Size]byte]*flight{}, map[[sha256.Size]byte]kept{}
	}
	f = &flight{done: make(chan struct{}), by: by}
	p.flights[key] = f
	return nil, f, true
}

// start asks the question for everybody who waits for the flight. The function's
// own time bounds it, so it ends whoever waits, and with the runtime.
func (k *verdicts) start(f *flight, key [sha256.Size]byte, q *question, event []byte) {
	asked := question{authorizers: q.authorizers, authorizer: q.authorizer, function: q.function} // nothing of the call
	go func() {
		f.verdict, f.err = asked.ask(context.Background(), event)
		until := asked.authorizers.now().Add(time.Duration(asked.authorizer.TTL) * time.Second)
		p := k.at(key)
		p.mu.Lock()
		if p.flights[key] == f {
			delete(p.flights, key)
			if f.err == nil {
				p.keep(key, kept{f.verdict, until, f.by})
			}
		}
		p.mu.Unlock()
		close(f.done)
	}()
}

// keep makes room where there is none: of some verdicts the one that ends first
// goes. Maps are walked in another order each time.
func (p *part) keep(key [sha256.Size]byte, k kept) {
	p.drop(key)
	for len(p.kept) > 0 && (len(p.kept) >= maxKept || p.size+k.size > maxKeptMem) {
		var first [sha256.Size]byte
		var ends time.Time
		looked := 0
		for other, e := range p.kept {
			if looked == 0 || e.until.Before(ends) {
				first, ends = other, e.until
			}
			if looked++; looked == 8 {
				break
			}
		}
		p.drop(first)
	}
	p.kept[key] = k
	p.size += k.size
}

func (p *part) drop(key [sha256.Size]byte) {
	if e, ok := p.kept[key]; ok {
		p.size -= e.size
		delete(p.kept, key)
	}
}
