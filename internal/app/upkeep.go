package app

import (
	"context"
	"errors"
	"time"

	"github.com/lintel-gateway/lintel/internal/ledger"
)

const (
	// upkeepEvery is how often the management plane does what nobody asks for.
	upkeepEvery = time.Minute
	// upkeepLast bounds what is done once more at the end, also when draining
	// took all the time there was.
	upkeepLast = 5 * time.Second
)

// upkeep is the loop of a management plane: figures and the calls of orders into
// the database, old figures out of it, grants of expired orders ended.
type upkeep struct {
	stop func()
	done chan struct{}
	last func(ctx context.Context)
}

// startUpkeep begins the loop.
func (p *Platform) startUpkeep(a *areas, l *ledger.Area) *upkeep {
	ctx, cancel := context.WithCancel(context.Background())
	u := &upkeep{stop: cancel, done: make(chan struct{})}
	lost := uint64(0)
	u.last = func(ctx context.Context) {
		p.try("figures of calls are not stored", a.statistics.Flush(ctx))
		p.try("calls of orders are not stored", a.market.Flush(ctx))
	}
	go func() {
		defer close(u.done)
		tick := time.NewTicker(upkeepEvery)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
			p.try("figures of calls are not stored", a.statistics.Flush(ctx))
			p.try("calls of orders are not stored", a.market.Flush(ctx))
			p.try("old figures of calls are not deleted", a.statistics.Prune(ctx))
			p.try("expired orders still allow calls", a.market.Expire(ctx))
			p.try("expired reservations of quotas are not tidied up", l.Tidy(ctx))
			p.node.live.Sweep()
			if n := p.node.calls.Lost(); n > lost {
				p.log.Warn("calls are missing in the figures: more APIs were called in a minute than there is room for", "count", n-lost)
				lost = n
			}
		}
	}()
	return u
}

// end waits for what is under way and stores the last figures.
func (u *upkeep) end(ctx context.Context) {
	u.stop()
	<-u.done
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), upkeepLast)
	defer cancel()
	u.last(ctx)
}

// try reports what could not be done; it is tried again a minute later. While
// the platform ends, what was under way is cut short, which is no fault.
func (p *Platform) try(consequence string, err error) {
	if err != nil && !errors.Is(err, context.Canceled) {
		p.log.Error(consequence, "error", err)
	}
}
