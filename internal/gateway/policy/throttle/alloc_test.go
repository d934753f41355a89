package throttle_test

import (
	"math"
	"testing"

	"github.com/lintel-gateway/lintel/internal/definition"
	"github.com/lintel-gateway/lintel/internal/gateway/call"
	"github.com/lintel-gateway/lintel/internal/gateway/gatewaytest"
)

const plenty = math.MaxInt64

// four is a call of an app under a policy with all four limits.
func four(t testing.TB, most int64) (*place, *call.Call) {
	h := newHouse(t, 0, 0)
	p := h.place("d49b1cbfcc814a5fb2a061b568e376eb", "DEFAULT_ENVIRONMENT_RELEASE_ID", "APP")
	p.slot.Store(h.rules(minute(definition.Throttle{ID: "5dd5dfa3a7a343b6b4b5c4bd1d7b4a7c", API: most, User: most, App: most, IP: most})))
	c := gatewaytest.Prepared(t, "GET /")
	c.Caller = call.Caller{AppID: "7b02a09b24bd4c38be0c8b6c8c8d8a31", ProjectID: "2d4b6fb36e4c4a6f9d7b3a1e5c8f0a12"}
	return p, c
}

func TestAllocations(t *testing.T) {
	if race {
		t.Skip("the race detector allocates and empties pools")
	}
	for name, most := range map[string]int64{"admitted": plenty, "refused": 1} {
		p, c := four(t, most)
		if n := testing.AllocsPerRun(1000, func() { p.Apply(c) }); n > 0 {
			t.Errorf("%s: %v allocations with four limits", name, n)
		}
	}
	h := newHouse(t, 1_000_000, 1_000_000)
	p, c := h.place("api", "env", "NONE"), gatewaytest.Prepared(t, "GET /", "Host: sub.test")
	c.Target.Entrance = h.entrance(definition.Group{SubDomain: "sub.test", Limit: &definition.GroupLimit{Calls: plenty, Interval: 1, Unit: "DAY"}})
	if n := testing.AllocsPerRun(1000, func() { p.Apply(c) }); n > 0 {
		t.Errorf("%v allocations with the default, a group's limit and its host's", n)
	}
}

func BenchmarkFour(b *testing.B) {
	p, c := four(b, plenty)
	b.ReportAllocs()
	for b.Loop() {
		if p.Apply(c) != nil {
			b.Fatal("refused")
		}
	}
}

func BenchmarkRefused(b *testing.B) {
	p, c := four(b, 1)
	p.Apply(c)
	b.ReportAllocs()
	for b.Loop() {
		if p.Apply(c) == nil {
			b.Fatal("admitted")
		}
	}
}

func BenchmarkDefault(b *testing.B) {
	h := newHouse(b, 1_000_000, 0)
	p, c := h.place("d49b1cbfcc814a5fb2a061b568e376eb", "env", "NONE"), gatewaytest.Prepared(b, "GET /")
	b.ReportAllocs()
	for b.Loop() {
		p.Apply(c)
	}
}
