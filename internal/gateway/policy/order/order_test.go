package order_test

import (
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/lintel-gateway/lintel/internal/clock"
	"github.com/lintel-gateway/lintel/internal/definition"
	"github.com/lintel-gateway/lintel/internal/gateway/call"
	"github.com/lintel-gateway/lintel/internal/gateway/gatewaytest"
	"github.com/lintel-gateway/lintel/internal/gateway/policy/order"
	"github.com/lintel-gateway/lintel/internal/statistics"
)

type house struct {
	testing.TB
	clock  *clock.Fake
	orders *order.Orders
	calls  *statistics.Orders
	policy *order.Policy
}

func newHouse(t testing.TB) *house {
	h := &house{TB: t, clock: clock.NewFake(gatewaytest.Now), calls: statistics.NewOrders()}
	h.orders = order.NewOrders(h.calls)
	h.policy = order.New(h.orders, h.clock.Now)
	return h
}

// bought is an order of 5 calls in an hour.
func bought(id, app string, used int64) *definition.Order {
	return &definition.Order{ID: id, AppID: app, GroupID: "group", Calls: 5, Used: used, Expires: gatewaytest.Now.Add(time.Hour).Unix()}
}

// expect makes n calls, of which admitted pass.
func (h *house) expect(name, app, group string, n, admitted int) {
	h.Helper()
	passed := 0
	for range n {
		c := gatewaytest.Prepared(h, "GET /")
		c.Caller.AppID, c.Target.GroupID = app, group
		switch f := h.policy.Apply(c); {
		case f == nil:
			passed++
		case f != call.QuotaUsedUp || f.Status != 405 || f.Code != "APIG.0501":
			h.Errorf("%s: %+v", name, f)
		}
	}
	if passed != admitted {
		h.Errorf("%s: %d of %d calls were admitted, want %d", name, passed, n, admitted)
	}
}

func (h *house) left(id string, want int64) {
	h.Helper()
	if n, ok := h.orders.Left(id); !ok || n != want {
		h.Errorf("order %s has %d calls left (known: %v), want %d", id, n, ok, want)
	}
}

func TestCountsDown(t *testing.T) {
	h := newHouse(t)
	h.orders.Put(bought("1", "buyer", 0))
	h.expect("another app", "other", "group", 20, 20)
	h.expect("another group", "buyer", "elsewhere", 20, 20)
	h.expect("bought", "buyer", "group", 8, 5)
	h.left("1", 0)
	if n := h.calls.Pending("1"); n != 5 {
		t.Errorf("%d calls are to be stored, want the 5 that were admitted", n)
	}
	h.orders.Put(bought("2", "second", 3))
	h.expect("3 of 5 used before", "second", "group", 8, 2)
	h.orders.Put(bought("3", "third", 9))
	h.expect("more used than bought", "third", "group", 1, 0)
	h.orders.Drop("3")
	h.orders.Drop("3")
	h.expect("the order is gone", "third", "group", 1, 1) // whether it may call is the grant's to say
}

func TestExpires(t *testing.T) {
	h := newHouse(t)
	h.orders.Put(bought("1", "buyer", 0))
	h.clock.Advance(time.Hour - time.Second)
	h.expect("the last second", "buyer", "group", 1, 1)
	h.clock.Advance(time.Second)
	h.expect("expired", "buyer", "group", 1, 0)
	h.left("1", 4)
}

// TestRecords: what comes back from the database is what was told to it, and
// neither takes calls away nor gives any.
func TestRecords(t *testing.T) {
	h := newHouse(t)
	h.orders.Put(bought("1", "buyer", 0))
	h.expect("first", "buyer", "group", 2, 2)
	h.orders.Put(bought("1", "buyer", 0)) // an older number
	h.left("1", 3)
	if err := h.calls.Drain(func(rows []statistics.OrderRow) error {
		h.expect("while it is stored", "buyer", "group", 1, 1)
		h.orders.Put(bought("1", "buyer", rows[0].Calls)) // the record comes before the commit is known
		h.left("1", 2)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	h.left("1", 2)
	if err := h.calls.Drain(func([]statistics.OrderRow) error { return errors.New("away") }); err == nil {
		t.Fatal("no error")
	}
	h.orders.Put(bought("1", "buyer", 2))
	h.left("1", 2)
	h.orders.Put(bought("1", "buyer", 3)) // another gateway used one
	h.left("1", 1)
	h.expect("the last", "buyer", "group", 3, 1)

	h.orders.Put(bought("1", "another app", 4))
	h.expect("the order moved", "buyer", "group", 9, 9)
	h.expect("its new app", "another app", "group", 1, 0)
	more := bought("1", "another app", 4) // and two that are not stored yet
	more.Calls = 8
	h.orders.Put(more)
	h.expect("more were bought", "another app", "group", 5, 2)
}

func TestCheck(t *testing.T) {
	o := order.NewOrders(nil)
	for i, d := range []definition.Order{{GroupID: "g"}, {AppID: "a"}, {AppID: "a", GroupID: "g", Calls: -1}, {AppID: "a", GroupID: "g", Used: -1}} {
		if o.Check(&d) == nil {
			t.Errorf("order %d was taken", i)
		}
	}
	if err := o.Check(bought("1", "app", 0)); err != nil {
		t.Error(err)
	}
}

// TestNeverMore: whatever runs at once, as many calls pass as were bought.
func TestNeverMore(t *testing.T) {
	h := newHouse(t)
	d := bought("1", "buyer", 0)
	d.Calls = 1234
	h.orders.Put(d)
	var admitted, stored atomic.Int64
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			for range 300 {
				c := call.Acquire(t.Context())
				c.Caller.AppID, c.Target.GroupID = "buyer", "group"
				if h.policy.Apply(c) == nil {
					admitted.Add(1)
				}
				call.Release(c)
			}
		})
	}
	drain := func() error {
		return h.calls.Drain(func(rows []statistics.OrderRow) error {
			again := *d
			again.Used = stored.Add(rows[0].Calls)
			h.orders.Put(&again)
			return nil
		})
	}
	for range 50 {
		if err := drain(); err != nil {
			t.Error(err)
		}
	}
	wg.Wait()
	if err := drain(); err != nil {
		t.Error(err)
	}
	if n := admitted.Load(); n != 1234 || stored.Load() != n {
		t.Errorf("%d calls were admitted and %d stored, want 1234", n, stored.Load())
	}
	h.left("1", 0)
}

func TestAllocations(t *testing.T) {
	if race {
		t.Skip("the race detector allocates")
	}
	h := newHouse(t)
	for name, most := range map[string]int64{"admitted": 1 << 40, "refused": 0} {
		d := bought(name, name, 0)
		d.Calls = most
		h.orders.Put(d)
		c := gatewaytest.Prepared(t, "GET /")
		c.Caller.AppID, c.Target.GroupID = name, "group"
		if n := testing.AllocsPerRun(1000, func() { h.policy.Apply(c) }); n > 0 {
			t.Errorf("%s: %v allocations", name, n)
		}
	}
}

func BenchmarkBought(b *testing.B) {
	h := newHouse(b)
	d := bought("1", "buyer", 0)
	d.Calls = 1 << 60
	h.orders.Put(d)
	c := gatewaytest.Prepared(b, "GET /")
	c.Caller.AppID, c.Target.GroupID = "buyer", "group"
	b.ReportAllocs()
	for b.Loop() {
		h.policy.Apply(c)
	}
}

// BenchmarkNotOfAnOrder is what most apps pay.
func BenchmarkNotOfAnOrder(b *testing.B) {
	h := newHouse(b)
	h.orders.Put(bought("1", "buyer", 0))
	c := gatewaytest.Prepared(b, "GET /")
	c.Caller.AppID, c.Target.GroupID = "other", "group"
	b.ReportAllocs()
	for b.Loop() {
		h.policy.Apply(c)
	}
}
