package throttle_test

import (
	"context"
	"testing"

	"github.com/lintel-gateway/lintel/internal/clock"
	"github.com/lintel-gateway/lintel/internal/definition"
	"github.com/lintel-gateway/lintel/internal/gateway/gatewaytest"
	"github.com/lintel-gateway/lintel/internal/gateway/policy/throttle"
	"github.com/lintel-gateway/lintel/internal/limit"
)

// elsewhere is a limiter that is no limit.Memory: calls ask it by its interface.
type elsewhere struct{ counters *limit.Memory }

func (e elsewhere) Take(ctx context.Context, wants []limit.Want) int {
	return e.counters.Take(ctx, wants)
}

// TestAnyLimiter: a limiter of another kind is asked the same, call after call.
func TestAnyLimiter(t *testing.T) {
	h := &house{TB: t, clock: clock.NewFake(gatewaytest.Now)}
	var err error
	if h.limits, err = throttle.NewLimits(elsewhere{limit.NewMemory(h.clock.Now, limit.DefaultCallers)}, 0, 0); err != nil {
		t.Fatal(err)
	}
	p := h.place("api", "env", "APP")
	h.expect("nothing is bound", p, who{caller: appA}, 3, 3, "")
	p.slot.Store(h.rules(minute(definition.Throttle{API: 100, App: 3, IP: 5})))
	h.expect("app", p, who{caller: appA, address: "192.0.2.1"}, 4, 3, "app over ratelimit,limit:3,time:1 minute")
	h.expect("address", p, who{caller: appB, address: "192.0.2.1"}, 3, 2, "ip over ratelimit,limit:5,time:1 minute")
	_, c := h.ask(p, who{caller: appC, address: "192.0.2.2", debug: true})
	if len(c.Limits) != 3 || c.Limits[0].Remain != 4 || c.Limits[1].Remain != 2 || c.Limits[2].Remain != 94 {
		t.Errorf("left: %+v", c.Limits)
	}
}
